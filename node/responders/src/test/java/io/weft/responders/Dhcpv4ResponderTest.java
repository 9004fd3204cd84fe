package io.weft.responders;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import io.weft.model.Route;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class Dhcpv4ResponderTest {
    private static final PortView PORT = Fixture.port(Ipv6Mode.DHCPV6_STATEFUL);

    /** An answer's options; asserted to come from the server to the client. */
    private static Map<Integer, byte[]> options(Packet packet) {
        assertThat(packet.sourcePort()).isEqualTo(67);
        assertThat(packet.destinationPort()).isEqualTo(68);
        ByteBuffer message = packet.payload();
        assertThat(message.get(0)).isEqualTo((byte) 2);
        assertThat(message.getInt(4)).isEqualTo(0x11223344);
        assertThat(message.getInt(236)).isEqualTo(0x63825363);
        Map<Integer, byte[]> options = new HashMap<>();
        int at = 240;
        while (message.get(at) != (byte) 255) {
            options.merge(
                    message.get(at) & 0xff,
                    Packet.bytes(message, at + 2, message.get(at + 1) & 0xff),
                    (a, b) -> HexFormat.of()
                            .parseHex(
                                    HexFormat.of().formatHex(a) + HexFormat.of().formatHex(b)));
            at += 2 + (message.get(at + 1) & 0xff);
        }
        return options;
    }

    private static IpAddress yourAddress(Packet packet) {
        return IpAddress.ofIpv4(packet.payload().getInt(16));
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    @Test
    void aDiscoverIsOfferedThePortsAddressAndAllOfItsFacts() {
        Packet offer = Fixture.answer(Fixture.golden("dhcpv4-discover"), PORT);
        assertThat(offer.sourceMac()).isEqualTo(Fixture.ROUTER_MAC);
        assertThat(offer.source()).isEqualTo(IpAddress.parse("10.0.0.1"));
        assertThat(offer.destination()).isEqualTo(IpAddress.parse("10.0.0.5"));
        assertThat(yourAddress(offer)).isEqualTo(IpAddress.parse("10.0.0.5"));
        Map<Integer, byte[]> options = options(offer);
        assertThat(options.get(53)).containsExactly(2);
        assertThat(options.get(54)).isEqualTo(hex("0a000001"));
        assertThat(options.get(51)).isEqualTo(hex("00015180"));
        assertThat(options.get(58)).isEqualTo(hex("0000a8c0"));
        assertThat(options.get(59)).isEqualTo(hex("00012750"));
        assertThat(options.get(1)).isEqualTo(hex("ffffff00"));
        assertThat(options.get(3)).isEqualTo(hex("0a000001"));
        assertThat(options.get(6)).isEqualTo(hex("0a000035"));
        assertThat(options.get(26)).isEqualTo(hex("05aa"));
        assertThat(options.get(28)).isEqualTo(hex("0a0000ff"));
        assertThat(options.get(12)).isEqualTo("host-10-0-0-5".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void classlessRoutesIncludeTheServicesAndTheDefaultRoute() {
        Map<Integer, byte[]> options = options(Fixture.answer(Fixture.golden("dhcpv4-discover"), PORT));
        assertThat(options.get(121)).isEqualTo(hex("16c0a8000a000009" + "20a9fea9fe00000000" + "000a000001"));
        assertThat(options).doesNotContainKey(249);
    }

    @Test
    void withoutHostRoutesTheServicesAreStillOnTheLink() {
        PortView port = Fixture.port(Fixture.ipv4(false), Fixture.ipv6(Ipv6Mode.SLAAC), true);
        assertThat(options(Fixture.answer(Fixture.golden("dhcpv4-discover"), port))
                        .get(121))
                .isEqualTo(hex("20a9fea9fe00000000" + "000a000001"));
    }

    @Test
    void aRequestIsAcknowledgedByBroadcastWhenTheClientSaysSo() {
        Packet ack = Fixture.answer(Fixture.golden("dhcpv4-request"), PORT);
        assertThat(ack.destination()).isEqualTo(IpAddress.parse("255.255.255.255"));
        assertThat(options(ack).get(53)).containsExactly(5);
        assertThat(yourAddress(ack)).isEqualTo(IpAddress.parse("10.0.0.5"));
    }

    @Test
    void aRebootingClientWithAWrongAddressIsRefused() {
        Packet nak = Fixture.answer(Fixture.golden("dhcpv4-reboot-wrong"), PORT);
        assertThat(nak.destination()).isEqualTo(IpAddress.parse("255.255.255.255"));
        assertThat(options(nak).get(53)).containsExactly(6);
        assertThat(yourAddress(nak).isUnspecified()).isTrue();
    }

    @Test
    void aRenewalIsAnsweredByUnicastToTheClientsAddress() {
        Packet ack = Fixture.answer(Fixture.golden("dhcpv4-renew"), PORT);
        assertThat(ack.destination()).isEqualTo(IpAddress.parse("10.0.0.5"));
        assertThat(ack.payload().getInt(12)).isEqualTo(0x0a000005);
        assertThat(options(ack).get(53)).containsExactly(5);
    }

    @Test
    void aRequestToAnotherServerIsNotAnswered() {
        byte[] frame = Fixture.golden("dhcpv4-request");
        int at = 14 + 20 + 8 + 240 + 3;
        assertThat(frame[at]).isEqualTo((byte) 54);
        frame[at + 5] = 77;
        assertThat(Responders.answer(frame, PORT)).isEmpty();
    }

    @Test
    void nothingIsAnsweredForAnotherMacOrARelay() {
        byte[] frame = Fixture.golden("dhcpv4-discover");
        frame[14 + 20 + 8 + 33] ^= 1;
        assertThat(Responders.answer(frame, PORT)).isEmpty();
        byte[] relayed = Fixture.golden("dhcpv4-discover");
        relayed[14 + 20 + 8 + 24] = 10;
        assertThat(Responders.answer(relayed, PORT)).isEmpty();
    }

    @Test
    void releaseAndDeclineAreSilentAndInformGetsNoLease() {
        for (byte type : new byte[] {4, 7}) {
            byte[] frame = Fixture.golden("dhcpv4-renew");
            frame[14 + 20 + 8 + 242] = type;
            assertThat(Responders.answer(frame, PORT)).isEmpty();
        }
        byte[] inform = Fixture.golden("dhcpv4-renew");
        inform[14 + 20 + 8 + 242] = 8;
        Packet ack = Fixture.answer(inform, PORT);
        assertThat(yourAddress(ack).isUnspecified()).isTrue();
        assertThat(options(ack)).doesNotContainKey(51).containsKey(3);
    }

    @Test
    void theTenantsOptionsOverruleTheSubnets() {
        PortView port = Fixture.port(
                Ipv6Mode.NONE,
                Fixture.option("dns-server", "10.0.0.7,10.0.0.8"),
                Fixture.option("mtu", "1300"),
                Fixture.option("lease-time", "600"),
                Fixture.option("119", "example.org"),
                Fixture.option("nonsense", "1"),
                Fixture.option("router", "not an address"));
        Map<Integer, byte[]> options = options(Fixture.answer(Fixture.golden("dhcpv4-discover"), port));
        assertThat(options.get(6)).isEqualTo(hex("0a0000070a000008"));
        assertThat(options.get(26)).isEqualTo(hex("0514"));
        assertThat(options.get(51)).isEqualTo(hex("00000258"));
        assertThat(options.get(58)).isEqualTo(hex("0000012c"));
        assertThat(options.get(119)).isEqualTo(hex("076578616d706c65036f726700"));
        assertThat(options.get(3)).isEqualTo(hex("0a000001"));
    }

    @Test
    void firmwareFindsItsServerAndFileInFieldsAndOptions() {
        PortView port = Fixture.port(
                Ipv6Mode.NONE,
                Fixture.option("tftp-server", "10.0.0.20"),
                Fixture.option("bootfile-name", "pxelinux.0"),
                Fixture.option("tag:ipxe,bootfile-name", "http://10.0.0.20/boot.ipxe"),
                Fixture.option("server-ip-address", "10.0.0.21"));
        Packet offer = Fixture.answer(Fixture.golden("dhcpv4-discover"), port);
        assertThat(offer.payload().getInt(20)).isEqualTo(0x0a000015);
        assertThat(new String(Packet.bytes(offer.payload(), 108, 11), StandardCharsets.US_ASCII))
                .isEqualTo("pxelinux.0\0");
        assertThat(options(offer).get(66)).isEqualTo("10.0.0.20".getBytes(StandardCharsets.US_ASCII));
        assertThat(options(offer).get(67)).isEqualTo("pxelinux.0".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void aSubnetWithoutGatewayOrRouterIsServedByTheNodeItself() {
        SubnetView bare = new SubnetView(
                Fixture.ipv4(false).cidr(), Optional.empty(), true, Ipv6Mode.NONE, Ipv6Mode.NONE, List.of(), List.of());
        PortView port = Fixture.port(bare, Fixture.ipv6(Ipv6Mode.SLAAC), false);
        Packet offer = Fixture.answer(Fixture.golden("dhcpv4-discover"), port);
        assertThat(offer.sourceMac()).isEqualTo(MacAddress.parse("02:57:45:46:54:01"));
        assertThat(options(offer)).doesNotContainKey(3);
        assertThat(options(offer).get(6))
                .as("the node is the resolver")
                .isEqualTo(IpAddress.parse("169.254.169.254").toBytes());
        assertThat(options(offer).get(121)).isEqualTo(hex("20a9fea9fe00000000"));
    }

    @Test
    void whatDoesNotFitTheClientIsLeftOut() {
        SubnetView four = new SubnetView(
                IpPrefix.parse("10.0.0.0/24"),
                Optional.of(IpAddress.parse("10.0.0.1")),
                true,
                Ipv6Mode.NONE,
                Ipv6Mode.NONE,
                List.of(IpAddress.parse("10.0.0.53")),
                Collections.nCopies(40, new Route(IpPrefix.parse("10.1.0.0/16"), IpAddress.parse("10.0.0.9"))));
        PortView port = Fixture.port(
                four,
                Fixture.ipv6(Ipv6Mode.NONE),
                true,
                Fixture.option("wpad", "x".repeat(250)),
                Fixture.option("path-prefix", "y".repeat(250)));
        Packet offer = Fixture.answer(Fixture.golden("dhcpv4-discover"), port);
        assertThat(offer.payload().limit()).isLessThanOrEqualTo(548);
        Map<Integer, byte[]> options = options(offer);
        assertThat(options).containsKeys(1, 3, 6, 26).doesNotContainKeys(121, 210);
    }

    @Test
    void aClientThatTakesMoreGetsALongOptionInParts() {
        byte[] discover = Fixture.golden("dhcpv4-discover");
        byte[] frame = Arrays.copyOf(discover, discover.length + 4);
        // In the place of the end: option 57, 1200 bytes, end.
        System.arraycopy(hex("390204b0ff"), 0, frame, discover.length - 1, 5);
        int udp = frame.length - 34;
        frame[16] = (byte) (udp + 20 >>> 8);
        frame[17] = (byte) (udp + 20);
        frame[38] = (byte) (udp >>> 8);
        frame[39] = (byte) udp;
        SubnetView four = new SubnetView(
                IpPrefix.parse("10.0.0.0/24"),
                Optional.of(IpAddress.parse("10.0.0.1")),
                true,
                Ipv6Mode.NONE,
                Ipv6Mode.NONE,
                List.of(),
                Collections.nCopies(40, new Route(IpPrefix.parse("10.1.0.0/16"), IpAddress.parse("10.0.0.9"))));
        Packet offer = Fixture.answer(frame, Fixture.port(four, Fixture.ipv6(Ipv6Mode.NONE), true));
        assertThat(options(offer).get(121)).hasSize(40 * 7 + 9 + 5);
    }
}
