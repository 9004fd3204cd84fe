package io.weft.e2e;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for conditions, never for time. */
public final class Wait {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private Wait() {}

    /** Returns when the condition holds; fails, saying what was awaited, when it does not within a minute. */
    public static void until(String what, BooleanSupplier condition) {
        until(what, PATIENCE, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    /** Returns the first value that the supplier has; fails when it has none within the time. */
    public static <T> T until(String what, Duration patience, Supplier<Optional<T>> supplier) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<T> value = supplier.get();
            if (value.isPresent()) {
                return value.get();
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + patience.toSeconds() + " s for " + what);
            }
            LockSupport.parkNanos(20_000_000);
        }
    }
}
