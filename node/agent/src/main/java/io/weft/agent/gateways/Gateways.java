package io.weft.agent.gateways;

import io.weft.agent.bfd.NextHop;
import io.weft.agent.bfd.NextHops;
import io.weft.agent.tables.Fold;
import io.weft.agent.tables.PhysicalDevice;
import io.weft.agent.tables.WatchedGateway;
import io.weft.kernel.KernelException;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.responders.NeighbourFrames.Heard;
import io.weft.vrouter.AddressKey;
import io.weft.vrouter.MacKey;
import io.weft.vrouter.Neighbour;
import io.weft.vrouter.Table;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The watch over gateways with its sockets: tells the fold which node each one is on. The node's thread owns it; what its sockets
 * receive comes there as tasks.
 */
public final class Gateways implements AutoCloseable {
    /** How often nodes tell each other that they are there. */
    public static final Duration TICK = Duration.ofMillis(250);

    /** How many different questions of others may wait. */
    private static final int MOST_PENDING = 4096;

    private final Fold fold;
    private final GatewayWatch watch;
    private final List<IpAddress> addresses;
    private final Consumer<Runnable> tasks;
    private final NextHops sessions;
    private final Map<NextHop, Boolean> found = new HashMap<>();
    private Set<NextHop> nextHops = Set.of();
    private final Map<IpAddress, WatchSocket> sockets = new HashMap<>();
    private final Map<Integer, Segment> segments = new HashMap<>();
    private final Set<String> problems = new TreeSet<>();
    private Set<Integer> devices = Set.of();
    private Runnable moved = () -> {};
    private volatile Set<IpAddress> underlay = Set.of();
    private volatile Set<Heard.Held> outside = Set.of();
    private volatile Set<IpAddress> outsideAddresses = Set.of();
    private final Set<Map.Entry<Integer, Heard>> pending = ConcurrentHashMap.newKeySet();
    private boolean closed;

    /**
     * @param host the node's name
     * @param addresses the node's tunnel addresses
     * @param remembered the gateways that the kernel's tables are for
     * @param neighbours who is where on external networks
     * @param tasks runs tasks on the node's thread
     */
    public Gateways(
            String host,
            Fold fold,
            List<IpAddress> addresses,
            Set<MacKey> remembered,
            Table<AddressKey, Neighbour> neighbours,
            Consumer<Runnable> tasks) {
        this.fold = fold;
        this.watch = new GatewayWatch(host, remembered);
        this.addresses = List.copyOf(addresses);
        this.tasks = tasks;
        this.sessions = NextHops.start(neighbours, (nextHop, alive) -> tasks.accept(() -> found(nextHop, alive)));
    }

    /** Whom to tell, on the node's thread, when the fold has something to flush outside of other work. */
    public void onMove(Runnable listener) {
        moved = listener;
    }

    /** What the fold has learned; true when it is to be flushed again, since a gateway is elsewhere. */
    public boolean follow() {
        Map<UUID, Optional<WatchedGateway>> news = fold.takeGatewayNews();
        if (news.isEmpty()) {
            return false;
        }
        watch.update(news);
        underlay = watch.underlay();
        outside = watch.outside();
        outsideAddresses = outside.stream().map(Heard.Held::address).collect(Collectors.toUnmodifiableSet());
        return decide();
    }

    /** On a socket's thread: what is none of these nodes' goes no further, so that floods keep nobody busy here. */
    private void received(IpAddress from, WatchMessage message) {
        if (underlay.contains(from)) {
            tasks.accept(() -> watch.received(from, message));
        }
    }

    /** On a segment's thread, likewise. What is said again before it was looked at is said once. */
    private void heard(int device, Heard heard) {
        boolean concerns = switch (heard) {
            case Heard.Held held -> outside.contains(held);
            case Heard.Asked asked ->
                outsideAddresses.contains(asked.address())
                        && Standing.of(asked.named()).isPresent()
                        && pending.size() < MOST_PENDING;
        };
        Map.Entry<Integer, Heard> said = Map.entry(device, heard);
        if (concerns && pending.add(said)) {
            tasks.accept(() -> {
                pending.remove(said);
                watch.heard(device, heard);
                if (decide()) {
                    moved.run();
                }
            });
        }
    }

    private void found(NextHop nextHop, boolean alive) {
        if (nextHops.contains(nextHop)) {
            found.put(nextHop, alive);
            tell(nextHop.gateway());
            if (decide()) {
                moved.run();
            }
        }
    }

