package io.weft.responders;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpAddress;
import io.weft.model.Ipv6Mode;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RouterAdvertisementsTest {
    private static Map<Integer, ByteBuffer> options(Packet packet) {
        Map<Integer, ByteBuffer> options = new HashMap<>();
        ByteBuffer message = packet.payload();
        assertThat(message.get(0)).isEqualTo((byte) 134);
        assertThat(packet.hopLimit()).isEqualTo(255);
        for (int at = 16; at < message.limit(); at += message.get(at + 1) * 8) {
            options.put((int) message.get(at), message.slice(at, message.get(at + 1) * 8));
        }
        return options;
    }

    private static ByteBuffer option(Packet packet, int number) {
        return Objects.requireNonNull(options(packet).get(number));
    }

    @Test
    void aSolicitationIsAnsweredWithPrefixMtuResolverAndTheRoutersMac() {
        Packet packet = Fixture.answer(Fixture.golden("router-solicitation"), Fixture.port(Ipv6Mode.SLAAC));
        assertThat(packet.source()).isEqualTo(IpAddress.parse("fe80::f816:3eff:fe00:1"));
        assertThat(packet.destination()).isEqualTo(IpAddress.parse("fe80::f816:3eff:fe00:5"));
        assertThat(packet.payload().get(5)).isZero();
        assertThat(packet.payload().getShort(6)).isEqualTo((short) 1800);
        assertThat(Packet.bytes(option(packet, 1), 2, 6)).isEqualTo(Fixture.ROUTER_MAC.toBytes());
        assertThat(option(packet, 5).getInt(4)).isEqualTo(1450);
        assertThat(option(packet, 3).get(2)).isEqualTo((byte) 64);
        assertThat(option(packet, 3).get(3)).isEqualTo((byte) 0xc0);
        assertThat(Packet.bytes(option(packet, 3), 16, 16))
                .isEqualTo(IpAddress.parse("2001:db8::").toBytes());
        assertThat(option(packet, 25).getInt(4)).isEqualTo(1800);
        assertThat(Packet.bytes(option(packet, 25), 8, 16))
                .isEqualTo(IpAddress.parse("2001:db8::53").toBytes());
    }

    @Test
    void theModeDecidesOnTheFlags() {
        byte[] frame = Fixture.golden("router-solicitation");
        Packet stateless = Fixture.answer(frame, Fixture.port(Ipv6Mode.DHCPV6_STATELESS));
        assertThat(stateless.payload().get(5)).isEqualTo((byte) 0x40);
        assertThat(option(stateless, 3).get(3)).isEqualTo((byte) 0xc0);
        Packet stateful = Fixture.answer(frame, Fixture.port(Ipv6Mode.DHCPV6_STATEFUL));
        assertThat(stateful.payload().get(5)).isEqualTo((byte) 0x80);
        assertThat(option(stateful, 3).get(3)).isEqualTo((byte) 0x80);
        assertThat(Responders.answer(frame, Fixture.port(Ipv6Mode.NONE))).isEmpty();
    }

    @Test
    void withoutARouterThePrefixIsAdvertisedByNoRouter() {
        PortView port = Fixture.port(Fixture.ipv4(false), Fixture.ipv6(Ipv6Mode.SLAAC), false);
        Packet packet = Fixture.answer(Fixture.golden("router-solicitation"), port);
        assertThat(packet.payload().getShort(6)).isZero();
        assertThat(options(packet)).containsKey(3);
    }

    @Test
    void anInvalidSolicitationIsNotAnswered() {
        PortView port = Fixture.port(Ipv6Mode.SLAAC);
        byte[] hops = Fixture.golden("router-solicitation");
        hops[21] = 64;
        assertThat(Responders.answer(hops, port)).isEmpty();
        byte[] option = Fixture.golden("router-solicitation");
        option[14 + 40 + 9] = 0;
        assertThat(Responders.answer(option, port)).isEmpty();
    }

    @Test
    void unsolicitedOnesGoToAllNodes() {
        List<byte[]> frames = Responders.advertisements(Fixture.port(Ipv6Mode.SLAAC));
        assertThat(frames).hasSize(1);
        assertThat(Fixture.verified(frames.getFirst()).destination()).isEqualTo(IpAddress.parse("ff02::1"));
        assertThat(frames.getFirst()).startsWith(0x33, 0x33, 0, 0, 0, 1);
    }
}
