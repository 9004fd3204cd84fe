package io.weft.agent.sync;

import io.weft.protocol.Batch;
import io.weft.protocol.BatchReader;
import io.weft.protocol.Position;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Follows the stream of records: from one server at a time, and from the next one when it ends, with pauses that grow to
 * half a minute and differ from node to node. Runs on a virtual thread of its own.
 */
public final class StreamClient implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(StreamClient.class.getName());
    private static final Duration ANSWER = Duration.ofSeconds(20);
    private static final long FIRST_PAUSE = 100;
    private static final long LONGEST_PAUSE = 30_000;

    /** Silence that ends a stream before the server's own rhythm is known: it sends something at least once a minute. */
    private static final long FIRST_SILENCE = TimeUnit.SECONDS.toNanos(90);

    private static final long LEAST_SILENCE = TimeUnit.SECONDS.toNanos(10);

    /** What is told; calls come one after the other, from the client's thread. */
    public interface Listener {
        /** A stream has begun. */
        void connected(URI server);

        /** A complete batch or a sign of life. */
        void batch(Batch batch);

        /** The stream has ended; another try follows. */
        void disconnected(String reason);
    }

    private final List<URI> servers;
    private final String host;
    private final Supplier<HttpClient> clients;
    private final Supplier<Optional<Position>> position;
    private final Listener listener;
    private final Random random = new Random();
    private final ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("stream-watchdog").daemon().factory());
    private final Thread thread;
    private volatile boolean closing;
    private volatile long lastHeard;
    private volatile Optional<InputStream> body = Optional.empty();

    /**
     * @param servers where to find streams
     * @param host the node's name
     * @param clients the client to use for the next stream
     * @param position where to resume; asked before each stream
     * @param listener is told what comes
     */
    public StreamClient(
            List<URI> servers,
            String host,
            Supplier<HttpClient> clients,
            Supplier<Optional<Position>> position,
            Listener listener) {
        List<URI> shuffled = new ArrayList<>(servers);
        Collections.shuffle(shuffled, random);
        this.servers = List.copyOf(shuffled);
        this.host = host;
        this.clients = clients;
        this.position = position;
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("stream").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        long pause = 0;
        boolean told = false;
        for (int turn = 0; !closing; turn++) {
            URI server = servers.get(turn % servers.size());
            boolean worked = false;
            String reason = "the server ended the stream";
            try {
                worked = follow(server);
            } catch (IOException | RuntimeException e) {
                reason = e.getClass().getSimpleName() + ": " + e.getMessage();
                worked = lastHeard != 0;
            } catch (InterruptedException e) {
                return;
            }
            if (closing) {
                return;
            }
            lastHeard = 0;
            if (worked || !told) {
                LOGGER.log(
                        Level.WARNING,
                        "no stream, trying on",
                        Map.entry("server", server),
                        Map.entry("reason", reason));
                listener.disconnected(reason);
            }
            told = true;
            pause = worked || pause == 0 ? FIRST_PAUSE : Math.min(LONGEST_PAUSE, pause * 2);
            try {
                // All servers are tried before a pause grows long.
                long now = turn % servers.size() == servers.size() - 1 ? pause : FIRST_PAUSE;
                Thread.sleep(now / 2 + random.nextLong(now));
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Reads one stream to its end; gives whether anything came. */
    private boolean follow(URI server) throws IOException, InterruptedException {
        String query = position.get()
                .map(p -> "?position=" + URLEncoder.encode(p.toString(), StandardCharsets.UTF_8))
                .orElse("");
        URI uri = server.resolve("/v1/stream/" + URLEncoder.encode(host, StandardCharsets.UTF_8) + query);
        HttpResponse<InputStream> response =
                answer(HttpRequest.newBuilder(uri).GET().build());
        try (InputStream in = response.body()) {
            if (response.statusCode() != 200) {
                throw new IOException("status " + response.statusCode() + " "
                        + new String(in.readNBytes(300), StandardCharsets.UTF_8).strip());
            }
            lastHeard = System.nanoTime();
            body = Optional.of(in);
            Watch watch = new Watch(in);
            ScheduledFuture<?> watching = watchdog.scheduleAtFixedRate(watch, 1, 1, TimeUnit.SECONDS);
            try {
                LOGGER.log(Level.INFO, "stream begins", Map.entry("server", server));
                listener.connected(server);
                return read(in, watch);
            } finally {
                watching.cancel(false);
                body = Optional.empty();
            }
        }
    }

    /** The answer's beginning; a time-out of the request itself might end the stream with it. */
    private HttpResponse<InputStream> answer(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<InputStream>> answer =
                clients.get().sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
        try {
            return answer.get(ANSWER.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IOException("no answer in " + ANSWER.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException known ? known : new IOException(e.getCause());
        }
    }

    private boolean read(InputStream body, Watch watch) throws IOException {
        BatchReader reader = new BatchReader(body);
        boolean worked = false;
        for (Optional<Batch> batch = reader.next(); batch.isPresent(); batch = reader.next()) {
            watch.heard();
            worked = true;
            if (batch.get() instanceof Batch.Changes changes && !changes.notes().isEmpty()) {
                LOGGER.log(Level.INFO, "passed over", Map.entry("what", changes.notes()));
            }
            listener.batch(batch.get());
        }
        return worked;
    }

    /** Ends the present stream, if there is one; the next one begins at the position that holds then. */
    public void restart() {
        Optional<InputStream> present = body;
        if (present.isPresent()) {
            close(present.get());
        }
    }

    private static void close(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "closing a stream", e);
        }
    }

    /** Ends a stream that has been silent for four times the server's own rhythm: its host may be gone. */
    private final class Watch implements Runnable {
        private final InputStream body;
        private volatile long longest;

        Watch(InputStream body) {
            this.body = body;
        }

        void heard() {
            long now = System.nanoTime();
            longest = Math.max(longest, now - lastHeard);
            lastHeard = now;
        }

        @Override
        public void run() {
            long limit = longest < TimeUnit.SECONDS.toNanos(1) ? FIRST_SILENCE : Math.max(LEAST_SILENCE, 4 * longest);
            if (System.nanoTime() - lastHeard > limit) {
                LOGGER.log(Level.WARNING, "stream is silent");
                close(body);
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        watchdog.shutdownNow();
    }
}
