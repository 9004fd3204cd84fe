package io.weft.vrouter;

import io.weft.kernel.Errno;
import io.weft.kernel.KernelException;
import io.weft.kernel.bpf.BpfFileSystem;
import io.weft.kernel.bpf.BpfMap;
import io.weft.kernel.bpf.BpfObject;
import io.weft.kernel.bpf.BpfProgram;
import io.weft.kernel.bpf.RingBuffer;
import io.weft.kernel.bpf.TestRun;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The vRouter on the running kernel; see {@link Vrouter} for who may call what. */
final class KernelVrouter implements Vrouter {
    /** Written anew by each generation of programs, so never pinned. */
    private static final Set<String> UNPINNED = Set.of("scratch", "trace", "live", "live_filter");

    /** Tables that no build makes any more; what stood in them is not moved over. */
    private static final List<String> RETIRED = List.of("connections_v1", "half_open_v1", "connection_queue_v1");

    /** A port may have this part of all connections, and of all that wait for an answer. */
    private static final int CONNECTION_SHARE = 4;

    private static final int HALF_OPEN_SHARE = 8;

    /** Each translation has an entry for each direction; a router may have this part of all. */
    private static final int ENTRIES_OF_TRANSLATION = 2;

    private static final int TRANSLATION_SHARE = 4;

    /** The least frame that a test run takes; the program that starts the collector does not look at it. */
    private static final int ANY_FRAME = 64;

    private final byte[] image;
    private final BpfObject object;
    private final Map<String, Integer> globals;
    private final KernelTables tables;
    private final Attachments attachments;
    private final Flows flows;

    private KernelVrouter(
            byte[] image,
            BpfObject object,
            Map<String, Integer> globals,
            KernelTables tables,
            Attachments attachments,
            Flows flows) {
        this.image = image;
        this.object = object;
        this.globals = globals;
        this.tables = tables;
        this.attachments = attachments;
        this.flows = flows;
    }

    static KernelVrouter load(Configuration configuration) {
        return load(configuration, image());
    }

    /** Loads an image of another build, as tests of upgrades do. */
    static KernelVrouter load(Configuration configuration, byte[] image) {
        return load(configuration, image, List.of());
    }

    /**
     * The same without some of its programs, which it then cannot attach: the kernel takes most of a load's time for looking at
     * them, and a test of single packets runs one or two.
     */
    static KernelVrouter load(Configuration configuration, byte[] image, List<String> without) {
        Path directory = BpfFileSystem.directory(configuration.pinDirectory());
        Map<String, Integer> sizes = Capacities.of(configuration.sizes());
        BpfObject object = BpfObject.open("vrouter", image);
        try {
            TableVersions versions = new TableVersions(object);
            Map<String, Integer> capacities = new HashMap<>();
            List<String> heirs = new ArrayList<>();
            for (String map : object.mapNames()) {
                if (UNPINNED.contains(map) || map.startsWith(HandOver.PREVIOUS) || map.contains(".")) {
                    continue;
                }
                if (versions.inherits(directory, map)) {
                    heirs.add(map);
                }
                int capacity = versions.capacity(directory, map).orElseGet(() -> Capacities.require(sizes, map));
                capacities.put(map, capacity);
                object.maxEntries(map, capacity);
                object.pinMap(map, versions.pin(directory, map));
            }
            int sets = capacities.getOrDefault(ConnectionTable.SETS, 0);
            // A table that was pinned with less room has less for them.
            int connections = Math.min(configuration.sizes().connections(), sets * Sizes.CONNECTION_WAYS / 2);
            int translations = capacities.getOrDefault("translations", 0) / ENTRIES_OF_TRANSLATION;
            Map<String, Integer> globals = Map.of(
                    "set_count",
                    sets,
                    "connection_capacity",
                    connections,
                    "port_connections",
                    connections / CONNECTION_SHARE,
                    "port_half_open",
                    configuration.sizes().halfOpen() / HALF_OPEN_SHARE,
                    "translation_capacity",
                    translations,
                    "domain_translations",
                    translations / TRANSLATION_SHARE);
            globals.forEach(object::global);
            HandOver.PROGRAMS.forEach(program -> object.autoload(program, false));
            without.forEach(program -> object.autoload(program, false));
            object.load();
            ConnectionTable.makeSecret(object);
            heirs.forEach(map -> TableVersions.inherit(directory, map, object.map(map)));
            Flows flows = new Flows(object.map("flows"), object.map("flow_generation"));
            Attachments attachments = new Attachments(BpfFileSystem.directory(directory.resolve("links")));
            HandOver.Next next = new HandOver.Next(image, object, globals, versions);
            if (!HandOver.run(next, directory, attachments, () -> takeOver(object, flows))) {
                takeOver(object, flows);
            }
            RETIRED.forEach(table -> BpfFileSystem.unpin(directory.resolve(table)));
            return new KernelVrouter(
                    image,
                    object,
                    globals,
                    KernelTables.of(new KernelTables.Origin(object::map, flows::forget)),
                    attachments,
                    flows);
        } catch (RuntimeException e) {
            object.close();
            throw e;
        }
    }

