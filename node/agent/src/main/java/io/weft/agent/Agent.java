package io.weft.agent;

import io.weft.agent.answers.Announcer;
import io.weft.agent.answers.Answers;
import io.weft.agent.attach.Attacher;
import io.weft.agent.attach.Bindings;
import io.weft.agent.attach.ConnectionQuestions;
import io.weft.agent.attach.EngineDevices;
import io.weft.agent.attach.EngineQuestions;
import io.weft.agent.attach.LocalApi;
import io.weft.agent.attach.LocalSocket;
import io.weft.agent.attach.Ports;
import io.weft.agent.container.ContainerEndpoint;
import io.weft.agent.drivers.DeviceDriver;
import io.weft.agent.drivers.PhysicalDriver;
import io.weft.agent.drivers.TableDrivers;
import io.weft.agent.drivers.TunnelDriver;
import io.weft.agent.gateways.Gateways;
import io.weft.agent.host.HostDriver;
import io.weft.agent.identity.Membership;
import io.weft.agent.inspect.Inspection;
import io.weft.agent.policy.PolicyLimits;
import io.weft.agent.services.Clients;
import io.weft.agent.services.Directories;
import io.weft.agent.services.ServiceDriver;
import io.weft.agent.services.ServiceNamespace;
import io.weft.agent.shaping.AddressShaperDriver;
import io.weft.agent.shaping.AddressShapers;
import io.weft.agent.shaping.GuaranteeDriver;
import io.weft.agent.shaping.ShaperDriver;
import io.weft.agent.shaping.Shapers;
import io.weft.agent.status.Reporter;
import io.weft.agent.sync.RecordsFile;
import io.weft.agent.sync.StreamClient;
import io.weft.agent.tables.Fold;
import io.weft.agent.tables.Limits;
import io.weft.agent.tables.Remembered;
import io.weft.agent.trace.Entrance;
import io.weft.agent.trace.Sender;
import io.weft.agent.trace.Step;
import io.weft.agent.trace.TraceException;
import io.weft.agent.trace.Tracing;
import io.weft.agent.trace.Watches;
import io.weft.client.NeutronClient;
import io.weft.client.Settings;
import io.weft.docker.DockerPlugin;
import io.weft.kernel.GracePeriods;
import io.weft.kernel.bpf.BpfFileSystem;
import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.RouteEvent;
import io.weft.kernel.netlink.RouteMonitor;
import io.weft.kernel.netlink.RouteNetlink;
import io.weft.kernel.socket.PacketSocket;
import io.weft.model.IpAddress;
import io.weft.protocol.Batch;
import io.weft.protocol.Fact;
import io.weft.protocol.LocalPort;
import io.weft.protocol.Position;
import io.weft.protocol.ProtocolException;
import io.weft.protocol.Topic;
import io.weft.vrouter.Configuration;
import io.weft.vrouter.LiveTrace;
import io.weft.vrouter.PortCounters;
import io.weft.vrouter.QosLimits;
import io.weft.vrouter.Sizes;
import io.weft.vrouter.Tables;
import io.weft.vrouter.Trace;
import io.weft.vrouter.Underlay;
import io.weft.vrouter.Vrouter;
import io.weft.vrouter.VrouterEvent;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A running agent: builds the parts, top to bottom, and ends them in the reverse order. When it ends, by whatever cause,
 * the kernel forwards on; the next one takes over.
 *
 * <p>Longer than most: how the parts are joined, and what other threads ask of the node, is to be read in one place.
 */
public final class Agent implements AutoCloseable {
    /** This build. */
    public static final String VERSION = "0.1.0";

    private static final System.Logger LOGGER = System.getLogger(Agent.class.getName());
    private static final Duration KEEP = Duration.ofSeconds(2);
    /** The writing of records takes at most a twentieth of the time, however many they are and often they change. */
    private static final int KEEP_SHARE = 20;

    private static final Duration RESYNC = Duration.ofMinutes(5);
    private static final Duration ADVERTISE = Duration.ofSeconds(1);
    private static final Duration REPORT = Duration.ofSeconds(25);
    /** How often the server may hear of shared addresses that move. */
    private static final Duration CLAIM = Duration.ofSeconds(2);

    /** Where, in the state directory, attachments of containers are kept. */
    static final String CONTAINERS = "containers";

