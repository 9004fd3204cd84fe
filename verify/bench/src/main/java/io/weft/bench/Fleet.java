package io.weft.bench;

import io.weft.e2e.Wait;
import io.weft.model.IpAddress;
import io.weft.protocol.Batch;
import io.weft.protocol.BatchReader;
import io.weft.protocol.Subscription;
import io.weft.protocol.Topic;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Many simulated nodes of one server. */
final class Fleet implements AutoCloseable, SimulatedNode.Watched {
    private static final int ENROLLERS = 4;

    private final ServerUnderTest server;
    private final List<NodeIdentity> identities;
    private final ConcurrentHashMap<String, Change> changes = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private List<SimulatedNode> nodes = List.of();

    private Fleet(ServerUnderTest server, List<NodeIdentity> identities) {
        this.server = server;
        this.identities = identities;
    }

    /** Whom one change of one record has reached. */
    static final class Change {
        private final long begin;
        private final ConcurrentHashMap<String, Long> arrivals = new ConcurrentHashMap<>();
        private final AtomicInteger again = new AtomicInteger();

        private Change(long begin) {
            this.begin = begin;
        }

        /** Nanoseconds from its beginning to each node, by node. */
        Map<String, Long> delays() {
            Map<String, Long> delays = new ConcurrentHashMap<>();
            arrivals.forEach((host, at) -> delays.put(host, at - begin));
            return delays;
        }

        /** How many nodes it has reached. */
        int reached() {
            return arrivals.size();
        }

        /** How often it came to a node that had it. */
        int repeated() {
            return again.get();
        }
    }

    /** Enrols so many nodes. */
    static Fleet enrol(ServerUnderTest server, int count) throws InterruptedException {
        NodeIdentity[] identities = new NodeIdentity[count];
        AtomicInteger next = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < ENROLLERS; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try (HttpConnection api = HttpConnection.toApi(server.api(), "bench")) {
                    for (int n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
                        identities[n] = NodeIdentity.enrol(
                                server.agents(),
                                api,
                                host(n),
                                IpAddress.parse("198.51." + n / 250 + "." + (n % 250 + 1)));
                    }
                } catch (IOException | RuntimeException e) {
                    failures.add(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException("enrolment failed", failures.peek());
        }
        return new Fleet(server, List.of(identities));
    }

    /** The name of a node. */
    static String host(int number) {
        return "node-%04d".formatted(number);
    }

    /** Connects all nodes anew, as ones that remember nothing. */
    void connect() {
        nodes = identities.stream()
                .map(identity -> new SimulatedNode(identity, server.agents(), this))
                .toList();
        nodes.forEach(SimulatedNode::connect);
    }

    List<SimulatedNode> nodes() {
        return nodes;
    }

    /** Waits until each node has had a full batch. */
    void awaitFull(Duration patience) {
        Wait.until("all nodes to be in step", patience, () -> {
            check();
            return nodes.stream().allMatch(node -> node.endpoints() >= 0) ? Optional.of(true) : Optional.empty();
        });
    }

    /** When the last node had its full batch, by {@link System#nanoTime}. */
    long lastFullAt() {
        return nodes.stream().mapToLong(SimulatedNode::fullAt).max().orElseThrow();
    }

    /** Bytes of all streams. */
    long bytes() {
        return nodes.stream().mapToLong(SimulatedNode::bytes).sum();
    }

    /** Throws what went wrong on any node. */
    void check() {
        String failure = failures.peek();
        if (failure != null) {
            throw new IllegalStateException(
                    failures.size() + " failures of nodes, the first: " + failure + "\n" + server.log());
        }
    }

    /** Notes from now on whom changes of this record reach; its time begins at {@code begin}. */
    Change watch(String key, long begin) {
        Change change = new Change(begin);
        changes.put(key, change);
        return change;
    }

    @Override
    public void heard(String host, String key, long nanos) {
        Change change = changes.get(key);
        if (change != null && change.arrivals.putIfAbsent(host, nanos) != null) {
            change.again.incrementAndGet();
        }
    }

    @Override
    public void failed(String what, boolean asked) {
        if (!asked) {
            failures.add(what);
        }
    }

    /**
     * Reads a node's full batch with the agents' own reader.
     *
     * @return the records of networks and of the node that are endpoints and local ports
     */
    int[] readAsAgent(int number) throws IOException {
        NodeIdentity identity = identities.get(number);
        try (HttpConnection connection = HttpConnection.open(identity.sockets(), server.agents(), "")) {
            BatchReader reader = new BatchReader(connection.stream("/v1/stream/" + identity.host()));
            Subscription subscription = new Subscription();
            Batch batch = reader.next().orElseThrow();
            subscription.apply(batch);
            int endpoints = 0;
            int locals = 0;
            for (Topic topic : subscription.topics()) {
                for (String key : subscription.records(topic).keySet()) {
                    endpoints += key.startsWith("endpoint/") ? 1 : 0;
                    locals += key.startsWith("port/") ? 1 : 0;
                }
            }
            return new int[] {locals, endpoints};
        }
    }

    /** Disconnects all nodes; they can connect again. */
    void disconnect() {
        nodes.forEach(SimulatedNode::close);
        try {
            for (SimulatedNode node : nodes) {
                node.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        nodes = List.of();
        changes.clear();
    }

    @Override
    public void close() {
        disconnect();
    }
}
