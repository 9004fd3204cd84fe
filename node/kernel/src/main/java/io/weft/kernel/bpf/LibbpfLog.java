package io.weft.kernel.bpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.weft.kernel.Foreign;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * What libbpf prints, verifier logs among it: kept for the exception of the call in hand, otherwise a log line.
 *
 * <p>libbpf prints on the thread that called it, so a capture belongs to a thread.
 */
final class LibbpfLog {
    private static final System.Logger LOGGER = System.getLogger(LibbpfLog.class.getName());
    private static final int WARNING = 0;

    /** What an exception keeps of a log, from its end: verifiers say last what was wrong. */
    private static final int KEPT = 48 * 1024;

    private static final ThreadLocal<@Nullable Capture> CAPTURE = new ThreadLocal<>();
    private static final MethodHandle VASPRINTF =
            Foreign.plain(Foreign.libc(), "vasprintf", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle FREE = Foreign.plain(Foreign.libc(), "free", FunctionDescriptor.ofVoid(ADDRESS));

    private LibbpfLog() {}

    /** The text that libbpf prints between its opening and its closing on this thread. */
    static final class Capture implements AutoCloseable {
        private final StringBuilder text = new StringBuilder();

        private void add(String line) {
            text.append(line);
            if (text.length() > 4 * KEPT) {
                text.delete(0, text.length() - KEPT);
            }
        }

        String text() {
            String all = text.toString().strip();
            return all.length() <= KEPT ? all : "[...] " + all.substring(all.length() - KEPT);
        }

        @Override
        public void close() {
            CAPTURE.remove();
        }
    }

    static Capture capture() {
        Capture capture = new Capture();
        CAPTURE.set(capture);
        return capture;
    }

    /** Makes libbpf print through this class. */
    static void install(SymbolLookup library) {
        try {
            MethodHandle target = MethodHandles.lookup()
                    .findStatic(
                            LibbpfLog.class,
                            "print",
                            MethodType.methodType(int.class, int.class, MemorySegment.class, MemorySegment.class));
            MemorySegment callback =
                    Foreign.callback(target, FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
            MethodHandle setPrint = Foreign.plain(library, "libbpf_set_print", FunctionDescriptor.of(ADDRESS, ADDRESS));
            MemorySegment previous = (MemorySegment) setPrint.invokeExact(callback);
            LOGGER.log(Level.TRACE, "libbpf printed through {0} before", previous);
        } catch (Throwable thrown) {
            throw Foreign.unexpected(thrown);
        }
    }

    /** Called by libbpf; the {@code va_list} arrives as a pointer on the ABIs of x86-64 and arm64. */
    @SuppressWarnings("unused") // by the method handle above
    private static int print(int level, MemorySegment format, MemorySegment arguments) {
        Capture capture = CAPTURE.get();
        if (level > WARNING && capture == null) {
            return 0;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(ADDRESS);
            if ((int) VASPRINTF.invokeExact(result, format, arguments) < 0) {
                return 0;
            }
            MemorySegment address = result.get(ADDRESS, 0);
            String line = Foreign.string(address);
            FREE.invokeExact(address);
            if (capture == null) {
                LOGGER.log(Level.WARNING, line.strip());
            } else if (level <= WARNING) {
                capture.add(line);
            }
            return 0;
        } catch (Throwable thrown) {
            // Nothing may cross back into C: the JVM would end.
            LOGGER.log(Level.WARNING, "a message of libbpf was lost", thrown);
            return 0;
        }
    }
}
