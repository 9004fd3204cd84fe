package io.weft.responders;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpAddress;
import io.weft.model.Ipv6Mode;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class Dhcpv6ResponderTest {
    private static final PortView STATEFUL = Fixture.port(Ipv6Mode.DHCPV6_STATEFUL);

    private static Dhcpv6Message message(Packet packet) {
        assertThat(packet.sourcePort()).isEqualTo(547);
        assertThat(packet.destinationPort()).isEqualTo(546);
        assertThat(packet.source()).isEqualTo(IpAddress.parse("fe80::f816:3eff:fe00:1"));
        assertThat(packet.destination()).isEqualTo(IpAddress.parse("fe80::f816:3eff:fe00:5"));
        return Dhcpv6Message.parse(packet.payload()).orElseThrow();
    }

    private static byte[] withType(String golden, int type) {
        byte[] frame = Fixture.golden(golden);
        frame[14 + 40 + 8] = (byte) type;
        return frame;
    }

    private static List<IpAddress> leased(Dhcpv6Message message) {
        return Dhcpv6Message.addresses(message.option(3).orElseThrow());
    }

    private static int status(Dhcpv6Message message) {
        return message.option(13).orElseThrow().getShort(0);
    }

    @Test
    void aSolicitIsAdvertisedTheAddressWithTheHighestPreference() {
        Dhcpv6Message reply = message(Fixture.answer(Fixture.golden("dhcpv6-solicit"), STATEFUL));
        assertThat(reply.type()).isEqualTo(2);
        assertThat(reply.transaction()).isEqualTo(0xabcdef);
        assertThat(reply.option(7).orElseThrow().get(0)).isEqualTo((byte) 255);
        assertThat(leased(reply)).containsExactly(IpAddress.parse("2001:db8::5"));
        ByteBuffer association = reply.option(3).orElseThrow();
        assertThat(association.getInt(0)).isEqualTo(0x3e000005);
        assertThat(association.getInt(4)).isEqualTo(43_200);
        assertThat(association.getInt(8)).isEqualTo(69_120);
        ByteBuffer resolvers = reply.option(23).orElseThrow();
        assertThat(Packet.bytes(resolvers, 0, resolvers.limit()))
                .isEqualTo(IpAddress.parse("2001:db8::53").toBytes());
        ByteBuffer server = reply.option(2).orElseThrow();
        assertThat(HexFormat.of().formatHex(Packet.bytes(server, 0, server.limit())))
                .isEqualTo("00030001025745465401");
    }

    @Test
    void aRequestAndARenewalAreAnsweredWithAReply() {
        for (int type : new int[] {3, 5}) {
            Dhcpv6Message reply = message(Fixture.answer(withType("dhcpv6-request", type), STATEFUL));
            assertThat(reply.type()).isEqualTo(7);
            assertThat(leased(reply)).containsExactly(IpAddress.parse("2001:db8::5"));
        }
    }

    @Test
    void aRequestToAnotherServerIsNotAnswered() {
        byte[] frame = Fixture.golden("dhcpv6-request");
        // Client identifier (4 + 14), then the server's: its last byte.
        frame[14 + 40 + 8 + 4 + 18 + 4 + 9] ^= 1;
        assertThat(Responders.answer(frame, STATEFUL)).isEmpty();
    }

    @Test
    void aForeignAddressIsWithdrawnWhenItIsRenewed() {
        byte[] frame = withType("dhcpv6-request", 5);
        frame[frame.length - 9] ^= 1;
        Dhcpv6Message reply = message(Fixture.answer(frame, STATEFUL));
        ByteBuffer association = reply.option(3).orElseThrow();
        List<Dhcpv6Message.Option> addresses = Dhcpv6Message.parseOptions(
                        association.slice(12, association.limit() - 12))
                .orElseThrow();
        assertThat(addresses).hasSize(2);
        assertThat(addresses.get(0).value().getInt(20)).isEqualTo(86_400);
        assertThat(addresses.get(1).value().getInt(20)).isZero();
    }

    @Test
    void rapidCommitSkipsTheAdvertisement() {
        byte[] frame = Fixture.golden("dhcpv6-solicit");
        // The elapsed time option (8, length 2) gives its place to rapid commit and padding of an unknown option.
        byte[] longer = java.util.Arrays.copyOf(frame, frame.length + 4);
        longer[frame.length + 1] = 14;
        int length = frame.length - 54 + 4;
        longer[18] = longer[58] = (byte) (length >>> 8);
        longer[19] = longer[59] = (byte) length;
        Dhcpv6Message reply = message(Fixture.answer(longer, STATEFUL));
        assertThat(reply.type()).isEqualTo(7);
        assertThat(reply.has(14)).isTrue();
    }

    @Test
    void confirmTellsWhetherTheLinkIsTheSame() {
        byte[] request = Fixture.golden("dhcpv6-request");
        // Cut the server identifier (14 bytes after the client's) out: a confirmation names none.
        int at = 14 + 40 + 8 + 4 + 18;
        byte[] frame = new byte[request.length - 14];
        System.arraycopy(request, 0, frame, 0, at);
        System.arraycopy(request, at + 14, frame, at, request.length - at - 14);
        int length = frame.length - 54;
        frame[19] = frame[59] = (byte) length;
        frame[62] = 4;
        assertThat(status(message(Fixture.answer(frame, STATEFUL)))).isZero();
        frame[frame.length - 9 - 15] ^= 1;
        assertThat(status(message(Fixture.answer(frame, STATEFUL)))).isEqualTo(4);
        frame[62] = 6;
        assertThat(leased(message(Fixture.answer(frame, STATEFUL)))).contains(IpAddress.parse("2001:db8::5"));
    }

    @Test
    void releaseAndDeclineAreAcknowledged() {
        for (int type : new int[] {8, 9}) {
            Dhcpv6Message reply = message(Fixture.answer(withType("dhcpv6-request", type), STATEFUL));
            assertThat(status(reply)).isZero();
        }
    }

    @Test
    void aStatelessSubnetGivesOptionsAlone() {
        PortView port = Fixture.port(Ipv6Mode.DHCPV6_STATELESS);
        Dhcpv6Message reply = message(Fixture.answer(Fixture.golden("dhcpv6-information"), port));
        assertThat(reply.type()).isEqualTo(7);
        assertThat(reply.has(23)).isTrue();
        Dhcpv6Message advertise = message(Fixture.answer(Fixture.golden("dhcpv6-solicit"), port));
        assertThat(leased(advertise)).isEmpty();
    }

    @Test
    void slaacAloneHasNoDhcpv6() {
        assertThat(Responders.answer(Fixture.golden("dhcpv6-solicit"), Fixture.port(Ipv6Mode.SLAAC)))
                .isEmpty();
    }
}
