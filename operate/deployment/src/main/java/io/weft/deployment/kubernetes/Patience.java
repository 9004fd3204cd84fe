package io.weft.deployment.kubernetes;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Waits for what a cluster does in its own time, and says what is missing when that takes too long. */
record Patience(Duration most, Duration pause) {
    static final Patience STANDARD = new Patience(Duration.ofMinutes(5), Duration.ofSeconds(1));

    /**
     * Returns when nothing is missing any more.
     *
     * @param missing what is, or empty
     */
    void until(String what, Supplier<Optional<String>> missing) {
        long end = System.nanoTime() + most.toNanos();
        while (true) {
            Optional<String> still = missing.get();
            if (still.isEmpty()) {
                return;
            }
            if (System.nanoTime() - end > 0) {
                throw new DemoException(
                        "waited " + most.toSeconds() + " seconds for " + what + ": " + still.orElseThrow());
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new DemoException("interrupted while waiting for " + what, e);
            }
        }
    }
}
