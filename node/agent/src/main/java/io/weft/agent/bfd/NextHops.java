package io.weft.agent.bfd;

import io.weft.agent.bfd.NextHop.Ends;
import io.weft.agent.bfd.Session.Verdict;
import io.weft.kernel.KernelException;
import io.weft.model.MacAddress;
import io.weft.responders.BfdFrames;
import io.weft.responders.BfdPacket;
import io.weft.responders.NeighbourFrames;
import io.weft.vrouter.AddressKey;
import io.weft.vrouter.Neighbour;
import io.weft.vrouter.Table;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The sessions with the next hops that this node's gateways lead to by default. One thread owns them; who wants something of it
 * leaves word. Where a next hop is at all, the programs learn from its answers: it is asked for in the router's name.
 */
public final class NextHops implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(NextHops.class.getName());

    /** So much that was received may wait; what is more is lost, as the network may lose it, too. */
    private static final int WAITING = 1024;

    /** The pause between questions where a next hop is that does not live, or that does. */
    private static final int ASK_TICKS = 20;

    private static final int REFRESH_TICKS = 600;

    /** Hears what is found, on the thread of {@link NextHops}. */
    public interface Listener {
        /**
         * A next hop was lost or has come back, or one that was not watched before has been found out about.
         *
         * @param alive whether it counts as a way
         */
        void found(NextHop nextHop, boolean alive);
    }

    private sealed interface Word {
        /** These are to be watched, and no others; of those before, these by nobody any more. */
        record Watch(Set<NextHop> nextHops, Set<NextHop> ended) implements Word {}

        /** A packet has come. */
        record Came(Ends ends, BfdPacket packet) implements Word {}
    }

    private static final class Watched {
        final NextHop nextHop;
        final Session session;
        Verdict told = Verdict.UNKNOWN;
        int untilAsked;

        Watched(NextHop nextHop, RandomGenerator random) {
            this.nextHop = nextHop;
            this.session = new Session(nextHop.discriminator(), random);
        }
    }

    private final Table<AddressKey, Neighbour> neighbours;
    private final Listener listener;
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final BlockingQueue<Word> words = new LinkedBlockingQueue<>();
    private final Map<Ends, Watched> watched = new HashMap<>();
    /** Whose other ends are still being told that it is over. */
    private final Map<Ends, Watched> ending = new HashMap<>();

    private final Map<Integer, Link> links = new HashMap<>();
    private final Thread thread = Thread.ofPlatform().name("bfd").daemon().unstarted(this::run);
    private volatile Set<Ends> expected = Set.of();
    private volatile boolean closing;

    private NextHops(Table<AddressKey, Neighbour> neighbours, Listener listener) {
        this.neighbours = neighbours;
        this.listener = listener;
    }

    /** @param neighbours who is where on external networks, as the programs have learned */
    public static NextHops start(Table<AddressKey, Neighbour> neighbours, Listener listener) {
        NextHops started = new NextHops(neighbours, listener);
        started.thread.start();
        return started;
    }

    /**
     * These are to be watched from now on, and no others; sessions of those that were watched before go on.
     *
     * @param ended those that no node watches any more: their other ends are told. Of all others that are left out it is taken
     *     that another node goes on with the session
     */
    public void watch(Set<NextHop> nextHops, Set<NextHop> ended) {
        words.add(new Word.Watch(Set.copyOf(nextHops), Set.copyOf(ended)));
    }

    private void run() {
        long next = System.nanoTime();
        while (!closing) {
            try {
                long now = System.nanoTime();
                Word word = watched.isEmpty() && ending.isEmpty()
                        ? words.take()
                        : words.poll(next - now, TimeUnit.NANOSECONDS);
                if (word != null) {
                    heed(word);
                } else {
                    tick();
                    // What was missed while this process was paused is not made up for.
                    next = System.nanoTime() + Session.TICK.toNanos();
                }
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private void heed(Word word) {
        switch (word) {
            case Word.Watch watch -> follow(watch.nextHops(), watch.ended());
            case Word.Came came -> {
                Watched one = watched.get(came.ends());
                if (one != null) {
                    one.session.received(came.packet());
                    tell(one);
                }
            }
        }
    }

    private void follow(Set<NextHop> nextHops, Set<NextHop> ended) {
        watched.values().removeIf(one -> {
            boolean gone = !nextHops.contains(one.nextHop);
            if (gone && ended.contains(one.nextHop)) {
                one.session.end();
                ending.put(one.nextHop.ends(), one);
            }
            return gone;
        });
        for (NextHop nextHop : nextHops) {
            ending.remove(nextHop.ends());
            watched.computeIfAbsent(nextHop.ends(), _ -> new Watched(nextHop, random));
        }
        expected = Set.copyOf(watched.keySet());
        closeLinks();
    }

    /** Those that are of no use any more. */
    private void closeLinks() {
        links.entrySet().removeIf(link -> {
            boolean gone = Stream.concat(watched.keySet().stream(), ending.keySet().stream())
                    .noneMatch(ends -> ends.ifindex() == link.getKey());
            if (gone) {
                link.getValue().close();
            }
            return gone;
        });
    }

    /** On a link's thread: what is not between two that are known goes no further, so that floods keep nobody busy here. */
    private void received(int ifindex, BfdFrames.Received received) {
        Ends ends = new Ends(ifindex, received.destination(), received.source());
        if (expected.contains(ends) && words.size() < WAITING) {
            words.add(new Word.Came(ends, received.packet()));
        }
    }

    private void tick() {
        for (Watched one : watched.values()) {
            Optional<BfdPacket> packet = one.session.tick();
            tell(one);
            say(one, packet);
        }
        ending.values().forEach(one -> say(one, one.session.tick()));
        if (ending.values().removeIf(one -> one.session.isOver())) {
            closeLinks();
        }
    }

    /** Sends the packet, if there is one, and now and then asks where the next hop is. */
    private void say(Watched one, Optional<BfdPacket> packet) {
        boolean asks = one.untilAsked-- <= 0;
        Optional<Link> link = link(one.nextHop.ifindex());
        if (link.isPresent() && (asks || packet.isPresent())) {
            NextHop to = one.nextHop;
            Optional<MacAddress> mac = mac(to);
            if (asks) {
                one.untilAsked = mac.isPresent() && one.told == Verdict.ALIVE ? REFRESH_TICKS : ASK_TICKS;
                link.get().send(NeighbourFrames.request(to.mac(), to.own(), to.address()));
            }
            if (packet.isPresent() && mac.isPresent()) {
                link.get().send(BfdFrames.frame(to.mac(), mac.get(), to.own(), to.address(), packet.get()));
            }
        }
    }

    private Optional<Link> link(int ifindex) {
        Link known = links.get(ifindex);
        if (known == null || !known.isOpen()) {
            try {
                known = new Link(ifindex, received -> received(ifindex, received));
                links.put(ifindex, known);
            } catch (KernelException e) {
                LOGGER.log(
                        Level.DEBUG,
                        "external network is not heard",
                        Map.entry("ifindex", ifindex),
                        Map.entry("reason", String.valueOf(e.getMessage())));
                return Optional.empty();
            }
        }
        return Optional.of(known);
    }

    /** Where the next hop is, as far as it is known. */
    private Optional<MacAddress> mac(NextHop nextHop) {
        return neighbours
                .get(new AddressKey(nextHop.network(), nextHop.address()))
                .filter(neighbour -> neighbour.seen() != 0)
                .map(Neighbour::mac);
    }

    private void tell(Watched one) {
        Verdict verdict = one.session.verdict();
        if (verdict == one.told) {
            return;
        }
        NextHop nextHop = one.nextHop;
        if (verdict == Verdict.LOST || one.told == Verdict.LOST) {
            LOGGER.log(
                    Level.INFO,
                    verdict == Verdict.LOST ? "next hop lost" : "next hop is back",
                    Map.entry("router", nextHop.router()),
                    Map.entry("address", nextHop.address()));
        }
        one.told = verdict;
        one.untilAsked = 0;
        listener.found(nextHop, verdict == Verdict.ALIVE);
    }

    /** Ends without a word to the other ends: the next process goes on. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        links.values().forEach(Link::close);
    }
}
