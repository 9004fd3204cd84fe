package io.weft.agent.container;

import io.weft.agent.attach.Attacher;
import io.weft.agent.attach.Bindings;
import io.weft.agent.attach.Ports;
import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.kernel.netlink.RouteNetlink;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/**
 * Pairs of devices that are made before a container needs them and whose host's end runs the programs already: a new
 * attachment waits for all processors to pass a quiet point, 12 ms here, for which no container should. None is made before
 * the node's first container. The programs drop what comes from a device that has no port.
 *
 * <p>Safe for use by several threads; one of its own makes them.
 */
final class SparePairs implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(SparePairs.class.getName());

    /** As many as twenty containers a second take while one is made. */
    private static final int KEPT = 8;

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final String HOST_END = "wefts";
    private static final String UNFINISHED_END = "weftu";
    private static final String INSIDE_END = "weftp";

    /**
     * A pair that nobody has.
     *
     * @param host runs the programs
     * @param inside in the host's namespace still
     */
    record Pair(int host, int inside) {}

    private final RouteNetlink netlink;
    private final Ports ports;
    private final ConcurrentLinkedQueue<Pair> ready = new ConcurrentLinkedQueue<>();
    private final Semaphore taken = new Semaphore(0);
    private final Thread maker;

    /** @param netlink of the host's namespace */
    SparePairs(RouteNetlink netlink, Ports ports) {
        this.netlink = netlink;
        this.ports = ports;
        this.maker = Thread.ofVirtual().name("spare-pairs").start(this::run);
    }

    /** A pair, which is the caller's from now on; empty when none is ready. */
    Optional<Pair> take() {
        Optional<Pair> pair = Optional.ofNullable(ready.poll());
        taken.release();
        return pair;
    }

    private void run() {
        try {
            List<Pair> former = former();
            if (former.isEmpty()) {
                taken.acquire();
            }
            for (Pair pair : former) {
                add(pair);
            }
            while (true) {
                while (ready.size() < KEPT) {
                    if (!make()) {
                        Thread.sleep(PAUSE);
                    }
                }
                taken.acquire();
                taken.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Those that a former process made; what is half of one goes. */
    private List<Pair> former() {
        List<Pair> pairs = new ArrayList<>();
        List<Link> links = netlink.links();
        for (Link link : links) {
            if (link.alias().equals(Bindings.SPARE)) {
                links.stream()
                        .filter(end -> end.index() == link.peerIndex()
                                && end.peerIndex() == link.index()
                                && link.name().startsWith(HOST_END)
                                && end.name().startsWith(INSIDE_END))
                        .findFirst()
                        .ifPresentOrElse(
                                end -> pairs.add(new Pair(link.index(), end.index())),
                                () -> netlink.deleteLink(link.index()));
            }
        }
        return pairs;
    }

    private boolean make() {
        try {
            String number = Long.toHexString(System.nanoTime() & 0xff_ffff_ffffL);
            String unfinished = UNFINISHED_END + number;
            netlink.createVeth(LinkEnd.of(unfinished), LinkEnd.of(INSIDE_END + number));
            Link end = netlink.link(unfinished).orElseThrow();
            Attacher.withoutIpv6(unfinished);
            netlink.setAlias(end.index(), Bindings.SPARE);
            // Of a device that is down the kernel tells when its name changes, not when its alias does.
            netlink.setName(end.index(), HOST_END + number);
            return add(new Pair(end.index(), end.peerIndex()));
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "no pair of devices can be made ahead; containers make their own", e);
            return false;
        }
    }

    private boolean add(Pair pair) {
        try {
            Waiting.await(ports.attached(pair.host()), PATIENCE, () -> "the device does not run the programs yet");
            return ready.add(pair);
        } catch (CniException e) {
            LOGGER.log(Level.WARNING, "a pair of devices that was made ahead is given up", e);
            netlink.deleteLink(pair.host());
            return false;
        }
    }

    /** Makes no more; those that there are wait for the next process. */
    @Override
    public void close() {
        maker.interrupt();
    }
}
