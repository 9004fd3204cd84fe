package io.weft.kernel;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An open file descriptor that is closed once.
 *
 * <p>Safe for use by several threads, except that nobody may use the number any more once it is closed.
 */
public final class FileDescriptor implements AutoCloseable {
    private final int number;
    private final AtomicBoolean closed = new AtomicBoolean();

    private FileDescriptor(int number) {
        this.number = number;
    }

    /** Owns a descriptor that a call returned, or throws what the call says went wrong. */
    public static FileDescriptor of(int result, String operation) {
        return new FileDescriptor(KernelException.check(result, operation));
    }

    /** The number; -1 is never among them. */
    public int number() {
        if (closed.get()) {
            throw new IllegalStateException("file descriptor " + number + " is closed");
        }
        return number;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            Libc.close(number);
        }
    }
}
