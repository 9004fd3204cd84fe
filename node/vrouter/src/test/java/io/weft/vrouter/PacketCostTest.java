package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.BpfMap;
import io.weft.kernel.bpf.SkbContext;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.vrouter.PolicyKey.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What the programs take for a packet between two local ports with the same rules, by how full the tables are. Hosts that
 * differ in nothing else are measured in turn, since the machine's pace changes; the best of many turns counts, since
 * noise only adds.
 */
@Tag("bench")
class PacketCostTest {
    private static final int[] MANY = {1, 100, 10_000};
    private static final int TURNS = 40;
    private static final int REPEAT = 10_000;
    private static final int SET = 5;
    private static final int STATELESS_SET = 6;
    private static final int SCOPE = 9;
    private static final int PORT = 80;

    /** How a packet goes. */
    private enum Way {
        SHORT,
        WHOLE,
        /** The whole way without a connection: rules decide at both ends, about what they were asked before. */
        JUDGED,
        /** The same, as if a table had changed after each packet: the rules' tables are asked. */
        ASKED
    }

    private static byte[] packet(boolean fromAlice, int flags) {
        IpAddress source = fromAlice ? Rig.ALICE4 : Rig.BOB4;
        IpAddress destination = fromAlice ? Rig.BOB4 : Rig.ALICE4;
        return Packets.ip(
                fromAlice ? Rig.BOB : Rig.ALICE,
                fromAlice ? Rig.ALICE : Rig.BOB,
                source,
                destination,
                Packets.TCP,
                64,
                Packets.segment(source, destination, fromAlice ? 4000 : PORT, fromAlice ? PORT : 4000, flags, 2, 3));
    }

    private static Rig host() {
        Rig rig = Rig.large();
        rig.tables().ruleSets().put(SET, new RuleSet(1, false));
        rig.tables().ruleSets().put(STATELESS_SET, new RuleSet(1, true));
        for (Direction direction : Direction.values()) {
            for (int set : new int[] {SET, STATELESS_SET}) {
                rig.tables()
                        .policy()
                        .put(
                                new PolicyKey(
                                        set, PeerClassKey.NOBODY, direction, IpFamily.IPV4, Packets.TCP, PORT, 16),
                                new PolicyVerdict(true, set == SET, 1, 1));
            }
        }
        rules(rig, SET);
        rig.fromAlice(packet(true, GuardedPort.SYN));
        rig.run("from_workload", rig.bob, packet(false, GuardedPort.SYN | GuardedPort.ACK), SkbContext.EMPTY);
        rig.fromAlice(packet(true, GuardedPort.ACK));
        assertThat(rig.vrouter.connections().answered(Rig.ALICE_PORT)).isEqualTo(1);
        assertThat(rig.vrouter.connections().answered(Rig.BOB_PORT)).isEqualTo(1);
        return rig;
    }

    /** Gives both ports a rule set. */
    private static void rules(Rig rig, int set) {
        for (boolean alice : new boolean[] {true, false}) {
            rig.tables()
                    .ports()
                    .put(
                            alice ? rig.alice : rig.bob,
                            new Port(
                                            alice ? Rig.ALICE_PORT : Rig.BOB_PORT,
                                            Rig.RED,
                                            alice ? Rig.ALICE : Rig.BOB,
                                            Rig.FLAGS,
                                            Rig.MTU,
                                            alice ? Rig.ALICE4 : Rig.BOB4,
                                            alice ? Rig.ALICE6 : Rig.BOB6)
                                    .withRules(set, SCOPE));
        }
    }

    private static void prepare(Rig rig, Way way) {
        rules(rig, way == Way.JUDGED || way == Way.ASKED ? STATELESS_SET : SET);
        if (way == Way.SHORT || way == Way.JUDGED) {
            rig.vrouter.flows().forget();
        } else {
            // Nothing is remembered under this number.
            rig.vrouter.map("flow_generation").update(BpfMap.intKey(0), new byte[Long.BYTES]);
        }
    }

    private static void compare(String what, ObjIntConsumer<Rig> fill) {
        List<Rig> hosts = new ArrayList<>();
        try {
            for (int many : MANY) {
                Rig rig = host();
                hosts.add(rig);
                fill.accept(rig, many);
            }
            for (Way way : Way.values()) {
                int[] best = new int[MANY.length];
                Arrays.fill(best, Integer.MAX_VALUE);
                hosts.forEach(rig -> prepare(rig, way));
                for (int turn = 0; turn < TURNS; turn++) {
                    for (int i = 0; i < MANY.length; i++) {
                        Rig rig = hosts.get(i);
                        var result = rig.run(
                                "from_workload", rig.alice, packet(true, GuardedPort.ACK), SkbContext.EMPTY, REPEAT);
                        assertThat(result.returned()).isEqualTo(Rig.REDIRECT);
                        best[i] = Math.min(best[i], result.nanoseconds());
                    }
                }
                System.out.printf(
                        "cost: %-10s %-6s %s ns at %s%n", what, way, Arrays.toString(best), Arrays.toString(MANY));
            }
        } finally {
            hosts.forEach(Rig::close);
        }
    }

    @Test
    void ofRules() {
        compare("rules", (rig, many) -> {
            Map<PolicyKey, PolicyVerdict> verdicts = new HashMap<>();
            Map<PeerClassKey, Integer> classes = new HashMap<>();
            for (int i = 0; i < many; i++) {
                for (int set : new int[] {SET, STATELESS_SET}) {
                    verdicts.put(
                            new PolicyKey(set, 2 + i, Direction.INGRESS, IpFamily.IPV4, Packets.TCP, i, 16),
                            new PolicyVerdict(true, set == SET, 1, 2));
                }
                classes.put(new PeerClassKey(SCOPE, IpPrefix.parse(IpAddress.ofIpv4(0xcb000000 + i) + "/32")), 2 + i);
            }
            rig.tables().policy().putAll(verdicts);
            rig.tables().peerClasses().putAll(classes);
        });
    }

    @Test
    void ofPorts() {
        compare("ports", (rig, many) -> {
            Map<MacKey, Place> macs = new HashMap<>();
            Map<AddressKey, AddressOwner> addresses = new HashMap<>();
            for (int i = 0; i < many; i++) {
                MacAddress mac = new MacAddress(0xfa163f000000L + i);
                macs.put(new MacKey(Rig.RED, mac), Place.remote(Rig.OTHER_NODE));
                addresses.put(
                        new AddressKey(Rig.RED, IpAddress.ofIpv4(0x0a800000 + i)),
                        new AddressOwner(mac, Place.remote(Rig.OTHER_NODE)));
            }
            rig.tables().macs().putAll(macs);
            rig.tables().addresses().putAll(addresses);
        });
    }

    /** Of other networks, each with a port of another node. */
    @Test
    void ofNetworks() {
        compare("networks", (rig, many) -> {
            Map<MacKey, Place> macs = new HashMap<>();
            Map<TunnelSourceKey, Integer> sources = new HashMap<>();
            for (int i = 0; i < many; i++) {
                macs.put(new MacKey(100_000 + i, Rig.BOB), Place.remote(Rig.OTHER_NODE));
                sources.put(new TunnelSourceKey(Rig.OTHER_TUNNEL, 100_000 + i), Rig.OTHER_NODE);
            }
            rig.tables().macs().putAll(macs);
            rig.tables().tunnelSources().putAll(sources);
        });
    }
}
