package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.BpfMap;
import io.weft.kernel.bpf.BpfObject;
import io.weft.kernel.bpf.MapType;
import io.weft.kernel.bpf.SkbContext;
import io.weft.kernel.bpf.TestRun;
import io.weft.model.IpFamily;
import io.weft.vrouter.PolicyKey.Direction;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A trace says what the programs do, and does nothing. */
class TracerTest {
    private static final int ANY_SOURCE = 40000;

    @Test
    void theProgramsThatExplainAreThoseThatForward() {
        try (Rig rig = new Rig();
                KernelTracer tracer = rig.vrouter.tracer()) {
            for (String program : new String[] {"from_workload", "from_uplink", "from_tunnel_device", "from_service"}) {
                assertThat(tracer.object().program(program).info().tag())
                        .as(program)
                        .isEqualTo(rig.program(program).info().tag());
                // Without notes in the instance that forwards.
                assertThat(tracer.object().program(program).info().instructions())
                        .as(program)
                        .isGreaterThan(rig.program(program).info().instructions());
            }
        }
    }

    @Test
    void everyMapIsEitherOneThatProgramsOnlyReadOrTheTracersOwn() {
        try (Rig rig = new Rig();
                KernelTracer tracer = rig.vrouter.tracer();
                BpfObject object = BpfObject.open("names", KernelVrouter.image())) {
            Set<String> shared = object.mapNames().stream()
                    .filter(map -> !map.contains("."))
                    .filter(map -> rig.vrouter.map(map).info().id()
                            == tracer.object().map(map).info().id())
                    .collect(Collectors.toSet());
            assertThat(shared).doesNotContainAnyElementsOf(KernelTracer.OWN.keySet());
            assertThat(KernelTracer.OWN.keySet())
                    .allSatisfy(map -> assertThat(rig.vrouter.map(map)).isNotNull());
        }
    }

    @Test
    void aTraceNamesEachDecisionOfASwitchedPacketUnderRules() {
        try (GuardedPort world = new GuardedPort(IpFamily.IPV4);
                Tracer tracer = world.rig.vrouter.tracer()) {
            world.allow(Direction.EGRESS, Packets.TCP, 443, 77);
            Trace trace = traced(world, tracer, 443);
            assertThat(trace.verdict()).isEqualTo(Trace.Verdict.FORWARDED);
            assertThat(trace.complete()).isTrue();
            assertThat(trace.decisions().stream().map(Object::getClass).map(Class::getSimpleName))
                    .containsExactly("Sender", "SourceAllowed", "Tracked", "Judged", "Switched", "Delivered");
            assertThat(trace.all(Decision.Sender.class).getFirst())
                    .isEqualTo(new Decision.Sender(Rig.ALICE_PORT, Rig.RED, Rig.FLAGS));
            assertThat(trace.all(Decision.Judged.class).getFirst().verdict())
                    .map(PolicyVerdict::rule)
                    .contains(77);
            assertThat(trace.all(Decision.Delivered.class)).containsExactly(new Decision.Delivered(2, world.rig.bob));
        }
    }

    @Test
    void aTraceSaysWhichRuleSetDeniedAPacket() {
        try (GuardedPort world = new GuardedPort(IpFamily.IPV6);
                Tracer tracer = world.rig.vrouter.tracer()) {
            Trace trace = traced(world, tracer, 443);
            assertThat(trace.verdict()).isEqualTo(Trace.Verdict.ENDED);
            Decision.Judged judged = trace.all(Decision.Judged.class).getFirst();
            assertThat(judged.verdict()).isEmpty();
            assertThat(judged.asked().ruleSet()).isEqualTo(GuardedPort.SET);
            assertThat(judged.asked().port()).isEqualTo(443);
            assertThat(trace.decisions().getLast())
                    .isEqualTo(new Decision.Dropped(Rig.ALICE_PORT, DropReason.POLICY_EGRESS));
        }
    }

