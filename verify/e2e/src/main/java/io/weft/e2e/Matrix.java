package io.weft.e2e;

import io.weft.model.FixedIp;
import io.weft.model.IpAddress;
import io.weft.model.World;
import io.weft.reference.Reachability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Who reaches whom: what the reference expects beside what real packets do. */
public final class Matrix {
    /** How many measurements run at once: enough to hide timeouts, few enough for two cores. */
    private static final int AT_ONCE = 12;

    /** A connection that should come about may take long on a busy machine; for one that should not, two tries do. */
    private static final Duration PATIENT = Duration.ofSeconds(20);

    private static final Duration IMPATIENT = Duration.ofSeconds(2);

    private Matrix() {}

    /** Something that can be asked to reach an address. */
    public interface Prober {
        /** Whether a ping comes back. */
        boolean pings(String address);

        /**
         * Sends a large TCP stream; the name of the workload at which all of it arrived, or empty.
         *
         * @param patience how long the connection may take
         */
        String sends(String address, Duration patience);
    }

    /**
     * A workload in the matrix.
     *
     * @param name how it is shown
     * @param portId its port
     * @param prober by which it is asked
     */
    public record Member(String name, UUID portId, Prober prober) {
        /** A workload in a namespace. */
        public static Member of(Workload workload, String portId) {
            return new Member(workload.name(), UUID.fromString(portId), workload);
        }
    }

    /**
     * One cell: from a workload to one address of another.
     *
     * @param expected whether the reference says that they talk
     * @param arrived whether a megabyte of TCP arrived at this very workload
     * @param pingExpected whether the reference says that some workload with this address talks with the sender: tenants'
     *     addresses may be the same
     * @param pinged whether a ping came back
     */
    public record Cell(
            String from,
            String to,
            IpAddress address,
            boolean expected,
            boolean arrived,
            boolean pingExpected,
            boolean pinged) {
        /** Whether packets did what the reference says. */
        public boolean holds() {
            return arrived == expected && pinged == pingExpected;
        }
    }

    /** Measures every ordered pair of workloads, each address of the destination. */
    public static List<Cell> measure(World world, List<Member> members) {
        Reachability reachability = new Reachability(world);
        List<Callable<Cell>> cells = new ArrayList<>();
        for (Member from : members) {
            for (Member to : members) {
                if (from.equals(to)) {
                    continue;
                }
                for (IpAddress address : addresses(world, to)) {
                    // Whoever has the same address itself speaks to itself.
                    if (!addresses(world, from).contains(address)) {
                        cells.add(() -> measure(world, reachability, members, from, to, address));
                    }
                }
            }
        }
        return all(cells);
    }

    private static Cell measure(
            World world, Reachability reachability, List<Member> members, Member from, Member to, IpAddress address) {
        boolean somebody = members.stream()
                .filter(m -> !m.equals(from) && addresses(world, m).contains(address))
                .anyMatch(m -> reachability.talk(from.portId(), m.portId(), address));
        boolean expected = reachability.talk(from.portId(), to.portId(), address);
        String reached = from.prober().sends(address.toString(), somebody ? PATIENT : IMPATIENT);
        return new Cell(
                from.name(),
                to.name(),
                address,
                expected,
                reached.equals(to.name()),
                somebody,
                from.prober().pings(address.toString()));
    }

    private static List<IpAddress> addresses(World world, Member member) {
        return world.port(member.portId()).orElseThrow().fixedIps().stream()
                .map(FixedIp::address)
                .toList();
    }

    private static List<Cell> all(List<Callable<Cell>> cells) {
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Cell> measured = new ArrayList<>();
            for (Future<Cell> cell : threads.invokeAll(cells)) {
                measured.add(cell.get());
            }
            return measured;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
