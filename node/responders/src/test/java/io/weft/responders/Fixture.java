package io.weft.responders;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.DhcpOption;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import io.weft.model.Route;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A port with an IPv4 and an IPv6 address, and frames that an independent tool (scapy) built for it. */
final class Fixture {
    static final MacAddress MAC = MacAddress.parse("fa:16:3e:00:00:05");
    static final MacAddress ROUTER_MAC = MacAddress.parse("fa:16:3e:00:00:01");

    private Fixture() {}

    static SubnetView ipv4(boolean routes) {
        return new SubnetView(
                IpPrefix.parse("10.0.0.0/24"),
                Optional.of(IpAddress.parse("10.0.0.1")),
                true,
                Ipv6Mode.NONE,
                Ipv6Mode.NONE,
                List.of(IpAddress.parse("10.0.0.53")),
                routes ? List.of(new Route(IpPrefix.parse("192.168.0.0/22"), IpAddress.parse("10.0.0.9"))) : List.of());
    }

    static SubnetView ipv6(Ipv6Mode mode) {
        return new SubnetView(
                IpPrefix.parse("2001:db8::/64"),
                Optional.of(IpAddress.parse("2001:db8::1")),
                true,
                mode,
                mode,
                List.of(IpAddress.parse("2001:db8::53")),
                List.of());
    }

    static PortView port(Ipv6Mode mode, DhcpOption... options) {
        return port(ipv4(true), ipv6(mode), true, options);
    }

    static PortView port(SubnetView four, SubnetView six, boolean router, DhcpOption... options) {
        NetworkView network = new NetworkView(
                1450,
                List.of(four, six),
                router
                        ? List.of(new RouterView(
                                ROUTER_MAC, List.of(IpAddress.parse("10.0.0.1"), IpAddress.parse("2001:db8::1"))))
                        : List.of());
        return new PortView(
                MAC,
                "",
                List.of(
                        new PortView.Address(IpAddress.parse("10.0.0.5"), four),
                        new PortView.Address(IpAddress.parse("2001:db8::5"), six)),
                List.of(options),
                network);
    }

    static DhcpOption option(String name, String value) {
        return new DhcpOption(IpFamily.IPV4, name, value);
    }

    static byte[] golden(String name) {
        try (InputStream in = Objects.requireNonNull(Fixture.class.getResourceAsStream(name + ".hex"), name)) {
            return HexFormat.of().parseHex(new String(in.readAllBytes(), StandardCharsets.US_ASCII).trim());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The only answer, with its checksums verified. */
    static Packet answer(byte[] frame, PortView port) {
        List<byte[]> answers = Responders.answer(frame, port);
        assertThat(answers).hasSize(1);
        return verified(answers.getFirst());
    }

    static Packet verified(byte[] frame) {
        Packet packet = Packet.parse(frame).orElseThrow();
        int from = 34;
        if (packet.source().isIpv4()) {
            assertThat(Checksum.fold(Checksum.sum(frame, 14, 34)))
                    .as("IPv4 checksum")
                    .isZero();
        } else {
            from = 54;
        }
        byte[] content = java.util.Arrays.copyOfRange(frame, from, frame.length);
        assertThat(Packet.contentChecksum(packet.source(), packet.destination(), packet.protocol(), content))
                .as("checksum of the content")
                .isZero();
        return packet;
    }
}
