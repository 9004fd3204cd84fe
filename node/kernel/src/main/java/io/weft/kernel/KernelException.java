package io.weft.kernel;

/** An operation that the kernel, or a library that speaks to it, has refused. */
public final class KernelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String operation;
    private final int errno;
    private final String detail;

    /**
     * An operation that failed without more than its number.
     *
     * @param operation what was tried and on what, such as {@code bpf_map_update_elem ports}
     * @param errno the positive error number
     */
    public KernelException(String operation, int errno) {
        this(operation, errno, "");
    }

    /**
     * An operation that failed with an explanation.
     *
     * @param detail what the kernel added (verifier log, extended acknowledgement), or empty
     */
    public KernelException(String operation, int errno, String detail) {
        super(operation + ": " + Errno.name(errno) + (detail.isEmpty() ? "" : ": " + detail));
        this.operation = operation;
        this.errno = errno;
        this.detail = detail;
    }

    /** What was tried. */
    public String operation() {
        return operation;
    }

    /** The positive error number; {@link Errno} has the names. */
    public int errno() {
        return errno;
    }

    /** What the kernel said beyond the number, or empty. */
    public String detail() {
        return detail;
    }

    /** The result itself when it is not negative. */
    public static int check(int result, String operation) {
        if (result < 0) {
            throw new KernelException(operation, -result);
        }
        return result;
    }

    /** The result itself when it is not negative. */
    public static long check(long result, String operation) {
        if (result < 0) {
            throw new KernelException(operation, (int) -result);
        }
        return result;
    }
}
