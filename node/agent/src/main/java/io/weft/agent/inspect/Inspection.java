package io.weft.agent.inspect;

import io.weft.agent.attach.Json;
import io.weft.agent.trace.TraceException;
import io.weft.agent.trace.Tracing;
import io.weft.agent.trace.Watches;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Waits at the server that the stream comes from ({@code GET /v1/questions/HOST}) for a question, works on it, and sends
 * the answer ({@code POST /v1/questions/HOST/NUMBER}); one question at a time, on a virtual thread of its own. Only those about
 * packets that are watched have threads of theirs, since they wait for packets.
 */
public final class Inspection implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Inspection.class.getName());
    /** The server lets a request wait for less. */
    private static final Duration WAIT = Duration.ofSeconds(60);

    private static final Duration SEND = Duration.ofSeconds(10);
    private static final long LONGEST_PAUSE = 30_000;
    private static final String WATCH = "watch";
    private static final int LONGEST_QUESTION = 16_384;

    private final String host;
    private final Supplier<HttpClient> clients;
    private final Semaphore signal = new Semaphore(0);
    private volatile Optional<URI> server = Optional.empty();
    private volatile Optional<Thread> thread = Optional.empty();

    /**
     * @param host the node's name
     * @param clients the client to use
     */
    public Inspection(String host, Supplier<HttpClient> clients) {
        this.host = host;
        this.clients = clients;
    }

    /** Begins to answer. */
    public void answer(Tracing tracing, Watches watches) {
        thread = Optional.of(Thread.ofVirtual().name("inspection").start(() -> run(new Answerers(tracing, watches))));
    }

    /** The stream now comes from this server. */
    public void connected(URI now) {
        server = Optional.of(now);
        signal.release();
    }

    /** There is no stream; whoever has a question must wait. */
    public void disconnected() {
        server = Optional.empty();
    }

    /** Who knows what is asked. */
    private record Answerers(Tracing tracing, Watches watches) {}

    private void run(Answerers answerers) {
        long pause = 250;
        try {
            while (true) {
                Optional<URI> to = server;
                if (to.isEmpty()) {
                    signal.acquire();
                    continue;
                }
                try {
                    boolean known = ask(to.get(), answerers);
                    pause = known ? 250 : LONGEST_PAUSE;
                    if (known) {
                        continue;
                    }
                } catch (IOException | RuntimeException e) {
                    LOGGER.log(Level.DEBUG, "no inspection", Map.entry("reason", String.valueOf(e.getMessage())));
                    pause = Math.min(LONGEST_PAUSE, pause * 2);
                }
                signal.drainPermits();
                signal.tryAcquire(pause, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for one question; false when the server does not have the channel. */
    private boolean ask(URI to, Answerers answerers) throws IOException, InterruptedException {
        URI questions = to.resolve("/v1/questions/" + URLEncoder.encode(host, StandardCharsets.UTF_8));
        HttpResponse<byte[]> response = clients.get()
                .send(
                        HttpRequest.newBuilder(questions).timeout(WAIT).GET().build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() == 404) {
            return false;
        }
        if (response.statusCode() == 204) {
            return true;
        }
        if (response.statusCode() != 200 || response.body().length > LONGEST_QUESTION) {
            throw new IOException("status " + response.statusCode());
        }
        Map<String, String> words = new HashMap<>(Json.object(response.body()));
        String number = Optional.ofNullable(words.remove("number")).orElse("0");
        URI there = URI.create(questions + "/" + URLEncoder.encode(number, StandardCharsets.UTF_8));
        if (words.getOrDefault("question", "").startsWith(WATCH)) {
            // It may take its time: other questions do not wait for it.
            Thread.ofVirtual().name("watch-question").start(() -> {
                try {
                    send(there, answer(words, answerers));
                } catch (IOException e) {
                    LOGGER.log(Level.DEBUG, "an answer was not taken", e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        } else {
            send(there, answer(words, answerers));
        }
        return true;
    }

    private void send(URI to, Map<String, Object> answer) throws IOException, InterruptedException {
        clients.get()
                .send(
                        HttpRequest.newBuilder(to)
                                .timeout(SEND)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(answer)))
                                .build(),
                        HttpResponse.BodyHandlers.discarding());
    }

    private static Map<String, Object> answer(Map<String, String> words, Answerers answerers) {
        String kind = Optional.ofNullable(words.remove("question")).orElse("");
        try {
            return switch (kind) {
                case "trace" -> answerers.tracing.begin(words);
                case "enter" -> answerers.tracing.enter(words);
                case "arrival" -> answerers.tracing.arrive(words);
                case WATCH -> answerers.watches.begin(words);
                case WATCH + "-arrivals" -> answerers.watches.beginArrivals(words);
                case WATCH + "-go" -> answerers.watches.go(words);
                case WATCH + "-end" -> answerers.watches.collect(words);
                default -> Map.of("error", "this agent knows no question '" + kind + "'");
            };
        } catch (TraceException e) {
            return Map.of("error", String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "a question failed", e);
            return Map.of("error", "the agent failed at it; its log says why");
        }
    }

    @Override
    public void close() {
        thread.ifPresent(Thread::interrupt);
    }
}
