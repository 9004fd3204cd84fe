package io.weft.e2e;

import io.weft.kernel.namespace.NetworkNamespace;
import io.weft.kernel.netlink.RouteNetlink;
import io.weft.kernel.socket.PacketSocket;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Somebody on an external segment who asks by ARP all the time who has an address, and sees by which link each answer comes.
 * Every question has a sender of its own, so that each answer belongs to one question.
 */
final class OutsideProbe implements AutoCloseable {
    private static final int ARP = 0x0806;
    private static final int FIRST_SENDER = 0xac100000; // 172.16.0.0
    private static final MacAddress EVERYONE = new MacAddress(0xffffffffffffL);

    private final NetworkNamespace namespace;
    private final IpAddress address;
    private final Map<Integer, SortedSet<String>> answers = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final List<PacketSocket> sockets = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final ScheduledExecutorService asking = Executors.newSingleThreadScheduledExecutor();

    /**
     * @param segment a workload whose {@code eth0} is the segment's bridge
     * @param links the bridge's links, by the names to report
     * @param address whom to ask for
     */
    OutsideProbe(Workload segment, Map<String, String> links, String address) {
        this.namespace = NetworkNamespace.open(segment.namespace());
        this.address = IpAddress.parse(address);
        Map<String, Integer> indexes = new HashMap<>();
        MacAddress mac = namespace.call(() -> {
            try (RouteNetlink netlink = RouteNetlink.open()) {
                links.values()
                        .forEach(link -> indexes.put(
                                link, netlink.link(link).orElseThrow().index()));
                indexes.put("eth0", netlink.link("eth0").orElseThrow().index());
                return netlink.link("eth0").orElseThrow().mac().orElseThrow();
            }
        });
        links.forEach((name, link) -> {
            // All protocols: what is for one alone, the bridge has taken by then.
            PacketSocket socket = PacketSocket.open(
                    namespace, Optional.ofNullable(indexes.get(link)).orElseThrow(), PacketSocket.ALL_PROTOCOLS);
            sockets.add(socket);
            threads.add(Thread.ofPlatform().start(() -> listen(name, socket)));
        });
        PacketSocket sender = PacketSocket.open(namespace, 0, 0);
        sockets.add(sender);
        int bridge = Optional.ofNullable(indexes.get("eth0")).orElseThrow();
        var _ = asking.scheduleWithFixedDelay(
                () -> sender.send(bridge, question(mac, asked.incrementAndGet())), 0, 20, TimeUnit.MILLISECONDS);
    }

    private byte[] question(MacAddress mac, int number) {
        return ByteBuffer.allocate(60)
                .put(EVERYONE.toBytes())
                .put(mac.toBytes())
                .putShort((short) ARP)
                .putInt(0x10800)
                .putInt(0x6040001)
                .put(mac.toBytes())
                .putInt(FIRST_SENDER + number)
                .put(new byte[6])
                .put(address.toBytes())
                .array();
    }

    private void listen(String name, PacketSocket socket) {
        while (!asking.isShutdown()) {
            socket.receive(Duration.ofMinutes(10)).ifPresent(frame -> answered(name, ByteBuffer.wrap(frame.bytes())));
        }
    }

    private void answered(String name, ByteBuffer arp) {
        if (arp.limit() < 42
                || arp.getShort(12) != ARP
                || arp.getShort(20) != 2
                || arp.getInt(28) != address.ipv4Bits()) {
            return;
        }
        int number = arp.getInt(38) - FIRST_SENDER;
        // Others on the segment ask, too.
        if (number > 0 && number <= asked.get()) {
            answers.computeIfAbsent(number, _ -> new ConcurrentSkipListSet<>()).add(name);
        }
    }

    /** The questions that more than one answered. */
    Map<Integer, SortedSet<String>> contradictions() {
        Map<Integer, SortedSet<String>> found = new HashMap<>();
        answers.forEach((number, names) -> {
            if (names.size() > 1) {
                found.put(number, new TreeSet<>(names));
            }
        });
        return found;
    }

    /** Waits for a question that is asked from now on to be answered, and says by whom. */
    String answerer() {
        int now = asked.get();
        return Wait.until(
                "an answer for " + address,
                Duration.ofMinutes(1),
                () -> answers.entrySet().stream()
                        .filter(answer -> answer.getKey() > now)
                        .map(answer -> answer.getValue().first())
                        .findFirst());
    }

    /** Waits for so many further questions to be answered, each by this one; fails when another answers. */
    void awaitAnswers(String name, int many) {
        int now = asked.get();
        Wait.until(many + " answers of " + name, () -> {
            List<String> others = answers.entrySet().stream()
                    .filter(answer -> answer.getKey() > now)
                    .flatMap(answer -> answer.getValue().stream())
                    .filter(other -> !other.equals(name))
                    .toList();
            if (!others.isEmpty()) {
                throw new AssertionError("answers of " + others);
            }
            return answers.keySet().stream().filter(number -> number > now).count() >= many;
        });
    }

    /** About how long nobody has answered, at most, since it began: milliseconds. */
    int longestSilence() {
        int longest = 0;
        int last = 0;
        for (int number : new TreeSet<>(answers.keySet())) {
            longest = Math.max(longest, number - last);
            last = number;
        }
        return longest * 20;
    }

    @Override
    public void close() {
        asking.shutdownNow();
        asking.close();
        sockets.forEach(PacketSocket::close);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        namespace.close();
    }
}
