package io.weft.agent.trace;

import io.weft.kernel.KernelException;
import io.weft.model.IpAddress;
import io.weft.vrouter.Decision;
import io.weft.vrouter.LiveTrace;
import io.weft.vrouter.Underlay;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Watches packets of this node while they are forwarded. A watch begins with one question and is collected with another; one
 * that nobody collects ends by itself. Any thread may ask; there are few watches at once, each short and of few packets.
 */
public final class Watches implements AutoCloseable {
    /** The longest that a watch may last. */
    public static final int MOST_SECONDS = 60;

    /** The most packets that a watch may be for. */
    public static final int MOST_PACKETS = 16;

    /** How many arrivals are kept until it is known which of them were seen at their sender's node. */
    private static final int ARRIVALS = 64;

    private static final int AT_ONCE = 4;
    private static final long LOOK_MILLIS = 20;
    private static final int ARRIVAL_SLACK = 15;
    private static final Duration UNCOLLECTED = Duration.ofSeconds(30);
    private static final String NONE = "watch: there is none of this name";
    private static final Set<String> WORDS =
            Set.of("port_id", "destination", "protocol", "port", "source_port", "seconds", "packets");

    /** What begins a watch in the kernel. */
    public interface Watcher {
        /** What a device's workload sends. */
        LiveTrace workload(int ifindex, LiveTrace.Filter filter, int most, Duration time);

        /** What arrives by the tunnel. */
        LiveTrace tunnel(Underlay own, LiveTrace.Filter filter, int most, Duration time);
    }

    /** One that goes on. */
    private record Watch(LiveTrace live, CountDownLatch ended) {}

    private final Watcher watcher;
    private final Tracing.Node node;
    private final Account account;
    private final Map<String, Watch> watches = new ConcurrentHashMap<>();
    private final Semaphore places = new Semaphore(AT_ONCE);
    private volatile boolean closed;

    /**
     * @param watcher the data path
     * @param node the node
     */
    public Watches(Watcher watcher, Tracing.Node node) {
        this.watcher = watcher;
        this.node = node;
        this.account = new Account(node);
    }

    /**
     * Gets ready to watch what the guest behind a port sends.
     *
     * @param words as {@code docs/trace.md} has them for a live trace
     * @return {@code watch}, the name to collect it by
     * @throws TraceException when a word makes no sense, the port has no device here, or there are too many watches
     */
    public Map<String, Object> begin(Map<String, String> words) {
        for (String word : words.keySet()) {
            if (!WORDS.contains(word)) {
                throw new TraceException("there is no '" + word + "'");
            }
        }
        UUID port = Question.id(Question.required(words, "port_id"));
        Optional<IpAddress> destination =
                Optional.ofNullable(words.get("destination")).map(text -> Question.address("destination", text));
        boolean ipv4 = destination.map(IpAddress::isIpv4).orElse(true);
        Optional<Integer> protocol =
                Optional.ofNullable(words.get("protocol")).map(text -> Question.protocol(text, ipv4));
        boolean ports = protocol.isPresent() && (protocol.get() == Probe.TCP || protocol.get() == Probe.UDP);
        if (!ports && (words.containsKey("port") || words.containsKey("source_port"))) {
            throw new TraceException("port, source_port: say with which protocol, TCP or UDP");
        }
        LiveTrace.Filter filter = new LiveTrace.Filter(
                0,
                Optional.empty(),
                destination,
                protocol.map(OptionalInt::of).orElse(OptionalInt.empty()),
                Question.number("source_port", words.getOrDefault("source_port", "0"), 65_535),
                Question.number("port", words.getOrDefault("port", "0"), 65_535));
        int most = most(words);
        Duration time = time(words);
        Sender sender = node.sender(port)
                .orElseThrow(() -> new TraceException("port_id: port " + port + " has no device here"));
        return begin(() -> watcher.workload(sender.ifindex(), filter, most, time), time);
    }

    private static int most(Map<String, String> words) {
        return Math.max(1, Question.number("packets", words.getOrDefault("packets", "4"), MOST_PACKETS));
    }

    private static Duration time(Map<String, String> words) {
        return Duration.ofSeconds(
                Math.max(1, Question.number("seconds", words.getOrDefault("seconds", "10"), MOST_SECONDS)));
    }

    /**
     * Gets ready to watch what arrives by the tunnel and is like a packet that another node's answer handed over.
     *
     * @param words {@code packet}, {@code encapsulated} and {@code network} of the handover; {@code like}: {@code addresses},
     *     {@code protocol} or {@code port}, what must be the same; {@code seconds}
     * @return {@code watch}, and the {@code source} and {@code destination} that are watched
     * @throws TraceException when a word makes no sense, or there are too many watches
     */
    public Map<String, Object> beginArrivals(Map<String, String> words) {
        byte[] packet = Tracing.packet(words.getOrDefault("packet", ""));
        int network = Question.number("network", words.getOrDefault("network", ""), 0xffffff);
        byte[] frame = Boolean.parseBoolean(words.get("encapsulated")) ? Probe.inner(packet) : packet;
        if (!Probe.isIp(frame)) {
            throw new TraceException("packet: not IP");
        }
        String like = words.getOrDefault("like", "addresses");
        LiveTrace.Filter filter = new LiveTrace.Filter(
                network,
                Optional.of(Probe.source(frame)),
                Optional.of(Probe.destination(frame)),
                like.equals("addresses") ? OptionalInt.empty() : OptionalInt.of(Frame.protocol(frame)),
                0,
                like.equals("port") ? Frame.destinationPort(frame) : 0);
        Underlay own = node.underlay().orElseThrow(() -> new TraceException("this node has no tunnel yet"));
        Duration time = time(words).plusSeconds(ARRIVAL_SLACK);
        Map<String, Object> answer = begin(() -> watcher.tunnel(own, filter, ARRIVALS, time), time);
        answer.put("source", Probe.source(frame));
        answer.put("destination", Probe.destination(frame));
        return answer;
    }

