package io.weft.agent.host;

import io.weft.agent.drivers.Retry;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Weft's own table in the kernel's nftables, written by {@code nft}: when node ports come, change or go, and when all is
 * looked at again. Owned by the node's thread; a thread of its own waits for the process.
 */
final class NodePortTable implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(NodePortTable.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int LONGEST = 500;

    private final Consumer<Runnable> loop;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("node-ports").daemon().factory());
    private final Retry retry = new Retry();
    private Optional<String> wanted = Optional.empty();
    private Optional<String> written = Optional.empty();
    private Optional<String> problem = Optional.empty();
    private boolean writing;
    /** Whether what is being written may be gone already. */
    private boolean forgotten;

    /**
     * @param loop runs a task on the thread that owns this
     */
    NodePortTable(Consumer<Runnable> loop) {
        this.loop = loop;
    }

    /** What nft is to do; it replaces all that was done before. */
    void want(String script) {
        wanted = Optional.of(script);
    }

    /** Somebody may have emptied all tables: it is written anew. */
    void forget() {
        written = Optional.empty();
        forgotten = writing;
    }

    /** Why node ports do not work; empty when there are none. */
    Optional<String> problem() {
        return problem;
    }

    /** Begins what is due; gives the nanoseconds until there is more, {@link Long#MAX_VALUE} for nothing. */
    long work() {
        if (writing || wanted.equals(written)) {
            return Long.MAX_VALUE;
        }
        long now = System.nanoTime();
        if (!retry.isDue(now)) {
            return retry.pause(now);
        }
        String script = wanted.orElse("");
        writing = true;
        writer.execute(() -> {
            Optional<String> failure = run(script);
            loop.accept(() -> done(script, failure));
        });
        return Long.MAX_VALUE;
    }

    private void done(String script, Optional<String> failure) {
        writing = false;
        if (failure.isEmpty()) {
            written = forgotten ? Optional.empty() : Optional.of(script);
            retry.succeeded();
        } else {
            retry.failed(System.nanoTime());
        }
        forgotten = false;
        // Where there is nothing to write, nobody misses a program that could.
        Optional<String> now = script.equals(NodePortRules.none()) ? Optional.empty() : failure;
        if (!now.equals(problem)) {
            now.ifPresent(text -> LOGGER.log(Level.WARNING, text));
            problem = now;
        }
    }

    /** Runs nft; gives what is wrong. */
    private static Optional<String> run(String script) {
        try {
            Process nft = new ProcessBuilder("nft", "-f", "-")
                    .redirectErrorStream(true)
                    .start();
            try (OutputStream in = nft.getOutputStream()) {
                in.write(script.getBytes(StandardCharsets.UTF_8));
            }
            String said = new String(nft.getInputStream().readNBytes(LONGEST), StandardCharsets.UTF_8);
            if (!nft.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                nft.destroyForcibly();
                return Optional.of("node ports: nft does not end");
            }
            return nft.exitValue() == 0 ? Optional.empty() : Optional.of("node ports: nft: " + said.strip());
        } catch (IOException e) {
            return Optional.of("node ports: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("node ports: the agent stops");
        }
    }

    /** Takes the table away, at once. */
    static void purge() {
        run(NodePortRules.none());
    }

    /** The rules stay in force. */
    @Override
    public void close() {
        writer.shutdown();
    }
}
