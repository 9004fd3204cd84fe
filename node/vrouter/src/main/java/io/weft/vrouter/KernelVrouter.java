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
import java.nio.file.Files;
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

    /** A port may have this part of all connections, and of all that wait for an answer. */
    private static final int CONNECTION_SHARE = 4;

    private static final int HALF_OPEN_SHARE = 8;

    /** Each translation has an entry for each direction; a router may have this part of all. */
    private static final int ENTRIES_OF_TRANSLATION = 2;

    private static final int TRANSLATION_SHARE = 4;

    /** The least frame that a test run takes; the program that starts the collector does not look at it. */
    private static final int ANY_FRAME = 64;

    private final BpfObject object;
    private final Map<String, Integer> globals;
    private final KernelTables tables;
    private final Attachments attachments;
    private final Flows flows;

    private KernelVrouter(
            BpfObject object, Map<String, Integer> globals, KernelTables tables, Attachments attachments, Flows flows) {
        this.object = object;
        this.globals = globals;
        this.tables = tables;
        this.attachments = attachments;
        this.flows = flows;
    }

    static KernelVrouter load(Configuration configuration) {
        Path directory = BpfFileSystem.directory(configuration.pinDirectory());
        Map<String, Integer> sizes = sizes(configuration.sizes());
        BpfObject object = BpfObject.open("vrouter", image());
        try {
            Map<String, Integer> capacities = new HashMap<>();
            List<String> heirs = new ArrayList<>();
            for (String map : object.mapNames()) {
                if (UNPINNED.contains(map) || map.contains(".")) {
                    continue;
                }
                if (TableVersions.inherits(directory, map)) {
                    heirs.add(map);
                }
                Path pin = TableVersions.pin(directory, map);
                int capacity = Files.exists(pin) ? pinnedSize(pin) : requireSize(sizes, map);
                capacities.put(map, capacity);
                object.maxEntries(map, capacity);
                object.pinMap(map, pin);
            }
            int connections = capacities.getOrDefault("connections", 0);
            int translations = capacities.getOrDefault("translations", 0) / ENTRIES_OF_TRANSLATION;
            Map<String, Integer> globals = Map.of(
                    "connection_capacity", connections,
                    "port_connections", connections / CONNECTION_SHARE,
                    "port_half_open", capacities.getOrDefault("half_open", 0) / HALF_OPEN_SHARE,
                    "translation_capacity", translations,
                    "domain_translations", translations / TRANSLATION_SHARE);
            globals.forEach(object::global);
            object.load();
            heirs.forEach(map -> TableVersions.inherit(directory, map, object.map(map)));
            startCollector(object);
            Flows flows = new Flows(object.map("flows"), object.map("flow_generation"));
            flows.forget();
            Path links = BpfFileSystem.directory(directory.resolve("links"));
            return new KernelVrouter(
                    object,
                    globals,
                    KernelTables.of(new KernelTables.Origin(object::map, flows::forget)),
                    new Attachments(links),
                    flows);
        } catch (RuntimeException e) {
            object.close();
            throw e;
        }
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

    private static int pinnedSize(Path pin) {
        try (BpfMap map = BpfMap.openPinned(pin)) {
            return map.info().maxEntries();
        }
    }

    private static int requireSize(Map<String, Integer> sizes, String map) {
        Integer size = sizes.get(map);
        if (size == null) {
            throw new IllegalStateException("no size is known for map " + map);
        }
        return size;
    }

    private static Map<String, Integer> sizes(Sizes sizes) {
        return Map.ofEntries(
                Map.entry("ports", sizes.ports()),
                Map.entry("counters", sizes.ports()),
                Map.entry("policers", sizes.ports()),
                Map.entry("port_addresses", sizes.portAddresses()),
                Map.entry("shared_addresses", sizes.portAddresses()),
                Map.entry("networks", sizes.networks()),
                Map.entry("macs", sizes.macs()),
                Map.entry("addresses", sizes.addresses()),
                Map.entry("router_interfaces", sizes.routes()),
                Map.entry("routes", sizes.routes()),
                Map.entry("group_members", sizes.groupMembers()),
                Map.entry("nodes", sizes.nodes()),
                Map.entry("tunnel_sources", sizes.tunnelSources()),
                Map.entry("flood", sizes.floodMembers()),
                Map.entry("underlay", 1),
                Map.entry("qos", sizes.ports()),
                Map.entry("packet_buckets", sizes.ports()),
                Map.entry("services", 1),
                Map.entry("service_clients", sizes.portAddresses()),
                Map.entry("service_addresses", sizes.portAddresses()),
                Map.entry("service_policers", sizes.ports()),
                Map.entry("peer_classes", sizes.peerClasses()),
                Map.entry("policy", sizes.policies()),
                Map.entry("rule_sets", sizes.ruleSets()),
                Map.entry("rule_hits", sizes.rules()),
                Map.entry("policy_names", sizes.policyNames()),
                Map.entry("connections", sizes.connections()),
                // Keys of entries that were removed from outside stay until the collector comes by.
                Map.entry("connection_queue", sizes.connections() + sizes.connections() / 4),
                Map.entry("half_open", sizes.halfOpen()),
                Map.entry("fragments", sizes.fragments()),
                Map.entry("flows", Flows.SLOTS),
                Map.entry("flow_tags", 1),
                Map.entry("flow_generation", 1),
                Map.entry("flow_stamps", Flows.STAMPS),
                Map.entry("loads", sizes.ports()),
                Map.entry("collector", 1),
                Map.entry("external_devices", sizes.domains()),
                Map.entry("external_networks", sizes.domains()),
                Map.entry("external_addresses", sizes.externalAddresses()),
                Map.entry("floating_addresses", sizes.externalAddresses()),
                Map.entry("gateways", sizes.domains()),
                Map.entry("port_forwardings", sizes.externalAddresses()),
                Map.entry("underlay_addresses", sizes.nodes()),
                Map.entry("neighbours", sizes.learned()),
                Map.entry("translations", sizes.translations()),
                Map.entry("translation_queue", sizes.translations()),
                Map.entry("translation_counts", sizes.domains()),
                Map.entry("translated_fragments", sizes.fragments()),
                Map.entry("learned_macs", sizes.learned()),
                Map.entry("learned_addresses", sizes.learned()),
                Map.entry("events", sizes.eventBytes()));
    }

    static byte[] image() {
        try (InputStream in = KernelVrouter.class.getResourceAsStream("vrouter.o")) {
            if (in == null) {
                throw new IllegalStateException("this build has no data path: vrouter.o is missing");
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
        return new KernelConnections(object.map("connections"), object.map("half_open"), object.map("loads"), flows);
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
        return KernelTracer.load(image(), object, globals);
    }

    @Override
    public LiveTrace watchWorkload(int ifindex, LiveTrace.Filter filter, int most, Duration time) {
        return KernelLiveTrace.start(
                new KernelLiveTrace.Forwarding(object, globals, attachments),
                Map.of(ifindex, "from_workload"),
                filter,
                most,
                time);
    }

    @Override
    public LiveTrace watchTunnel(int uplink, int tunnelDevice, LiveTrace.Filter filter, int most, Duration time) {
        return KernelLiveTrace.start(
                new KernelLiveTrace.Forwarding(object, globals, attachments),
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
