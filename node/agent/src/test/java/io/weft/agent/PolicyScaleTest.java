package io.weft.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.agent.drivers.TableDrivers;
import io.weft.agent.policy.PolicyLimits;
import io.weft.agent.tables.Device;
import io.weft.agent.tables.Fold;
import io.weft.agent.tables.Limits;
import io.weft.agent.tables.Remembered;
import io.weft.kernel.fixture.Lab;
import io.weft.kernel.fixture.PinDirectory;
import io.weft.model.Direction;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.protocol.Fact;
import io.weft.protocol.LocalPort;
import io.weft.protocol.Member;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.PortMatch;
import io.weft.protocol.Remote;
import io.weft.protocol.RuleFact;
import io.weft.protocol.SecurityGroupFact;
import io.weft.protocol.Subscription;
import io.weft.protocol.Topic;
import io.weft.vrouter.Configuration;
import io.weft.vrouter.Sizes;
import io.weft.vrouter.Vrouter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A remote group of ten thousand dual-stack members in the kernel; says its figures, and asserts counts alone. */
class PolicyScaleTest {
    private static final UUID NETWORK = new UUID('n', 1);
    private static final UUID GROUP = new UUID('g', 1);
    private static final UUID PORT = new UUID('p', 1);
    private static final int MEMBERS = 10_000;

    private static Subscription.Difference put(Topic topic, Fact fact) {
        return new Subscription.Difference(topic, fact.key(), Optional.empty(), Optional.of(fact));
    }

    private static Subscription.Difference delete(Topic topic, Fact fact) {
        return new Subscription.Difference(topic, fact.key(), Optional.of(fact), Optional.empty());
    }

    private static Member member(int number) {
        return new Member(
                new UUID('m', number).toString(),
                List.of(
                        new IpPrefix(IpAddress.ofIpv4(0x0a000000 + number), 32),
                        new IpPrefix(IpAddress.ofIpv6(0x20010db8L << 32, number), 128)));
    }

    /** A default group, as Neutron makes it. */
    private static List<Subscription.Difference> group() {
        List<Subscription.Difference> changes = new ArrayList<>();
        changes.add(put(Topic.group(GROUP), new SecurityGroupFact(GROUP, true)));
        for (IpFamily family : IpFamily.values()) {
            changes.add(put(Topic.group(GROUP), rule(family.version(), Direction.EGRESS, family, new Remote.Anyone())));
            changes.add(put(
                    Topic.group(GROUP),
                    rule(10 + family.version(), Direction.INGRESS, family, new Remote.Members(GROUP))));
        }
        return changes;
    }

    private static RuleFact rule(int number, Direction direction, IpFamily family, Remote remote) {
        return new RuleFact(
                new UUID('r', number), GROUP, direction, family, Optional.empty(), new PortMatch.Any(), remote);
    }

    private static LocalPort port() {
        return new LocalPort(
                PORT,
                NETWORK,
                true,
                new MacAddress(0xfa163e000001L),
                List.of(),
                List.of(),
                true,
                Optional.of(List.of(GROUP)),
                "",
                List.of(),
                "",
                "",
                "");
    }

    @Test
    void tenThousandMembersAreOneEntryEachAndOneMoreIsOneMore() throws IOException {
        try (PinDirectory pins = new PinDirectory();
                Vrouter vrouter = Vrouter.load(new Configuration(pins.path(), Sizes.standard()))) {
            PolicyLimits policy = new PolicyLimits(4096, 65536, 1 << 20, 1 << 20);
            Fold fold = new Fold("here", new Limits(4096, 4096, 4096, 4096, policy), Remembered.of(vrouter.tables()));
            TableDrivers drivers = new TableDrivers(vrouter.tables(), fold.tables());
            List<Subscription.Difference> changes = group();
            for (int number = 1; number <= MEMBERS; number++) {
                changes.add(put(Topic.members(GROUP), member(number)));
            }
            changes.add(put(Topic.network(NETWORK), new NetworkFact(NETWORK, 100, 1450, true)));
            changes.add(put(Topic.node("here"), port()));
            fold.device(PORT, Optional.of(new Device(4711, true)));
            long heap = usedHeap();
            long kernel = lockedBytes();
            long calculated = time(fold, changes);
            long written = work(drivers);
            System.out.printf(
                    "%d members: %d ms calculated, %d ms written, heap %d kB, kernel %d kB%n",
                    MEMBERS,
                    calculated / 1_000_000,
                    written / 1_000_000,
                    (usedHeap() - heap) / 1024,
                    (lockedBytes() - kernel) / 1024);
            assertThat(vrouter.tables().peerClasses().dump()).hasSize(2 * MEMBERS);
            assertThat(vrouter.tables().policy().dump()).hasSize(2 + 2 * 2);
            assertThat(vrouter.tables().ports().get(4711))
                    .hasValueSatisfying(found -> assertThat(found.ruleSet()).isNotZero());

            int epoch = epoch(vrouter);
            Member more = member(MEMBERS + 1);
            long come = time(fold, List.of(put(Topic.members(GROUP), more))) + work(drivers);
            assertThat(vrouter.tables().peerClasses().dump()).hasSize(2 * MEMBERS + 2);
            assertThat(epoch(vrouter)).isEqualTo(epoch);
            long gone = time(fold, List.of(delete(Topic.members(GROUP), more))) + work(drivers);
            assertThat(vrouter.tables().peerClasses().dump()).hasSize(2 * MEMBERS);
            assertThat(epoch(vrouter)).isNotEqualTo(epoch);
            System.out.printf("one comes: %d us, one goes: %d us%n", come / 1000, gone / 1000);

            Fold next = new Fold("here", new Limits(4096, 4096, 4096, 4096, policy), Remembered.of(vrouter.tables()));
            TableDrivers follower = new TableDrivers(vrouter.tables(), next.tables());
            next.device(PORT, Optional.of(new Device(4711, true)));
            next.apply(changes);
            next.flush();
            long start = System.nanoTime();
            follower.resync(true);
            System.out.printf("taken over in %d ms%n", (System.nanoTime() - start) / 1_000_000);
            assertThat(next.tables().peerClasses().keys())
                    .allSatisfy(key -> assertThat(next.tables().peerClasses().get(key))
                            .isEqualTo(fold.tables().peerClasses().get(key)));
        }
    }

    private static int epoch(Vrouter vrouter) {
        return vrouter.tables().ruleSets().dump().values().iterator().next().epoch();
    }

    private static long time(Fold fold, List<Subscription.Difference> changes) {
        long start = System.nanoTime();
        fold.apply(changes);
        fold.flush();
        return System.nanoTime() - start;
    }

    private static long work(TableDrivers drivers) {
        long start = System.nanoTime();
        Lab.await("the kernel holds what it should", Duration.ofSeconds(60), () -> {
            drivers.work(2_000_000_000L);
            return drivers.isClean();
        });
        return System.nanoTime() - start;
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** What the kernel accounts for the maps that this process holds. */
    private static long lockedBytes() throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fdinfo"))) {
            for (Path file : files.toList()) {
                bytes += locked(file);
            }
        }
        return bytes;
    }

    private static long locked(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith("memlock:"))
                    .mapToLong(line -> Long.parseLong(line.substring(8).trim()))
                    .sum();
        } catch (IOException e) {
            // Closed meanwhile: this one is not a map.
            return 0;
        }
    }
}
