package io.weft.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.weft.kernel.namespace.NetworkNamespace;
import io.weft.protocol.AddressClaim;
import io.weft.protocol.Cursor;
import io.weft.protocol.Fact;
import io.weft.protocol.NodeReport;
import io.weft.protocol.PortReport;
import io.weft.protocol.Position;
import io.weft.protocol.ReportCodec;
import io.weft.protocol.Topic;
import io.weft.protocol.TopicChanges;
import io.weft.protocol.TopicLog;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * A server as agents see it, out of the protocol's own log: all hosts need all networks and routers. It listens on the
 * loopback of each host's namespace, and may be stopped and started.
 */
final class TestServer implements AutoCloseable {
    static final int PORT = 9697;
    private static final Duration HEARTBEAT = Duration.ofMillis(200);

    private final TopicLog log = new TopicLog(UUID.randomUUID(), 1);
    private final Map<String, HttpServer> listeners = new ConcurrentHashMap<>();
    private final Map<String, Map<UUID, PortReport>> ports = new ConcurrentHashMap<>();
    private final Map<String, Long> revisions = new ConcurrentHashMap<>();
    private final Map<String, List<String>> problems = new ConcurrentHashMap<>();
    private final Map<String, List<AddressClaim>> claims = new ConcurrentHashMap<>();
    private final Map<String, List<String>> physicalNetworks = new ConcurrentHashMap<>();
    private final Set<Topic> topics = new HashSet<>();
    private final Set<String> hosts = new HashSet<>();
    private final Set<Cursor> cursors = ConcurrentHashMap.newKeySet();
    private long revision;

    /** Listens in a host's namespace. */
    void listen(String host, NetworkNamespace namespace) {
        HttpServer server = namespace.call(
                () -> HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), PORT), 16));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/v1/stream/", this::stream);
        server.createContext("/v1/status/", this::status);
        server.start();
        listeners.put(host, server);
    }

    /** Is gone, for all hosts. */
    void stop() {
        cursors.forEach(Cursor::close);
        listeners.values().forEach(server -> server.stop(0));
        listeners.clear();
    }

    /** Publishes records; without a record, what has this key is gone. */
    long publish(List<TopicChanges.RecordChange> records, String... newHosts) {
        List<TopicChanges.DomainChange> changes = new ArrayList<>();
        for (String host : newHosts) {
            if (hosts.add(host)) {
                changes.add(new TopicChanges.HostJoins(1, host));
            }
        }
        for (TopicChanges.RecordChange change : records) {
            if (change.topic().kind() != Topic.Kind.NODE && topics.add(change.topic())) {
                changes.add(new TopicChanges.TopicJoins(1, change.topic()));
            }
        }
        log.publish(new TopicChanges(++revision, records, changes));
        return revision;
    }

    static TopicChanges.RecordChange put(Topic topic, Fact fact) {
        return new TopicChanges.RecordChange(topic, fact.key(), Optional.of(fact));
    }

    static TopicChanges.RecordChange delete(Topic topic, Fact fact) {
        return new TopicChanges.RecordChange(topic, fact.key(), Optional.empty());
    }

    Optional<PortReport> port(String host, UUID port) {
        return Optional.ofNullable(ports.getOrDefault(host, Map.of()).get(port));
    }

    long revision(String host) {
        return revisions.getOrDefault(host, 0L);
    }

    List<String> problems(String host) {
        return problems.getOrDefault(host, List.of());
    }

    List<AddressClaim> claims(String host) {
        return claims.getOrDefault(host, List.of());
    }

    Optional<List<String>> physicalNetworks(String host) {
        return Optional.ofNullable(physicalNetworks.get(host));
    }

    private static String host(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private void stream(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getRawQuery();
        Optional<Position> position = Optional.ofNullable(query)
                .map(q -> URLDecoder.decode(q.substring(q.indexOf('=') + 1), StandardCharsets.UTF_8))
                .flatMap(Position::parse);
        exchange.sendResponseHeaders(200, 0);
        try (Cursor cursor = log.open(host(exchange), position);
                OutputStream out = exchange.getResponseBody()) {
            cursors.add(cursor);
            while (!cursor.isClosed()) {
                cursor.writeTo(out);
                cursor.await(HEARTBEAT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void status(HttpExchange exchange) throws IOException {
        NodeReport report = ReportCodec.decodeReport(exchange.getRequestBody().readAllBytes());
        String host = host(exchange);
        Map<UUID, PortReport> known = ports.computeIfAbsent(host, h -> new ConcurrentHashMap<>());
        if (report.full()) {
            known.clear();
        }
        report.ports().forEach(port -> known.put(port.portId(), port));
        revisions.put(host, report.revision());
        problems.put(host, report.problems());
        report.claims().ifPresent(all -> claims.put(host, all));
        report.physicalNetworks().ifPresent(names -> physicalNetworks.put(host, names));
        exchange.sendResponseHeaders(204, -1);
        exchange.close();
    }

    @Override
    public void close() {
        stop();
    }
}