    /** What is known of a gateway's next hops, once all of them have been found out about. */
    private void tell(UUID gateway) {
        List<NextHop> own = nextHops.stream()
                .filter(nextHop -> nextHop.gateway().equals(gateway))
                .toList();
        Set<IpFamily> lost = own.stream()
                .filter(nextHop -> Boolean.FALSE.equals(found.get(nextHop)))
                .map(NextHop::family)
                .collect(Collectors.toUnmodifiableSet());
        watch.found(gateway, found.keySet().containsAll(own) ? Optional.of(lost) : Optional.empty());
    }

    /** The next hops of the gateways that are here are this node's to watch. One of a gateway that stays here is nobody's any more. */
    private void watchNextHops() {
        List<WatchedGateway> here = watch.here();
        Set<NextHop> now = here.stream().flatMap(Gateways::nextHops).collect(Collectors.toUnmodifiableSet());
        if (!now.equals(nextHops)) {
            Set<UUID> changed = Stream.concat(now.stream(), nextHops.stream())
                    .filter(nextHop -> !now.contains(nextHop) || !nextHops.contains(nextHop))
                    .map(NextHop::gateway)
                    .collect(Collectors.toSet());
            Set<UUID> stay = here.stream().map(WatchedGateway::gatewayId).collect(Collectors.toSet());
            Set<NextHop> ended = nextHops.stream()
                    .filter(nextHop -> !now.contains(nextHop) && stay.contains(nextHop.gateway()))
                    .collect(Collectors.toUnmodifiableSet());
            nextHops = now;
            found.keySet().retainAll(now);
            sessions.watch(now, ended);
            changed.forEach(this::tell);
        }
    }

    private static Stream<NextHop> nextHops(WatchedGateway gateway) {
        return gateway.device().stream()
                .flatMap(device -> gateway.nextHops().stream()
                        .map(outside -> new NextHop(
                                gateway.routerId(),
                                gateway.gatewayId(),
                                device.ifindex(),
                                gateway.network(),
                                gateway.mac(),
                                outside.own(),
                                outside.address(),
                                gateway.transitVni() << 1 | (outside.address().isIpv4() ? 0 : 1))));
    }

    private boolean decide() {
        watchNextHops();
        boolean changed = false;
        for (Map.Entry<UUID, GatewayWatch.Decision> decision :
                watch.takeDecisions().entrySet()) {
            changed |= fold.holder(
                    decision.getValue().router(),
                    decision.getKey(),
                    decision.getValue().host(),
                    decision.getValue().lost());
        }
        return changed;
    }

    /** The devices into external networks that are there. */
    public void physical(Map<String, PhysicalDevice> present) {
        Set<Integer> now = new TreeSet<>();
        present.values().forEach(device -> now.add(device.ifindex()));
        devices = now;
        segments.entrySet().removeIf(segment -> {
            boolean gone = !now.contains(segment.getKey());
            if (gone) {
                segment.getValue().close();
            }
            return gone;
        });
    }

    /** {@link #TICK} has passed. */
    public void tick() {
        if (closed) {
            return;
        }
        open();
        GatewayWatch.Turn turn = watch.tick();
        for (GatewayWatch.Letter letter : turn.letters()) {
            sockets.values().stream()
                    .filter(socket -> socket.own().family() == letter.to().family())
                    .forEach(socket -> socket.send(letter.to(), letter.message()));
        }
        for (GatewayWatch.Question question : turn.questions()) {
            Segment segment = segments.get(question.ifindex());
            if (segment == null
                    || !segment.ask(
                            question.asker(),
                            question.address(),
                            question.standing().toMac())) {
                watch.notAsked(question);
            }
        }
        if (decide()) {
            moved.run();
        }
    }

    private void open() {
        problems.clear();
        for (IpAddress address : addresses) {
            if (!sockets.containsKey(address)) {
                try {
                    sockets.put(address, WatchSocket.open(address, this::received));
                } catch (IOException e) {
                    problems.add("gateways are not watched from " + address + ": " + e.getMessage());
                }
            }
        }
        for (int device : devices) {
            if (!segments.containsKey(device)) {
                try {
                    segments.put(device, new Segment(device, heard -> heard(device, heard)));
                } catch (KernelException e) {
                    problems.add("device " + device + " is not heard: " + e.getMessage());
                }
            }
        }
    }

    /** What keeps this node from watching, for people. */
    public List<String> problems() {
        List<String> all = new ArrayList<>(problems);
        found.forEach((nextHop, alive) -> {
            if (!alive) {
                all.add("router " + nextHop.router() + ": its next hop " + nextHop.address() + " is down (BFD)");
            }
        });
        return all;
    }

    /** How many gateways are on this node. */
    public int held() {
        return watch.held();
    }

    @Override
    public void close() {
        closed = true;
        sessions.close();
        sockets.values().forEach(WatchSocket::close);
        segments.values().forEach(Segment::close);
    }
}
