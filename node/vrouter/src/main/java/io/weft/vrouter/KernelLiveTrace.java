package io.weft.vrouter;

import io.weft.kernel.bpf.BpfMap;
import io.weft.kernel.bpf.BpfObject;
import io.weft.model.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An instance of the programs with notes, which forwards for some devices over the maps of the usual one. */
final class KernelLiveTrace implements LiveTrace {
    /** What is not shared with the instance that forwards otherwise. */
    static final Set<String> OWN = Set.of("scratch", "trace", "live", "live_filter");

    /** Of {@code enum tracing_mode}. */
    private static final int LIVE = 2;

    /** What is held back comes twice, and so does what the uplink leaves to the tunnel's device. */
    private static final int SLOTS_OF_PACKET = 2;

    private static final int CAME_BYTES = 192;
    private static final int LEFT_BYTES = 1664;
    private static final int HEAD_BYTES = 32;
    private static final int TAKEN_OFFSET = 12;

    private static final Codec<IpAddress> ADDRESS =
            new Codec<>(16, (value, out) -> Codec.putAddress(out, value), Codec::getAddress);

    /** The instance that forwards otherwise. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares images
    record Forwarding(byte[] image, BpfObject object, Map<String, Integer> globals, Attachments attachments) {}

    private final Forwarding forwarding;
    private final BpfObject object;
    private final Map<Integer, String> watched = new HashMap<>();
    private final Filter filter;
    private final int most;
    private final Duration time;
    private volatile long end;

    private KernelLiveTrace(Forwarding forwarding, BpfObject object, Filter filter, int most, Duration time) {
        this.forwarding = forwarding;
        this.object = object;
        this.filter = filter;
        this.most = most;
        this.time = time;
        this.end = System.nanoTime() + time.toNanos();
    }

    /**
     * Puts the instance with notes in its place, where it waits for {@link #go}.
     *
     * @param programs by the devices that they run on
     */
    static KernelLiveTrace start(
            Forwarding forwarding, Map<Integer, String> programs, Filter filter, int most, Duration time) {
        BpfObject object = BpfObject.open("live", forwarding.image());
        KernelLiveTrace live;
        try {
            for (String map : object.mapNames()) {
                if (!map.contains(".") && !OWN.contains(map)) {
                    object.reuseMap(map, forwarding.object().map(map));
                }
            }
            object.maxEntries("live", most * SLOTS_OF_PACKET);
            forwarding.globals().forEach(object::global);
            object.global("tracing", LIVE);
            object.autoload("start_collector", false);
            HandOver.PROGRAMS.forEach(name -> object.autoload(name, false));
            object.load();
            live = new KernelLiveTrace(forwarding, object, filter, most, time);
        } catch (RuntimeException e) {
            object.close();
            throw e;
        }
        try {
            programs.forEach(live::watch);
        } catch (RuntimeException e) {
            live.close();
            throw e;
        }
        return live;
    }

    private void watch(int ifindex, String program) {
        if (!forwarding.attachments().replace(ifindex, forwarding.object().program(program), object.program(program))) {
            throw new IllegalStateException("device " + ifindex + " is watched already, or is not forwarded for yet");
        }
        watched.put(ifindex, program);
    }

    @Override
    public void go() {
        BpfMap slots = object.map("live");
        for (int slot = 0; slot < most * SLOTS_OF_PACKET; slot++) {
            slots.update(BpfMap.intKey(slot), new byte[slots.valueBytes()]);
        }
        end = System.nanoTime() + time.toNanos();
        object.map("live_filter").update(BpfMap.intKey(0), encode(filter, end, most * SLOTS_OF_PACKET));
    }

    private static byte[] encode(Filter filter, long end, int slots) {
        ByteBuffer out = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
        out.putLong(end).putInt(slots).putInt(0).putInt(filter.network());
        out.order(ByteOrder.BIG_ENDIAN)
                .putShort((short) filter.sourcePort())
                .putShort((short) filter.destinationPort())
                .order(ByteOrder.nativeOrder());
        out.put(filter.source().map(ADDRESS::encode).orElse(new byte[ADDRESS.size()]));
        out.put(filter.destination().map(ADDRESS::encode).orElse(new byte[ADDRESS.size()]));
        return out.putInt(filter.protocol().orElse(-1) + 1).putInt(0).array();
    }

    @Override
    public List<Packet> packets() {
        List<Packet> packets = new ArrayList<>();
        BpfMap slots = object.map("live");
        for (int slot = 0; slot < Math.min(taken(), most * SLOTS_OF_PACKET) && packets.size() < most; slot++) {
            ByteBuffer in = ByteBuffer.wrap(slots.lookup(BpfMap.intKey(slot)).orElseThrow())
                    .order(ByteOrder.nativeOrder());
            byte[] notes = new byte[in.capacity() - HEAD_BYTES - CAME_BYTES - LEFT_BYTES];
            in.get(notes);
            boolean done = in.getInt() != 0;
            Trace.Verdict verdict = KernelTracer.verdict(in.getInt());
            long when = in.getLong();
            int length = in.getInt();
            int leftLength = in.getInt();
            int offset = in.getInt();
            in.getInt();
            byte[] came = new byte[CAME_BYTES];
            in.get(came);
            byte[] left = new byte[LEFT_BYTES];
            in.get(left);
            Trace trace = KernelTracer.read(notes, verdict, Arrays.copyOf(left, Math.min(leftLength, LEFT_BYTES)));
            if (done
                    && verdict != Trace.Verdict.PASSED
                    && trace.all(Decision.Held.class).isEmpty()) {
                byte[] frame = Arrays.copyOfRange(came, offset, Math.max(offset, Math.min(length, CAME_BYTES)));
                packets.add(new Packet(when, length - offset, frame, trace, leftLength));
            }
        }
        return packets;
    }

    private int taken() {
        byte[] filter = object.map("live_filter").lookup(BpfMap.intKey(0)).orElseThrow();
        return ByteBuffer.wrap(filter).order(ByteOrder.nativeOrder()).getInt(TAKEN_OFFSET);
    }

    @Override
    public boolean isFull() {
        return packets().size() >= most;
    }

    @Override
    public boolean isOver() {
        return System.nanoTime() - end >= 0 || isFull();
    }

    @Override
    public void close() {
        try {
            watched.forEach((ifindex, program) -> forwarding
                    .attachments()
                    .replace(
                            ifindex,
                            object.program(program),
                            forwarding.object().program(program)));
        } finally {
            object.close();
        }
    }
}
