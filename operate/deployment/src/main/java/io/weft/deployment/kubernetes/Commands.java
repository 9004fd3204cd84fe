package io.weft.deployment.kubernetes;

import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;

/** Runs commands in pods. */
interface Commands {
    /**
     * What a command said.
     *
     * @param status its own; -1 when it could not be run or took too long
     */
    record Result(int status, String output, String errors) {
        boolean ok() {
            return status == 0;
        }
    }

    /** @param input what the command reads; it gets no sign of its end, so that it must know how much to read */
    Result run(String namespace, String pod, Duration patience, Optional<InputStream> input, String... command);

    default Result run(String namespace, String pod, Duration patience, String... command) {
        return run(namespace, pod, patience, Optional.empty(), command);
    }
}
