package io.weft.vrouter;

import io.weft.kernel.bpf.BpfMap;
import io.weft.kernel.bpf.BpfObject;
import io.weft.kernel.bpf.MapType;
import io.weft.kernel.bpf.SkbContext;
import io.weft.kernel.bpf.TestRun;
import io.weft.kernel.bpf.UpdateMode;
import io.weft.model.IpAddress;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tracing instance over the maps of a forwarding one. What programs write are maps of its own ({@link #OWN}); a map
 * that is not listed there is shared and must be one that programs only read.
 */
final class KernelTracer implements Tracer {
    private static final String TRACE = "trace";
    private static final int HEAD = 24;
    /** Of {@code enum tracing_mode}. */
    private static final int CRAFTED = 1;

    private static final int NETWORK = 4;
    private static final int NODE = 8;

    /** After so many runs a trace is given as it is, whatever else it asks for: connections may come and go meanwhile. */
    private static final int ROUNDS = 8;

    /** Room for what one trace may ask for. */
    private static final int CONNECTION_SETS = 16;

    /** How a map of the tracer's own is filled before a trace. */
    enum Filling {
        /** It is left as it is: nothing that is read there decides anything. */
        LEFT,
        /** Not at all: what the run before has left is removed. */
        EMPTY,
        /** With all that the forwarding instance has; it is not much. */
        WHOLE,
        /** With what a trace has asked for: it is run again until it asks for nothing new. */
        ASKED
    }

    /** A map that programs write: how it is filled, and its capacity, or 0 for that of the forwarding instance. */
    record Own(Filling filling, int capacity) {}

    static final Map<String, Own> OWN = Map.ofEntries(
            Map.entry("scratch", new Own(Filling.LEFT, 0)),
            Map.entry(TRACE, new Own(Filling.LEFT, 0)),
            Map.entry("live", new Own(Filling.LEFT, 1)),
            Map.entry("live_filter", new Own(Filling.LEFT, 1)),
            Map.entry("counters", new Own(Filling.LEFT, 1)),
            Map.entry("rule_hits", new Own(Filling.LEFT, 1)),
            Map.entry("events", new Own(Filling.LEFT, 65536)),
            Map.entry("collector", new Own(Filling.LEFT, 1)),
            Map.entry("flows", new Own(Filling.EMPTY, 1)),
            Map.entry("flow_tags", new Own(Filling.LEFT, 1)),
            Map.entry("flow_generation", new Own(Filling.EMPTY, 1)),
            Map.entry("flow_stamps", new Own(Filling.EMPTY, 1)),
            Map.entry("fragments", new Own(Filling.EMPTY, 64)),
            Map.entry("next_collected", new Own(Filling.LEFT, 1)),
            Map.entry(ConnectionTable.SETS, new Own(Filling.ASKED, CONNECTION_SETS)),
            Map.entry("loads", new Own(Filling.WHOLE, 0)),
            Map.entry("policers", new Own(Filling.WHOLE, 0)),
            Map.entry("packet_buckets", new Own(Filling.WHOLE, 0)),
            Map.entry("address_buckets", new Own(Filling.WHOLE, 0)),
            Map.entry("service_policers", new Own(Filling.WHOLE, 0)),
            Map.entry("translations", new Own(Filling.ASKED, 64)),
            Map.entry("translation_queue", new Own(Filling.EMPTY, 64)),
            Map.entry("translation_counts", new Own(Filling.WHOLE, 0)),
            Map.entry("translated_fragments", new Own(Filling.EMPTY, 64)),
            Map.entry("affinities", new Own(Filling.WHOLE, 0)),
            Map.entry("neighbours", new Own(Filling.WHOLE, 0)),
            Map.entry("learned_macs", new Own(Filling.WHOLE, 0)),
            Map.entry("learned_addresses", new Own(Filling.WHOLE, 0)));

    private final BpfObject object;
    private final BpfObject forwarding;

    private KernelTracer(BpfObject object, BpfObject forwarding) {
        this.object = object;
        this.forwarding = forwarding;
    }

    /**
     * Loads it.
     *
     * @param image the object that forwards
     * @param forwarding the instance that forwards, which must stay open
     * @param globals what was set in it
     */
    static KernelTracer load(byte[] image, BpfObject forwarding, Map<String, Integer> globals) {
        BpfObject object = BpfObject.open("tracer", image);
        try {
            for (String map : object.mapNames()) {
                if (map.contains(".")) {
                    continue;
                }
                Own own = OWN.get(map);
                if (own == null) {
                    object.reuseMap(map, forwarding.map(map));
                } else {
                    object.maxEntries(
                            map,
                            own.capacity > 0
                                    ? own.capacity
                                    : forwarding.map(map).info().maxEntries());
                }
            }
            globals.forEach(object::global);
            object.global("tracing", CRAFTED);
            object.autoload("start_collector", false);
            object.global("set_count", CONNECTION_SETS);
            HandOver.PROGRAMS.forEach(name -> object.autoload(name, false));
            object.load();
            return new KernelTracer(object, forwarding);
        } catch (RuntimeException e) {
            object.close();
            throw e;
        }
    }

    BpfObject object() {
        return object;
    }

    @Override
    public Trace fromWorkload(int ifindex, byte[] frame) {
        return trace("from_workload", ifindex, 0, NextHop.ON_LINK, frame);
    }

    @Override
    public Trace fromUplink(int ifindex, byte[] packet) {
        return trace("from_uplink", ifindex, 0, NextHop.ON_LINK, packet);
    }

    @Override
    public Trace fromTunnelDevice(int ifindex, int network, IpAddress node, byte[] frame) {
        return trace("from_tunnel_device", ifindex, network, node, frame);
    }

    @Override
    public Trace fromExternal(int ifindex, byte[] frame) {
        return trace("from_external", ifindex, 0, NextHop.ON_LINK, frame);
    }

    /** An entry of the forwarding instance that a trace has asked for. */
    private record Asked(String map, ByteBuffer key) {
        byte[] bytes() {
            byte[] bytes = new byte[key.remaining()];
            key.duplicate().get(bytes);
            return bytes;
        }
    }

    private Trace trace(String program, int ifindex, int network, IpAddress node, byte[] packet) {
        Set<Asked> asked = new HashSet<>();
        Trace trace;
        int round = 0;
        do {
            fill(asked);
            trace = run(program, ifindex, network, node, packet);
        } while (asks(trace, asked) && ++round < ROUNDS);
        return trace;
    }

    /** Takes the keys that were not there before; true when one of them is in a table. */
    private boolean asks(Trace trace, Set<Asked> asked) {
        boolean fresh = false;
        for (Decision.Tracked tracked : trace.all(Decision.Tracked.class)) {
            ByteBuffer key = ByteBuffer.wrap(ConnectionKey.CODEC.encode(tracked.key()));
            fresh |= asks(new Asked(ConnectionTable.SETS, key), asked);
        }
        for (Decision.Sought sought : trace.all(Decision.Sought.class)) {
            fresh |= asks(new Asked("translations", sought.raw()), asked);
        }
        return fresh;
    }

    private boolean asks(Asked entry, Set<Asked> asked) {
        return asked.add(entry) && find(entry).isPresent();
    }

    private Optional<byte[]> find(Asked entry) {
        return entry.map().equals(ConnectionTable.SETS)
                ? new ConnectionTable(forwarding).find(ConnectionKey.CODEC.decode(entry.bytes()))
                : forwarding.map(entry.map()).lookup(entry.bytes());
    }

    private void fill(Set<Asked> asked) {
        OWN.forEach((name, own) -> {
            if (own.filling != Filling.LEFT) {
                BpfMap to = object.map(name);
                if (own.filling != Filling.WHOLE || to.info().type() != MapType.ARRAY.number()) {
                    empty(to);
                }
                if (own.filling == Filling.WHOLE) {
                    forwarding.map(name).forEach((key, value) -> to.update(key, value, UpdateMode.ANY));
                }
            }
        });
        for (Asked entry : asked) {
            find(entry).ifPresent(value -> {
                if (entry.map().equals(ConnectionTable.SETS)) {
                    new ConnectionTable(object).keep(ConnectionKey.CODEC.decode(entry.bytes()), value);
                } else {
                    object.map(entry.map()).update(entry.bytes(), value);
                }
            });
        }
    }

    private static void empty(BpfMap map) {
        int type = map.info().type();
        if (type == MapType.QUEUE.number()) {
            while (map.pop().isPresent()) {
                // Another one.
            }
        } else if (type == MapType.ARRAY.number() || type == MapType.PER_CPU_ARRAY.number()) {
            // Its slots cannot be removed.
            byte[] nothing = new byte[map.valueBytes()];
            for (int slot = 0; slot < map.info().maxEntries(); slot++) {
                map.update(BpfMap.intKey(slot), nothing);
            }
        } else {
            List<byte[]> keys = new ArrayList<>();
            map.forEach((key, value) -> keys.add(key.toArray(ValueLayout.JAVA_BYTE)));
            keys.forEach(map::delete);
        }
    }

    private Trace run(String program, int ifindex, int network, IpAddress node, byte[] packet) {
        BpfMap notes = object.map(TRACE);
        byte[] zero = BpfMap.intKey(0);
        byte[] given = new byte[notes.valueBytes()];
        ByteBuffer head = ByteBuffer.wrap(given).order(ByteOrder.nativeOrder());
        head.putInt(NETWORK, network).position(NODE);
        Codec.putAddress(head, node);
        notes.update(zero, given);
        TestRun.Result result;
        try (TestRun run = new TestRun(object.program(program))) {
            result = run.run(packet, SkbContext.EMPTY.withInterface(ifindex, ifindex));
        }
        byte[] noted = notes.lookup(zero).orElseThrow();
        return read(noted, verdict(result.returned()), result.packet());
    }

    /** Reads {@code struct trace}. */
    static Trace read(byte[] noted, Trace.Verdict verdict, byte[] packet) {
        int count = ByteBuffer.wrap(noted).order(ByteOrder.nativeOrder()).getInt();
        int room = (noted.length - HEAD) / DecisionCodec.SIZE;
        List<Decision> decisions = new ArrayList<>();
        for (int i = 0; i < Math.min(count, room); i++) {
            int at = HEAD + i * DecisionCodec.SIZE;
            decisions.add(DecisionCodec.decode(Arrays.copyOfRange(noted, at, at + DecisionCodec.SIZE)));
        }
        return new Trace(verdict, decisions, packet, count <= room);
    }

    static Trace.Verdict verdict(int returned) {
        return switch (returned) {
            case -1 -> Trace.Verdict.PASSED;
            case 7 -> Trace.Verdict.FORWARDED;
            default -> Trace.Verdict.ENDED;
        };
    }

    @Override
    public void close() {
        object.close();
    }
}