    private static void takeOver(BpfObject object, Flows flows) {
        startCollector(object);
        flows.forget();
    }

    /** From now on the kernel's timer runs this generation's code, whatever becomes of this process. */
    private static void startCollector(BpfObject object) {
        try (TestRun run = new TestRun(object.program("start_collector"))) {
            int result = run.run(new byte[ANY_FRAME]).returned();
            if (result != 0) {
                throw new KernelException("start the collector of connections", Errno.EINVAL, "step " + result);
            }
        }
    }

    /** The data path of this build. */
    static byte[] image() {
        return resource("vrouter.o");
    }

    static byte[] resource(String name) {
        try (InputStream in = KernelVrouter.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("this build has no data path: " + name + " is missing");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was set in this generation, for tests that load another instance. */
    Map<String, Integer> globals() {
        return globals;
    }

    /** A program of this generation, for tests of single packets. */
    BpfProgram program(String name) {
        return object.program(name);
    }

    /** What the programs remember. */
    Flows flows() {
        return flows;
    }

    /** A map as it is, for what is no table. */
    BpfMap map(String name) {
        return object.map(name);
    }

    @Override
    public Tables tables() {
        return tables;
    }

    @Override
    public Connections connections() {
        return new KernelConnections(connectionTable(), object.map("loads"), flows);
    }

    ConnectionTable connectionTable() {
        return new ConnectionTable(object);
    }

    @Override
    public void attachWorkload(int ifindex) {
        attachments.attach(ifindex, object.program("from_workload"));
    }

    @Override
    public void attachUplink(int ifindex) {
        attachments.attach(ifindex, object.program("from_uplink"));
    }

    @Override
    public void attachTunnelDevice(int ifindex) {
        attachments.attach(ifindex, object.program("from_tunnel_device"));
    }

    @Override
    public void attachService(int ifindex) {
        attachments.attach(ifindex, object.program("from_service"));
    }

    @Override
    public void attachExternal(int ifindex) {
        attachments.attach(ifindex, object.program("from_external"));
    }

    @Override
    public void attachShaper(int ifindex) {
        attachments.attach(ifindex, object.program("from_shaper"));
    }

    @Override
    public void detach(int ifindex) {
        attachments.detach(ifindex);
    }

    @Override
    public Set<Integer> attached() {
        return attachments.attached();
    }

    @Override
    public PortCounters counters(int port) {
        byte[] copies = object.map("counters")
                .lookup(BpfMap.intKey(port))
                .orElseThrow(() -> new IllegalArgumentException("no port has the number " + port));
        return PortCounters.sum(ByteBuffer.wrap(copies).order(ByteOrder.nativeOrder()));
    }

    @Override
    public void clearCounters(int port) {
        BpfMap map = object.map("counters");
        map.update(BpfMap.intKey(port), new byte[map.valueBytes()]);
    }

    @Override
    public long ruleHits(int rule) {
        ByteBuffer copies = ByteBuffer.wrap(object.map("rule_hits")
                        .lookup(BpfMap.intKey(rule))
                        .orElseThrow(() -> new IllegalArgumentException("no rule has the number " + rule)))
                .order(ByteOrder.nativeOrder());
        long hits = 0;
        while (copies.hasRemaining()) {
            hits += copies.getLong();
        }
        return hits;
    }

    @Override
    public void clearRuleHits(int rule) {
        BpfMap map = object.map("rule_hits");
        map.update(BpfMap.intKey(rule), new byte[map.valueBytes()]);
    }

    @Override
    public KernelTracer tracer() {
        return KernelTracer.load(image, object, globals);
    }

    @Override
    public LiveTrace watchWorkload(int ifindex, LiveTrace.Filter filter, int most, Duration time) {
        return KernelLiveTrace.start(
                new KernelLiveTrace.Forwarding(image, object, globals, attachments),
                Map.of(ifindex, "from_workload"),
                filter,
                most,
                time);
    }

    @Override
    public LiveTrace watchTunnel(int uplink, int tunnelDevice, LiveTrace.Filter filter, int most, Duration time) {
        return KernelLiveTrace.start(
                new KernelLiveTrace.Forwarding(image, object, globals, attachments),
                Map.of(uplink, "from_uplink", tunnelDevice, "from_tunnel_device"),
                filter,
                most,
                time);
    }

    @Override
    public AutoCloseable listen(Consumer<VrouterEvent> listener) {
        return RingBuffer.start(
                object.map("events"),
                "vrouter-events",
                record -> EventCodec.decode(record).ifPresent(listener));
    }

    @Override
    public void close() {
        object.close();
    }
}