    @Test
    void aTraceFindsTheConnectionsThatTheProgramsKeep() {
        try (GuardedPort world = new GuardedPort(IpFamily.IPV4);
                Tracer tracer = world.rig.vrouter.tracer()) {
            world.allow(Direction.EGRESS, Packets.TCP, 443, 77);
            assertThat(world.tcpOut(ANY_SOURCE, 443, GuardedPort.SYN, 1, 0)).isEmpty();
            Trace again = traced(world, tracer, 443);
            assertThat(again.all(Decision.Tracked.class).getFirst().kept()).isEqualTo(Decision.Kept.HALF_OPEN);
            assertThat(again.all(Decision.Tracked.class).getFirst().state()).isEqualTo(Connection.State.SYN_SENT);
            int syn = GuardedPort.SYN;
            int ack = GuardedPort.ACK;
            assertThat(world.tcpIn(443, ANY_SOURCE, syn | ack, 9, 2)).isEmpty();
            assertThat(world.tcpOut(ANY_SOURCE, 443, ack, 2, 10)).isEmpty();
            world.deny(Direction.EGRESS, Packets.TCP, 443);
            world.nextEpoch();
            byte[] data = Packets.ip(
                    Rig.BOB,
                    Rig.ALICE,
                    world.alice,
                    world.bob,
                    Packets.TCP,
                    64,
                    Packets.segment(world.alice, world.bob, ANY_SOURCE, 443, ack, 2, 10));
            Trace cut = world.rig.traced(() -> tracer.fromWorkload(world.rig.alice, data));
            assertThat(cut.all(Decision.Tracked.class).getFirst().kept()).isEqualTo(Decision.Kept.ESTABLISHED);
            assertThat(cut.decisions().getLast())
                    .isEqualTo(new Decision.Dropped(Rig.ALICE_PORT, DropReason.CONNECTION_CUT));
            assertThat(world.state()).isEqualTo(Connection.State.ESTABLISHED);
            assertThat(world.out(data)).contains(DropReason.CONNECTION_CUT);
        }
    }

    @Test
    void aTraceLeavesNothingForTheNextOne() {
        try (GuardedPort world = new GuardedPort(IpFamily.IPV4);
                Tracer tracer = world.rig.vrouter.tracer()) {
            world.allow(Direction.EGRESS, Packets.TCP, 443, 77);
            int ack = GuardedPort.ACK;
            assertThat(world.tcpOut(ANY_SOURCE, 443, GuardedPort.SYN, 1, 0)).isEmpty();
            assertThat(world.tcpIn(443, ANY_SOURCE, GuardedPort.SYN | ack, 9, 2))
                    .isEmpty();
            // The end of the handshake: the connection moves into the table of established ones, and into its queue.
            byte[] end = Packets.ip(
                    Rig.BOB,
                    Rig.ALICE,
                    world.alice,
                    world.bob,
                    Packets.TCP,
                    64,
                    Packets.segment(world.alice, world.bob, ANY_SOURCE, 443, ack, 2, 10));
            Trace first = world.rig.traced(() -> tracer.fromWorkload(world.rig.alice, end));
            assertThat(first.verdict()).isEqualTo(Trace.Verdict.FORWARDED);
            for (int i = 0; i < 20; i++) {
                Trace again = world.rig.traced(() -> tracer.fromWorkload(world.rig.alice, end));
                assertThat(again.decisions()).isEqualTo(first.decisions());
            }
        }
    }

    @Test
    void aRoutedPacketForAnotherNodeShowsRoutesAndArrivesThere() {
        try (Rig rig = new Rig();
                Tracer tracer = rig.vrouter.tracer()) {
            byte[] frame = Packets.ip(
                    Rig.RED_ROUTER,
                    Rig.ALICE,
                    Rig.ALICE4,
                    Rig.DAVE4,
                    Packets.UDP,
                    64,
                    Packets.udp(Rig.ALICE4, Rig.DAVE4, 5, 7, new byte[20]));
            Trace trace = rig.traced(() -> tracer.fromWorkload(rig.alice, frame));
            assertThat(trace.verdict()).isEqualTo(Trace.Verdict.FORWARDED);
            assertThat(trace.all(Decision.Routed.class))
                    .extracting(Decision.Routed::kind)
                    .containsExactly(Decision.RouteKind.CONNECTED);
            assertThat(trace.all(Decision.Resolved.class).getFirst().owner().mac())
                    .isEqualTo(Rig.DAVE);
            assertThat(trace.decisions().getLast()).isEqualTo(new Decision.Tunnelled(Rig.OTHER_NODE, Rig.BLUE));
            assertThat(Packets.number(trace.packet(), 36, 2)).isEqualTo(Underlay.VXLAN_PORT);

            byte[] inner = Packets.ip(Rig.BOB, Rig.CAROL, Rig.CAROL4, Rig.BOB4, Packets.TCP, 64, new byte[40]);
            Trace arrived = rig.traced(() -> tracer.fromTunnelDevice(rig.tunnel, Rig.RED, Rig.OTHER_TUNNEL, inner));
            assertThat(arrived.decisions())
                    .containsExactly(
                            new Decision.Arrived(Rig.OTHER_NODE, Rig.RED),
                            new Decision.Switched(Place.local(rig.bob)),
                            new Decision.Delivered(Rig.BOB_PORT, rig.bob));
            byte[] outer = Packets.vxlan(Rig.OTHER_TUNNEL, Rig.OWN_TUNNEL, 0x08000000, Rig.RED, inner);
            assertThat(rig.traced(() -> tracer.fromUplink(rig.uplink, outer)).verdict())
                    .isEqualTo(Trace.Verdict.PASSED); // the rig's ports are taps to the programs: left to the device
        }
    }

