package io.weft.agent.status;

import io.weft.protocol.AddressClaim;
import io.weft.protocol.NodeReport;
import io.weft.protocol.PortReport;
import io.weft.protocol.ReportCodec;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Sends the latest state to the server that the stream comes from, at most four times a second, on a virtual thread of
 * its own. What was confirmed last is kept, so that a report has only what is different.
 */
public final class Reporter implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Reporter.class.getName());
    private static final long INTERVAL = 250;
    private static final long LONGEST_PAUSE = 30_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** A node that has nothing to tell says so now and then. */
    private static final long IDLE_SECONDS = 30;

    /**
     * The state of the node.
     *
     * @param revision in force
     * @param ports all ports of the node
     * @param problems what is wrong
     * @param claims the shared addresses that ports hold
     * @param physicalNetworks the physical networks whose devices run the programs; empty while that is not known
     */
    public record State(
            long revision,
            Map<UUID, PortReport> ports,
            List<String> problems,
            List<AddressClaim> claims,
            Optional<List<String>> physicalNetworks) {
        public State {
            ports = Map.copyOf(ports);
            problems = List.copyOf(problems);
            claims = List.copyOf(claims);
        }
    }

    private final String host;
    private final String version;
    private final Supplier<HttpClient> clients;
    private final Semaphore signal = new Semaphore(0);
    private final Thread thread;
    private volatile Optional<URI> server = Optional.empty();
    private volatile Optional<State> latest = Optional.empty();
    private volatile boolean fullNeeded = true;

    /**
     * @param host the node's name
     * @param version this build
     * @param clients the client to use
     */
    public Reporter(String host, String version, Supplier<HttpClient> clients) {
        this.host = host;
        this.version = version;
        this.clients = clients;
        this.thread = Thread.ofVirtual().name("reporter").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** The stream now comes from this server: it is told everything. */
    public void connected(URI newServer) {
        fullNeeded = true;
        server = Optional.of(newServer);
        signal.release();
    }

    /** There is no stream; reports wait. */
    public void disconnected() {
        server = Optional.empty();
    }

    /** The node's state is another. */
    public void update(State state) {
        latest = Optional.of(state);
        signal.release();
    }

    private void run() {
        Map<UUID, PortReport> confirmed = new HashMap<>();
        List<AddressClaim> confirmedClaims = List.of();
        Optional<List<String>> confirmedNetworks = Optional.empty();
        long pause = INTERVAL;
        try {
            while (true) {
                boolean idle = !signal.tryAcquire(IDLE_SECONDS, TimeUnit.SECONDS);
                signal.drainPermits();
                Optional<URI> to = server;
                Optional<State> state = latest;
                if (to.isPresent() && state.isPresent()) {
                    boolean sent = send(to.get(), state.get(), confirmed, confirmedClaims, confirmedNetworks);
                    confirmedClaims = sent ? state.get().claims() : confirmedClaims;
                    confirmedNetworks = sent ? state.get().physicalNetworks() : confirmedNetworks;
                    pause = sent ? INTERVAL : Math.min(LONGEST_PAUSE, pause * 2);
                    if (!sent) {
                        fullNeeded = true;
                        signal.release();
                    }
                }
                if (!idle) {
                    Thread.sleep(pause);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean send(
            URI to,
            State state,
            Map<UUID, PortReport> confirmed,
            List<AddressClaim> confirmedClaims,
            Optional<List<String>> confirmedNetworks)
            throws InterruptedException {
        boolean full = fullNeeded;
        fullNeeded = false;
        List<PortReport> ports = new ArrayList<>();
        state.ports().forEach((id, report) -> {
            if (full || !report.equals(confirmed.get(id))) {
                ports.add(report);
            }
        });
        NodeReport report = new NodeReport(
                state.revision(),
                version,
                full,
                ports,
                state.problems(),
                full || !state.claims().equals(confirmedClaims) ? Optional.of(state.claims()) : Optional.empty(),
                full || !state.physicalNetworks().equals(confirmedNetworks)
                        ? state.physicalNetworks()
                        : Optional.empty());
        try {
            HttpResponse<String> response = clients.get()
                    .send(
                            HttpRequest.newBuilder(
                                            to.resolve("/v1/status/" + URLEncoder.encode(host, StandardCharsets.UTF_8)))
                                    .timeout(TIMEOUT)
                                    .header("Content-Type", "application/json")
                                    .PUT(HttpRequest.BodyPublishers.ofByteArray(ReportCodec.encode(report)))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                LOGGER.log(
                        Level.WARNING,
                        "report refused",
                        Map.entry("status", response.statusCode()),
                        Map.entry("answer", response.body()));
                return false;
            }
            confirmed.clear();
            confirmed.putAll(state.ports());
            return true;
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "report not sent", Map.entry("reason", String.valueOf(e.getMessage())));
            return false;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
