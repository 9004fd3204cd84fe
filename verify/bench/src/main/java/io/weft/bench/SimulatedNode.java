package io.weft.bench;

import io.weft.protocol.NodeReport;
import io.weft.protocol.PortReport;
import io.weft.protocol.ReportCodec;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What the server sees of an agent: a stream over mutual TLS and reports over a second connection, coalesced. It counts
 * the stream's records and notes when those that are watched came, without decoding them: the agents of a data centre
 * have processors of their own.
 */
final class SimulatedNode implements AutoCloseable {
    /** An agent gathers what it has to say for so long. */
    private static final Duration REPORT_INTERVAL = Duration.ofMillis(500);

    private static final String KEY = "\",\"key\":\"";

    /** Where the topic stands in a record's line, and the key of one of a network. */
    private static final int TOPIC = 10;

    private static final int NETWORK_KEY = TOPIC + "network/".length() + 36 + KEY.length();

    private final NodeIdentity identity;
    private final URI server;
    private final Watched watched;
    private final List<String> keys = new ArrayList<>();
    private final List<UUID> localPorts = new ArrayList<>();
    private int endpointPuts;
    private boolean full;
    private volatile int locals = -1;
    private volatile int endpoints = -1;
    private volatile long bytes;
    private volatile long revision;
    private volatile long fullAt;
    private volatile boolean closed;
    private volatile @Nullable HttpConnection stream;
    private @Nullable Thread reader;
    private @Nullable Thread reporter;

    SimulatedNode(NodeIdentity identity, URI server, Watched watched) {
        this.identity = identity;
        this.server = server;
        this.watched = watched;
    }

    String host() {
        return identity.host();
    }

    /** The ports of the node in its last full batch; -1 before it. */
    int locals() {
        return locals;
    }

    /** The endpoints in its last full batch; -1 before it. */
    int endpoints() {
        return endpoints;
    }

    /** Bytes of the stream so far. */
    long bytes() {
        return bytes;
    }

    /** When its last full batch was complete, by {@link System#nanoTime}. */
    long fullAt() {
        return fullAt;
    }

    /** Begins the stream without a position, and the reports. */
    void connect() {
        reader = Thread.ofVirtual().name("stream " + host()).start(() -> guarded(this::read));
        reporter = Thread.ofVirtual().name("reports " + host()).start(() -> guarded(this::report));
    }

    private interface Work {
        void run() throws IOException;
    }

    private void guarded(Work work) {
        try {
            work.run();
            watched.failed(host() + ": the stream ended", closed);
        } catch (IOException | RuntimeException e) {
            watched.failed(host() + ": " + e, closed);
        }
    }

    private void read() throws IOException {
        try (HttpConnection connection = HttpConnection.open(identity.sockets(), server, "")) {
            stream = connection;
            InputStream in = connection.stream("/v1/stream/" + host());
            byte[] buffer = new byte[16 * 1024];
            int end = 0;
            long total = 0;
            for (int count = in.read(buffer, 0, buffer.length);
                    count >= 0 && !closed;
                    count = in.read(buffer, end, buffer.length - end)) {
                total += count;
                bytes = total;
                int searched = end;
                end += count;
                int start = 0;
                for (int i = searched; i < end; i++) {
                    if (buffer[i] == '\n') {
                        line(buffer, start, i);
                        start = i + 1;
                    }
                }
                System.arraycopy(buffer, start, buffer, 0, end - start);
                end -= start;
                if (end == buffer.length) {
                    buffer = Arrays.copyOf(buffer, 2 * end);
                }
            }
        }
    }

    /** The second letter tells the messages apart; writing is canonical. */
    private void line(byte[] buffer, int start, int end) {
        switch (buffer[start + 2]) {
            case 't' -> record(buffer, start, end);
            case 'b' -> {
                full = text(buffer, start, end).contains("\"full\":true");
                keys.clear();
                if (full) {
                    endpointPuts = 0;
                    localPorts.clear();
                }
            }
            case 'c' -> commit(text(buffer, start, end));
            case 'a' -> {
                // The revision goes on; an agent has nothing to do and nothing to say.
            }
            default -> {
                // Topics joined and left: what counts are their records.
            }
        }
    }

    /** {@code {"topic":"network/…","key":"endpoint/…",…}}. In full batches only a few bytes of each are looked at. */
    private void record(byte[] buffer, int start, int end) {
        if (full && buffer[start + NETWORK_KEY] == 'e' && buffer[start + TOPIC + 2] == 't') {
            endpointPuts++;
            return;
        }
        String head = text(buffer, start, Math.min(end, start + 200));
        int from = head.indexOf(KEY) + KEY.length();
        String key = head.substring(from, head.indexOf('"', from));
        if (!full) {
            keys.add(key);
        } else if (key.startsWith("port/")) {
            localPorts.add(UUID.fromString(key.substring(5)));
        }
    }

    private void commit(String line) {
        long now = System.nanoTime();
        int from = line.indexOf("\"revision\":") + 11;
        int to = from;
        while (Character.isDigit(line.charAt(to))) {
            to++;
        }
        if (full) {
            endpoints = endpointPuts;
            locals = localPorts.size();
            fullAt = now;
        }
        keys.forEach(key -> watched.heard(host(), key, now));
        keys.clear();
        revision = Long.parseLong(line.substring(from, to));
        LockSupport.unpark(reporter);
    }

    private static String text(byte[] buffer, int start, int end) {
        return new String(buffer, start, end - start, StandardCharsets.ISO_8859_1);
    }

    private void report() throws IOException {
        long said = 0;
        HttpConnection connection = null;
        try {
            while (!closed) {
                long now = revision;
                if (now == said) {
                    LockSupport.park(this);
                    continue;
                }
                boolean first = connection == null;
                if (connection == null) {
                    connection = HttpConnection.open(identity.sockets(), server, "");
                }
                List<PortReport> ports = first
                        ? localPorts.stream()
                                .map(id -> new PortReport(id, PortReport.State.UP, ""))
                                .toList()
                        : List.of();
                connection.expect(
                        204,
                        "PUT",
                        "/v1/status/" + host(),
                        ReportCodec.encode(new NodeReport(now, "bench", first, ports, List.of())));
                said = now;
                long next = System.nanoTime() + REPORT_INTERVAL.toNanos();
                for (long left = REPORT_INTERVAL.toNanos(); left > 0 && !closed; left = next - System.nanoTime()) {
                    LockSupport.parkNanos(this, left);
                }
            }
        } finally {
            if (connection != null) {
                connection.close();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        HttpConnection open = stream;
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            watched.failed(host() + ": " + e, true);
        }
        LockSupport.unpark(reporter);
    }

    /** Waits for the end of its threads. */
    void join() throws InterruptedException {
        for (Thread thread : Arrays.asList(reader, reporter)) {
            if (thread != null) {
                thread.join();
            }
        }
    }

    /** The records whose arrival matters, by key. */
    interface Watched {
        /** A node has a batch with this record. */
        void heard(String host, String key, long nanos);

        /** A node's work has ended; {@code asked} when that was wanted. */
        void failed(String what, boolean asked);
    }
}