    /** A runtime that waits for a container's port hears soon that there is no server. */
    static final Settings CONTAINERS_API =
            new Settings(Duration.ofSeconds(3), Duration.ofSeconds(15), 16 << 20, 2, Optional.empty());

    private final AgentConfiguration configuration;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final RecordsFile file;
    private final ExecutorService writer =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("records").factory());
    private final ExecutorService forgetting = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("forget-ports").daemon().factory());
    private final Loop loop;
    private volatile Optional<ContainerEndpoint> containers = Optional.empty();
    private volatile long keepNotBefore = System.nanoTime();
    private volatile boolean begun;
    private final Optional<Position> keptPosition;
    private final Node node;
    private final StreamClient stream;

    private Agent(AgentConfiguration configuration) throws IOException, InterruptedException {
        GracePeriods.SYSTEM.recover();
        this.configuration = configuration;
        this.file = new RecordsFile(configuration.state().resolve("records.ndjson"));
        Supplier<HttpClient> clients = clients();
        // The kernel takes its time to check the programs; meanwhile the server's records come.
        FutureTask<Vrouter> loading =
                new FutureTask<>(() -> Vrouter.load(new Configuration(configuration.pins(), Sizes.standard())));
        Thread.ofPlatform().name("load").daemon().start(loading);
        loop = new Loop(this::work);
        Optional<Batch> kept = readKept();
        keptPosition = kept.flatMap(Agent::position);
        loop.submit(() -> begin(kept));
        Reporter reporter = new Reporter(configuration.host(), VERSION, clients);
        Inspection inspection = new Inspection(configuration.host(), clients);
        stream = new StreamClient(
                configuration.servers(), configuration.host(), clients, this::position, listener(reporter, inspection));
        stream.start();
        Vrouter vrouter = closing(loaded(loading));
        closing(forgetting);
        RouteNetlink netlink = closing(RouteNetlink.open());
        Tables kernel = vrouter.tables();
        Remembered remembered = Remembered.of(kernel);
        Fold fold = new Fold(configuration.host(), limits(kernel), remembered);
        RuleHits.clearWithNumbers(
                fold.tables().policyNames(), kernel.policyNames().dump(), vrouter::clearRuleHits);
        closing(reporter);
        Answers answers =
                closing(new Answers(fold.tables().views(), fold.tables().subports(), PacketSocket.open(0, 0)));
        Announcer announcer = closing(new Announcer(PacketSocket.open(0, 0)));
        ServiceDriver services = closing(new ServiceDriver(
                netlink,
                configuration.services(),
                new Clients(fold.tables().instances()),
                Directories.following(fold.tables())));
        Gateways gateways = closing(new Gateways(
                configuration.host(),
                fold,
                configuration.tunnelAddresses(),
                remembered.gateways(),
                kernel.neighbours(),
                loop::submit));
        node = new Node(
                fold,
                new TableDrivers(kernel, fold.tables()),
                closing(new DeviceDriver(vrouter, loop::submit)),
                new TunnelDriver(netlink, configuration.tunnelAddresses()),
                new PhysicalDriver(netlink, configuration.physicalNetworks().devices()),
                services,
                closing(new ShaperDriver(new Shapers(netlink), fold.tables().shaping(), loop::submit)),
                new AddressShaperDriver(
                        new AddressShapers(netlink), fold.tables().addressShaping()),
                new GuaranteeDriver(netlink, fold.tables().guarantees(), uplinkBytes(configuration)),
                gateways,
                closing(new HostDriver(netlink, loop::submit)),
                netlink::links,
                reporter,
                answers,
                announcer,
                vrouter::counters,
                vrouter::ruleHits,
                numbers -> forgetting.execute(() -> forgetPorts(vrouter, fold, numbers)));
        closing(RouteMonitor.start(
                Set.of(RouteMonitor.Subject.LINKS, RouteMonitor.Subject.ADDRESSES, RouteMonitor.Subject.ROUTES),
                event -> loop.submit(() -> node.routeEvent(event))));
        loop.submit(() -> repeat(ADVERTISE, answers::advertise));
        // As a task behind what has been received by then, so that no answer is overlooked.
        loop.submit(() -> repeat(Gateways.TICK, () -> loop.submit(gateways::tick)));
        loop.submit(() -> node.restoreClaims(kernel.learnedAddresses().dump()));
        loop.submit(() -> repeat(CLAIM, node::reportClaims));
        closing(vrouter.listen(event -> {
            if (event instanceof VrouterEvent.Learned learned) {
                loop.submit(() -> node.learned(learned));
            } else {
                answers.accept(event);
            }
        }));
        closing(stream);
        loop.start();
        closing(loop);
        reporter.start();
        LocalPorts ports = new LocalPorts();
        Tracing tracing = closing(new Tracing(vrouter::tracer, new TracedNode()));
        closing(inspection);
        Watches watches = closing(new Watches(new WatchedVrouter(vrouter), new TracedNode()));
        inspection.answer(tracing, watches);
        Attacher attacher = new Attacher(ports, netlink);
        Optional<DockerPlugin> docker = serveDocker(attacher);
        ContainerEndpoint endpoint = closing(ContainerEndpoint.start(
                configuration.host(),
                ports,
                configuration.containersApi().map(caller -> closing(NeutronClient.of(caller, CONTAINERS_API))),
                configuration.state().resolve(CONTAINERS),
                closing(RouteNetlink.open())));
        containers = Optional.of(endpoint);
        closing(LocalSocket.start(
                configuration.socket(),
                new LocalApi(
                        ports,
                        attacher,
                        new ConnectionQuestions(ports, vrouter.connections()),
                        tracing,
                        watches,
                        new EngineQuestions(docker.map(DockerPlugin::check)),
                        endpoint)));
        LOGGER.log(
                Level.INFO,
                "agent ready",
                Map.entry("host", configuration.host()),
                Map.entry("socket", configuration.socket()),
                Map.entry("pins", configuration.pins()));
    }

    private Optional<DockerPlugin> serveDocker(Attacher attacher) throws IOException {
        if (configuration.docker().isEmpty() || configuration.containersApi().isEmpty()) {
            return Optional.empty();
        }
        NeutronClient neutron =
                closing(NeutronClient.of(configuration.containersApi().get(), Settings.DEFAULTS));
        return Optional.of(closing(DockerPlugin.start(
                configuration.docker().get(), neutron, new EngineDevices(configuration.host(), attacher))));
    }

    /**
     * Starts an agent in the network namespace of the calling thread, which must be the process's own.
     *
     * @throws IOException when the node is not enrolled and no server can be reached
     */
    public static Agent start(AgentConfiguration configuration) throws IOException, InterruptedException {
        return new Agent(configuration);
    }

    private <T extends AutoCloseable> T closing(T part) {
        parts.push(part);
        return part;
    }

    /** Away from the node's thread, since it walks through all connections. */
    private void forgetPorts(Vrouter vrouter, Fold fold, Set<Integer> numbers) {
        for (int number : numbers) {
            vrouter.connections().forget(number);
            vrouter.clearCounters(number);
            loop.submit(() -> fold.releasePort(number));
        }
    }

    private Supplier<HttpClient> clients() throws IOException, InterruptedException {
        if (configuration.isPlain()) {
            HttpClient client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            closing(client::shutdownNow);
            return () -> client;
        }
        Membership membership = closing(Membership.open(
                configuration.state(),
                configuration.host(),
                configuration.servers(),
                configuration.tunnelAddresses(),
                configuration.token()));
        return membership::client;
    }

    private static Limits limits(Tables kernel) {
        return new Limits(
                kernel.ports().capacity(),
                kernel.nodes().capacity(),
                Integer.MAX_VALUE - 1,
                Integer.MAX_VALUE - 1,
                new PolicyLimits(
                        kernel.ruleSets().capacity(),
                        Sizes.standard().rules(),
                        kernel.policy().capacity(),
                        kernel.peerClasses().capacity()));
    }

    /** Where to resume the stream: before the node has what was kept, where that ends. */
    private Optional<Position> position() {
        return begun ? node.position() : keptPosition;
    }

    private static Optional<Position> position(Batch batch) {
        return batch instanceof Batch.Changes changes ? Optional.of(changes.position()) : Optional.empty();
    }

    private static Vrouter loaded(Future<Vrouter> loading) throws InterruptedException {
        try {
            return loading.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e.getCause());
        }
    }

    private long work() {
        return node.work();
    }

    private Optional<Batch> readKept() {
        try {
            return file.read();
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "kept records cannot be read; the server will send them anew", e);
            return Optional.empty();
        }
    }

    private void begin(Optional<Batch> kept) {
        try {
            node.restore(kept);
        } catch (ProtocolException e) {
            LOGGER.log(Level.WARNING, "kept records do not fit; the server will send them anew", e);
            nothingKept();
        }
        begun = true;
        repeat(KEEP, this::keep);
        repeat(RESYNC, node::resync);
        repeat(REPORT, node::report);
    }

    private void nothingKept() {
        try {
            node.restore(Optional.empty());
        } catch (ProtocolException e) {
            throw new IllegalStateException("nothing is always right", e);
        }
    }

    private void repeat(Duration interval, Runnable task) {
        loop.after(interval, () -> {
            try {
                task.run();
            } finally {
                repeat(interval, task);
            }
        });
    }

    private void keep() {
        if (System.nanoTime() - keepNotBefore >= 0) {
            keepNow();
        }
    }

    private void keepNow() {
        Optional<Position> position = node.position();
        if (position.isPresent()) {
            node.recordsToKeep().ifPresent(records -> writer.execute(() -> write(records, position.get())));
        }
    }

    private void write(Map<Topic, List<Fact>> records, Position position) {
        long start = System.nanoTime();
        try {
            file.write(records, position);
        } catch (IOException e) {
            // The node works without; only a restart without any server would miss it.
            LOGGER.log(Level.WARNING, "records cannot be kept", e);
        }
        long now = System.nanoTime();
        keepNotBefore = now + (now - start) * KEEP_SHARE;
    }

    private StreamClient.Listener listener(Reporter reporter, Inspection inspection) {
        return new StreamClient.Listener() {
            @Override
            public void connected(URI server) {
                reporter.connected(server);
                inspection.connected(server);
                containers.ifPresent(ContainerEndpoint::connected);
                loop.submit(() -> node.connected(true));
            }

            @Override
            public void batch(Batch batch) {
                loop.submit(() -> take(batch));
            }

            @Override
            public void disconnected(String reason) {
                reporter.disconnected();
                inspection.disconnected();
                loop.submit(() -> node.connected(false));
            }
        };
    }

    private void take(Batch batch) {
        try {
            node.batch(batch);
        } catch (ProtocolException e) {
            LOGGER.log(Level.WARNING, "a batch does not fit, asking for everything", e);
            stream.restart();
        }
    }

    /** Waits for the node's thread, a while. */
    private <T> T await(Supplier<T> question) {
        CompletableFuture<T> future = new CompletableFuture<>();
        loop.submit(() -> future.complete(question.get()));
        try {
            return future.get(10, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new TraceException("the agent is busy");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TraceException("the agent stops");
        }
    }

    /** The data path as watches see it. */
    private record WatchedVrouter(Vrouter vrouter) implements Watches.Watcher {
        @Override
        public LiveTrace workload(int ifindex, LiveTrace.Filter filter, int most, Duration time) {
            return vrouter.watchWorkload(ifindex, filter, most, time);
        }

        @Override
        public LiveTrace tunnel(Underlay own, LiveTrace.Filter filter, int most, Duration time) {
            return vrouter.watchTunnel(own.uplink(), own.tunnelDevice(), filter, most, time);
        }
    }

    /** The node as traces see it. */
    private final class TracedNode implements Tracing.Node {
        @Override
        public Optional<Sender> sender(UUID port) {
            return await(() -> node.sender(port));
        }

        @Override
        public Optional<Entrance> entrance(UUID network, IpAddress address) {
            return await(() -> node.entrance(network, address));
        }

        @Override
        public List<Step> explain(Trace trace, IpAddress destination) {
            return await(() -> node.explain(trace, destination));
        }

        @Override
        public Optional<Underlay> underlay() {
            return await(node::underlay);
        }
    }

    /** The node as requests of this host see it. */
    private final class LocalPorts implements Ports {
        @Override
        public CompletableFuture<Port> known(UUID port) {
            CompletableFuture<Port> future = new CompletableFuture<>();
            loop.submit(() -> node.waiting().awaitPort(port, future));
            return future;
        }

        @Override
        public CompletableFuture<Wiring> wired(UUID port) {
            CompletableFuture<Port> known = new CompletableFuture<>();
            // What follows runs where it completes, on the node's thread.
            CompletableFuture<Wiring> wired =
                    known.thenApply(_ -> node.questions().wiring(port).orElseThrow());
            var _ = wired.whenComplete((_, _) -> known.cancel(false));
            loop.submit(() -> node.waiting().awaitPort(port, known));
            return wired;
        }

        @Override
        public CompletableFuture<Port> inForce(UUID port) {
            CompletableFuture<Port> future = new CompletableFuture<>();
            loop.submit(() -> node.waiting().awaitForce(port, future));
            return future;
        }

        @Override
        public CompletableFuture<UUID> prepared(Predicate<LocalPort> wanted) {
            CompletableFuture<UUID> future = new CompletableFuture<>();
            loop.submit(() -> node.waiting().awaitPrepared(wanted, future));
            return future;
        }

        @Override
        public CompletableFuture<List<LocalPort>> such(Predicate<LocalPort> wanted) {
            return ask(() -> node.questions().such(wanted));
        }

        @Override
        public CompletableFuture<Optional<Wiring>> wiring(UUID port) {
            return ask(() -> node.questions().wiring(port));
        }

        @Override
        public CompletableFuture<List<Port>> all() {
            return ask(() -> node.questions().ports());
        }

        @Override
        public CompletableFuture<Optional<Rules>> rules(UUID port) {
            return ask(() -> node.questions().rules(port));
        }

        @Override
        public CompletableFuture<Names> names() {
            return ask(() -> node.questions().names());
        }

        @Override
        public CompletableFuture<PortCounters> unattributed() {
            return ask(node::unattributed);
        }

        @Override
        public CompletableFuture<Map<String, Object>> status() {
            return ask(node::status);
        }

        @Override
        public void refresh() {
            loop.submit(() -> node.routeEvent(new RouteEvent.ResyncNeeded()));
        }

        private <T> CompletableFuture<T> ask(Supplier<T> question) {
            CompletableFuture<T> future = new CompletableFuture<>();
            loop.submit(() -> future.complete(question.get()));
            return future;
        }
    }

    /** Ends the agent; the data path forwards on. */
    @Override
    public void close() {
        CompletableFuture<Boolean> kept = new CompletableFuture<>();
        loop.submit(() -> {
            keepNow();
            kept.complete(true);
        });
        kept.completeOnTimeout(false, 2, TimeUnit.SECONDS).join();
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOGGER.log(Level.WARNING, "a part did not close", e);
            }
        }
        writer.close();
        LOGGER.log(Level.INFO, "agent stopped; the data path forwards on");
    }

    private static OptionalLong uplinkBytes(AgentConfiguration configuration) {
        OptionalLong kilobits = configuration.uplinkKilobits();
        return kilobits.isEmpty() ? kilobits : OptionalLong.of(kilobits.getAsLong() * 1000 / 8);
    }

    /**
     * Removes everything that an agent with this configuration has made: programs, tables, the tunnel device, the veth
     * pairs of workloads, the identity and the records. Devices that others made stay.
     */
    public static void purge(Path pins, Path state) throws IOException {
        try (RouteNetlink netlink = RouteNetlink.open()) {
            HostDriver.purge(netlink);
            new Shapers(netlink).removeAll();
            new AddressShapers(netlink).remove();
            for (Link link : netlink.links()) {
                netlink.deleteTokenClasses(link.index(), QosLimits.CLASSES);
                Optional<UUID> port = Bindings.aliased(link);
                if (link.name().equals(TunnelDriver.DEVICE)
                        || link.name().equals(ServiceNamespace.DEVICE)
                        || Bindings.isEarly(link)
                        || port.map(id -> link.name().equals(Bindings.veth(id))).orElse(false)) {
                    netlink.deleteLink(link.index());
                } else if (port.isPresent()) {
                    netlink.setAlias(link.index(), "");
                }
            }
        }
        if (Files.isDirectory(pins)) {
            try (Vrouter vrouter = Vrouter.load(new Configuration(pins, Sizes.small()))) {
                vrouter.attached().forEach(vrouter::detach);
            }
            BpfFileSystem.unpinAll(pins);
        }
        for (String name : List.of("identity.pem", "records.ndjson")) {
            Files.deleteIfExists(state.resolve(name));
        }
        ContainerEndpoint.purge(state.resolve(CONTAINERS));
        LOGGER.log(Level.INFO, "purged", Map.entry("pins", pins), Map.entry("state", state));
    }
}