    @Test
    void whateverIsTracedThereIsNoTraceOfIt() {
        FrameFuzz fuzz = new FrameFuzz();
        for (IpFamily family : IpFamily.values()) {
            try (GuardedPort world = new GuardedPort(family);
                    Tracer tracer = world.rig.vrouter.tracer()) {
                Rig rig = world.rig;
                rig.tables().networks().put(Rig.RED, new NetworkFacts(true, true, true, Rig.MTU));
                rig.tables().flood().put(new FloodKey(Rig.RED, FloodKey.List.EVERYONE, 0), Place.local(rig.bob));
                world.allow(Direction.EGRESS, Packets.UDP, 2, 7);
                world.allow(Direction.EGRESS, Packets.TCP, 2, 8);
                world.allow(Direction.INGRESS, Packets.TCP, 1, 9);
                Map<String, String> before = contents(rig);
                for (int i = 0; i < 100; i++) {
                    byte[] frame = fuzz.next();
                    rig.traced(() -> tracer.fromWorkload(rig.alice, frame));
                    rig.traced(() -> tracer.fromTunnelDevice(rig.tunnel, Rig.RED, Rig.OTHER_TUNNEL, frame));
                }
                assertThat(contents(rig)).as(fuzz.toString()).isEqualTo(before);

                for (int i = 0; i < 100; i++) {
                    byte[] frame = fuzz.next();
                    Trace trace = rig.traced(() -> tracer.fromWorkload(rig.alice, frame));
                    TestRun.Result result = rig.run("from_workload", rig.alice, frame, SkbContext.EMPTY);
                    assertThat(trace.verdict())
                            .as("%s: %s", fuzz, trace.decisions())
                            .isEqualTo(KernelTracer.verdict(result.returned()));
                    assertThat(trace.packet()).as(fuzz.toString()).isEqualTo(result.packet());
                }
            }
        }
    }

    private static Trace traced(GuardedPort world, Tracer tracer, int port) {
        byte[] frame = Packets.ip(
                Rig.BOB,
                Rig.ALICE,
                world.alice,
                world.bob,
                Packets.TCP,
                64,
                Packets.segment(world.alice, world.bob, ANY_SOURCE, port, GuardedPort.SYN, 1, 0));
        return world.rig.traced(() -> tracer.fromWorkload(world.rig.alice, frame));
    }

    /** All that the forwarding instance's maps hold, by map; the collector goes on by itself, scratch is scratch. */
    private static Map<String, String> contents(Rig rig) {
        Map<String, String> contents = new TreeMap<>();
        try (BpfObject object = BpfObject.open("names", KernelVrouter.image())) {
            for (String name : object.mapNames()) {
                BpfMap map = name.contains(".") ? null : rig.vrouter.map(name);
                if (map == null
                        || Set.of("collector", "next_collected", "scratch", "trace", "live", "live_filter")
                                .contains(name)
                        || map.info().type() == MapType.QUEUE.number()
                        || map.info().type() == MapType.RING_BUFFER.number()) {
                    continue;
                }
                TreeMap<String, String> entries = new TreeMap<>();
                map.forEach((key, value) -> entries.put(
                        HexFormat.of().formatHex(key.toArray(ValueLayout.JAVA_BYTE)),
                        HexFormat.of().formatHex(value.toArray(ValueLayout.JAVA_BYTE))));
                contents.put(name, entries.toString());
            }
        }
        return contents;
    }
}