    private interface Start {
        LiveTrace live();
    }

    private Map<String, Object> begin(Start start, Duration time) {
        if (closed || !places.tryAcquire()) {
            throw new TraceException("too many packets are watched on this node");
        }
        String name = UUID.randomUUID().toString();
        Watch watch;
        try {
            watch = new Watch(start.live(), new CountDownLatch(1));
        } catch (IllegalStateException e) {
            places.release();
            throw new TraceException("the port is watched already, or does not forward yet");
        } catch (KernelException e) {
            places.release();
            throw new TraceException("nothing can be watched: " + e.getMessage());
        } catch (RuntimeException e) {
            places.release();
            throw e;
        }
        watches.put(name, watch);
        Thread.ofVirtual().name("watch").start(() -> forget(name, watch, time.plus(UNCOLLECTED)));
        return Tracing.facts("watch", name);
    }

    /**
     * Begins a watch that is ready.
     *
     * @param words {@code watch}
     * @throws TraceException when there is no such watch
     */
    public Map<String, Object> go(Map<String, String> words) {
        Watch watch = Optional.ofNullable(watches.get(words.getOrDefault("watch", "")))
                .orElseThrow(() -> new TraceException(NONE));
        try {
            watch.live.go();
        } catch (KernelException e) {
            throw new TraceException("nothing can be watched any more: " + e.getMessage());
        }
        return Tracing.facts("watch", words.getOrDefault("watch", ""));
    }

    /** Ends a watch that nobody has collected in time. */
    private void forget(String name, Watch watch, Duration after) {
        try {
            if (!watch.ended.await(after.toMillis(), TimeUnit.MILLISECONDS)) {
                end(name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Only who takes it out of the map closes it. */
    private Optional<Watch> take(String name) {
        return Optional.ofNullable(watches.remove(name));
    }

    private void end(String name) {
        take(name).ifPresent(this::close);
    }

    private void close(Watch watch) {
        watch.ended.countDown();
        try {
            watch.live.close();
        } finally {
            places.release();
        }
    }

    /**
     * Waits until all packets of a watch have come or its time is over, ends it and gives what was seen.
     *
     * @param words {@code watch}, and perhaps {@code now}: {@code true} to wait for nothing; {@code signatures} of those that
     *     are wanted, if not all are
     * @return {@code full}, whether there was no room for more, and {@code packets}: each with {@code at}, the {@code packet} as it came, {@code steps} and {@code outcome}, perhaps
     *     {@code handover}, and what it is known by on its way: {@code signature} as it came, {@code left_signature},
     *     {@code left_source} and {@code left_destination} as it left
     * @throws TraceException when there is no such watch
     */
    public Map<String, Object> collect(Map<String, String> words) {
        String name = words.getOrDefault("watch", "");
        Watch watch = take(name).orElseThrow(() -> new TraceException(NONE));
        Set<String> wanted = Set.of(words.getOrDefault("signatures", "").split(","));
        List<LiveTrace.Packet> packets;
        boolean full;
        try {
            if (!Boolean.parseBoolean(words.get("now"))) {
                while (!closed && !watch.live.isOver()) {
                    TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                }
            }
            packets = watch.live.packets();
            full = watch.live.isFull();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TraceException("the agent stops");
        } catch (KernelException e) {
            throw new TraceException("nothing can be watched any more: " + e.getMessage());
        } finally {
            close(watch);
        }
        long now = System.nanoTime();
        Instant today = Instant.now();
        return Tracing.facts(
                "full",
                full,
                "packets",
                packets.stream()
                        .filter(packet -> !words.containsKey("signatures")
                                || Frame.signature(packet.came())
                                        .filter(wanted::contains)
                                        .isPresent())
                        .map(packet -> told(packet, today.minusNanos(now - packet.when())))
                        .toList());
    }

    private Map<String, Object> told(LiveTrace.Packet packet, Instant at) {
        byte[] came = packet.came();
        Map<String, Object> told = Tracing.facts("at", at, "packet", Frame.facts(came, packet.length()));
        Frame.signature(came).ifPresent(signature -> told.put("signature", signature));
        IpAddress destination = came.length >= 14 && Probe.isIp(came) ? Probe.destination(came) : IpAddress.ofIpv4(0);
        told.putAll(account.of(new ArrayList<>(), packet.trace(), destination));
        if (told.containsKey("handover")) {
            boolean encapsulated = packet.trace().all(Decision.ByDevice.class).isEmpty();
            byte[] left = packet.trace().packet();
            byte[] frame = encapsulated ? Probe.inner(left) : left;
            Frame.signature(frame).ifPresent(signature -> {
                told.put("left_signature", signature);
                told.put("left_source", Probe.source(frame));
                told.put("left_destination", Probe.destination(frame));
            });
            if (!packet.whole()) {
                told.remove("handover");
            }
        }
        return told;
    }

    /** Ends all watches. */
    @Override
    public void close() {
        closed = true;
        List.copyOf(watches.keySet()).forEach(this::end);
    }
}
