package io.weft.client;

import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How long a client waits and how much it reads.
 *
 * @param connectTimeout until a connection is there
 * @param timeout until an answer is read to its end, for each attempt
 * @param longestAnswer in bytes
 * @param attempts how often a call is tried that may be repeated; at least 1
 * @param tls whom to trust at {@code https}; empty trusts whom Java trusts
 */
public record Settings(
        Duration connectTimeout, Duration timeout, int longestAnswer, int attempts, Optional<SSLContext> tls) {
    public static final Settings DEFAULTS =
            new Settings(Duration.ofSeconds(5), Duration.ofSeconds(30), 16 << 20, 4, Optional.empty());
}
