package io.weft.vrouter;

import static io.weft.vrouter.Packets.ETHERTYPE_ARP;
import static io.weft.vrouter.Packets.EVERYONE;
import static io.weft.vrouter.Packets.ICMP;
import static io.weft.vrouter.Packets.ICMPV6;
import static io.weft.vrouter.Packets.TCP;
import static io.weft.vrouter.Packets.UDP;
import static io.weft.vrouter.Rig.ALICE;
import static io.weft.vrouter.Rig.ALICE4;
import static io.weft.vrouter.Rig.ALICE6;
import static io.weft.vrouter.Rig.ALICE_PORT;
import static io.weft.vrouter.Rig.BOB;
import static io.weft.vrouter.Rig.BOB4;
import static io.weft.vrouter.Rig.REDIRECT;
import static io.weft.vrouter.Rig.RED_ROUTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.SkbContext;
import io.weft.kernel.bpf.TestRun;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The life of packets to the node's own services and of their answers. */
class ServicePacketsTest {
    private static final IpAddress SERVICE4 = IpAddress.parse("169.254.169.254");
    private static final IpAddress SERVICE6 = IpAddress.parse("fe80::a9fe:a9fe");
    private static final MacAddress SERVICE_MAC = MacAddress.parse("02:57:45:46:54:01");
    private static final IpAddress ALICE_LINK_LOCAL = ALICE.eui64Address(IpPrefix.parse("fe80::/64"));
    private static final IpAddress ALICE_INSIDE4 = IpAddress.parse("100.64.0.64");
    private static final IpAddress ALICE_INSIDE6 = IpAddress.parse("fd57:4546:5400::1:3f");

    private final Rig rig = new Rig();

    @BeforeEach
    void serve() {
        Tables tables = rig.tables();
        tables.services().put(0, new Services(rig.spare(1)));
        client(ALICE4, ALICE_INSIDE4);
        client(ALICE_LINK_LOCAL, ALICE_INSIDE6);
    }

    private void client(IpAddress address, IpAddress inside) {
        rig.tables().serviceClients().put(new ServiceClientKey(ALICE_PORT, address), inside);
        rig.tables().serviceAddresses().put(inside, new ServiceAddress(rig.alice, address));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static byte[] packet(
            MacAddress to, MacAddress from, IpAddress source, IpAddress destination, int protocol, int[] ports) {
        byte[] data = new byte[101];
        new Random(7).nextBytes(data);
        byte[] body = protocol == TCP
                ? Packets.tcp(source, destination, ports[0], ports[1], data)
                : Packets.udp(source, destination, ports[0], ports[1], data);
        return Packets.ip(to, from, source, destination, protocol, 64, body);
    }

    private static byte[] asked(IpAddress source, int protocol, int port) {
        return packet(
                RED_ROUTER, ALICE, source, source.isIpv4() ? SERVICE4 : SERVICE6, protocol, new int[] {40000, port});
    }

    private static byte[] answered(IpAddress inside, int protocol, int port) {
        return packet(ALICE, BOB, inside.isIpv4() ? SERVICE4 : SERVICE6, inside, protocol, new int[] {port, 40000});
    }

    @Test
    void requestsEnterUnderAnAddressOfThePortAndAnswersComeBackUnderTheServices() {
        for (int[] service : new int[][] {{TCP, 80}, {TCP, 53}, {UDP, 53}}) {
            for (IpAddress own : new IpAddress[] {ALICE4, ALICE_LINK_LOCAL}) {
                IpAddress inside = own.isIpv4() ? ALICE_INSIDE4 : ALICE_INSIDE6;
                IpAddress address = own.isIpv4() ? SERVICE4 : SERVICE6;
                TestRun.Result in = rig.fromAlice(asked(own, service[0], service[1]));
                assertThat(in.returned()).isEqualTo(REDIRECT);
                assertThat(Packets.addresses(in.packet())).containsExactly(inside, address);
                assertThat(Packets.checksumsHold(in.packet())).isTrue();

                TestRun.Result out = rig.run(
                        "from_service", rig.spare(1), answered(inside, service[0], service[1]), SkbContext.EMPTY);
                assertThat(out.returned()).isEqualTo(REDIRECT);
                assertThat(Packets.addresses(out.packet())).containsExactly(address, own);
                assertThat(Packets.checksumsHold(out.packet())).isTrue();
                assertThat(Packets.destinationMac(out.packet())).isEqualTo(ALICE);
                assertThat(Packets.sourceMac(out.packet())).isEqualTo(SERVICE_MAC);
            }
        }
    }

    @Test
    void anIpv4DatagramWithoutAChecksumStaysWithoutOne() {
        byte[] frame = asked(ALICE4, UDP, 53);
        frame[40] = 0;
        frame[41] = 0;
        TestRun.Result in = rig.fromAlice(frame);
        assertThat(in.returned()).isEqualTo(REDIRECT);
        assertThat(Packets.number(in.packet(), 40, 2)).isZero();
    }

    @Test
    void arpAndSolicitationsForTheServicesAreAnswered() {
        byte[] question = Packets.arp(1, ALICE, ALICE4, new MacAddress(0), SERVICE4);
        TestRun.Result arp = rig.fromAlice(Packets.ethernet(EVERYONE, ALICE, ETHERTYPE_ARP, question));
        assertThat(arp.returned()).isEqualTo(REDIRECT);
        assertThat(Arrays.copyOfRange(arp.packet(), 14, 42))
                .isEqualTo(Packets.arp(2, SERVICE_MAC, SERVICE4, ALICE, ALICE4));

        IpAddress group = IpAddress.parse("ff02::1:fffe:a9fe");
        byte[] body = Packets.neighbour(ALICE_LINK_LOCAL, group, 135, SERVICE6, 1, ALICE);
        TestRun.Result nd = rig.fromAlice(
                Packets.ip(MacAddress.parse("33:33:ff:fe:a9:fe"), ALICE, ALICE_LINK_LOCAL, group, ICMPV6, 255, body));
        assertThat(nd.returned()).isEqualTo(REDIRECT);
        assertThat(Packets.addresses(nd.packet())).containsExactly(SERVICE6, ALICE_LINK_LOCAL);
        assertThat(Packets.sourceMac(nd.packet())).isEqualTo(SERVICE_MAC);
        assertThat(nd.packet()[58] & 0x80).isZero();
        assertThat(Packets.checksumsHold(nd.packet())).isTrue();
    }

    @Test
    void nothingButTheServicesIsReached() {
        for (int port : new int[] {22, 79, 81, 8775}) {
            rig.drops(DropReason.SERVICE_REFUSED, asked(ALICE4, TCP, port));
            rig.drops(DropReason.SERVICE_REFUSED, asked(ALICE_LINK_LOCAL, TCP, port));
        }
        rig.drops(DropReason.SERVICE_REFUSED, asked(ALICE4, UDP, 80));
        rig.drops(
                DropReason.SERVICE_REFUSED,
                Packets.ip(RED_ROUTER, ALICE, ALICE4, SERVICE4, ICMP, 64, Packets.icmp(8, 0, 1, new byte[8])));
        byte[] fragment = asked(ALICE4, UDP, 53);
        fragment[20] = 0x20;
        fragment[24] = 0;
        fragment[25] = 0;
        int sum = 0;
        for (int i = 14; i < 34; i += 2) {
            sum += Packets.number(fragment, i, 2);
        }
        sum = ~((sum & 0xffff) + (sum >>> 16));
        fragment[24] = (byte) (sum >> 8);
        fragment[25] = (byte) sum;
        rig.drops(DropReason.SERVICE_REFUSED, fragment);
    }

    @Test
    void anAddressThatIsNotThePortsOwnIsNotServed() {
        rig.drops(DropReason.SERVICE_CLIENT, asked(ALICE6, TCP, 80));
        rig.drops(DropReason.SPOOFED_IPV4, packet(RED_ROUTER, ALICE, BOB4, SERVICE4, TCP, new int[] {40000, 80}));
    }

    @Test
    void withoutTheServiceNamespaceNobodyAnswers() {
        rig.tables().services().remove(0);
        rig.drops(DropReason.SERVICE_ABSENT, asked(ALICE4, TCP, 80));
        byte[] question = Packets.arp(1, ALICE, ALICE4, new MacAddress(0), SERVICE4);
        rig.drops(DropReason.UNKNOWN_ADDRESS, Packets.ethernet(EVERYONE, ALICE, ETHERTYPE_ARP, question));
    }

    @Test
    void aPortThatAsksTooMuchIsPoliced() {
        byte[] frame = asked(ALICE4, UDP, 53);
        long before = rig.counted(ALICE_PORT, DropReason.SERVICE_POLICED);
        int passed = 0;
        for (int i = 0; i < 5000; i++) {
            passed += rig.fromAlice(frame).returned() == REDIRECT ? 1 : 0;
        }
        assertThat(passed).isGreaterThanOrEqualTo(1000);
        assertThat(rig.counted(ALICE_PORT, DropReason.SERVICE_POLICED) - before).isEqualTo(5000 - passed);
    }

    @Test
    void theNamespaceReachesNobodyByAnythingButAnswers() {
        for (byte[] frame : new byte[][] {
            answered(ALICE_INSIDE4, TCP, 22),
            packet(ALICE, BOB, BOB4, ALICE_INSIDE4, TCP, new int[] {80, 40000}),
            Packets.ip(ALICE, BOB, SERVICE4, ALICE_INSIDE4, ICMP, 64, Packets.icmp(3, 3, 0, new byte[28])),
            Packets.ethernet(EVERYONE, BOB, ETHERTYPE_ARP, Packets.arp(1, BOB, BOB4, new MacAddress(0), SERVICE4))
        }) {
            long before = rig.counted(0, DropReason.SERVICE_REFUSED);
            assertThat(rig.run("from_service", rig.spare(1), frame, SkbContext.EMPTY)
                            .returned())
                    .isEqualTo(Rig.DROP);
            assertThat(rig.counted(0, DropReason.SERVICE_REFUSED) - before).isEqualTo(1);
        }
        byte[] nobody = answered(IpAddress.parse("100.64.99.64"), TCP, 80);
        assertThat(rig.run("from_service", rig.spare(1), nobody, SkbContext.EMPTY)
                        .returned())
                .isEqualTo(Rig.DROP);
        assertThat(rig.counted(0, DropReason.SERVICE_CLIENT)).isEqualTo(1);
    }
}
