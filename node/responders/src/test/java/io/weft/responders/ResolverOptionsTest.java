package io.weft.responders;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpAddress;
import io.weft.model.Ipv6Mode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What hosts are told about whom to ask for names, and in which domain. */
class ResolverOptionsTest {
    private static final byte[] NAMES = "\3red\7example\0".getBytes(StandardCharsets.US_ASCII);

    private static SubnetView with(SubnetView subnet, String... resolvers) {
        return new SubnetView(
                subnet.cidr(),
                subnet.gateway(),
                subnet.dhcp(),
                subnet.raMode(),
                subnet.addressMode(),
                List.of(resolvers).stream().map(IpAddress::parse).toList(),
                subnet.hostRoutes());
    }

    private static PortView port(String domain, Ipv6Mode mode, String[] ipv4, String[] ipv6) {
        PortView port = Fixture.port(with(Fixture.ipv4(false), ipv4), with(Fixture.ipv6(mode), ipv6), true);
        return new PortView(port.mac(), port.hostname(), domain, port.addresses(), port.options(), port.network());
    }

    private static String answer(String question, PortView port) {
        byte[] frame = Responders.answer(Fixture.golden(question), port).getFirst();
        ByteBuffer payload = Fixture.verified(frame).payload();
        return new String(Packet.bytes(payload, 0, payload.limit()), StandardCharsets.ISO_8859_1);
    }

    private static String text(byte[]... parts) {
        StringBuilder text = new StringBuilder();
        for (byte[] part : parts) {
            text.append(new String(part, StandardCharsets.ISO_8859_1));
        }
        return text.toString();
    }

    private static byte[] address(String address) {
        return IpAddress.parse(address).toBytes();
    }

    @Test
    void aSubnetWithoutResolversNamesTheNode() {
        PortView port = port("red.example.", Ipv6Mode.DHCPV6_STATEFUL, new String[0], new String[0]);
        assertThat(answer("dhcpv4-discover", port))
                .contains(text(new byte[] {6, 4}, address("169.254.169.254")))
                .contains("\17\13red.example");
        assertThat(answer("dhcpv6-solicit", port))
                .contains(text(new byte[] {0, 23, 0, 16}, address("fe80::a9fe:a9fe")))
                .contains(text(new byte[] {0, 24, 0, (byte) NAMES.length}, NAMES));
        assertThat(answer("router-solicitation", port))
                .contains(text(new byte[] {25, 3, 0, 0, 0, 0, 7, 8}, address("fe80::a9fe:a9fe")))
                .contains(text(new byte[] {31, 3, 0, 0, 0, 0, 7, 8}, Arrays.copyOf(NAMES, 16)));
    }

    @Test
    void aSubnetsOwnResolversStandInItsPlace() {
        PortView port = port("", Ipv6Mode.DHCPV6_STATEFUL, new String[] {"10.0.0.53"}, new String[] {"2001:db8::53"});
        assertThat(answer("dhcpv4-discover", port))
                .contains(text(new byte[] {6, 4}, address("10.0.0.53")))
                .doesNotContain(text(new byte[] {6, 4}, address("169.254.169.254")));
        assertThat(answer("dhcpv6-solicit", port))
                .contains(text(new byte[] {0, 23, 0, 16}, address("2001:db8::53")))
                .doesNotContain(text(new byte[] {0, 24, 0}));
        assertThat(answer("router-solicitation", port))
                .contains(text(address("2001:db8::53")))
                .doesNotContain(text(new byte[] {31, 3, 0, 0}));
    }

    @Test
    void theUnspecifiedAddressMeansNoResolver() {
        PortView port = port("", Ipv6Mode.DHCPV6_STATEFUL, new String[] {"0.0.0.0"}, new String[] {"::"});
        assertThat(answer("dhcpv4-discover", port)).doesNotContain("\6\4");
        assertThat(answer("dhcpv6-solicit", port)).doesNotContain(text(new byte[] {0, 23, 0}));
        assertThat(answer("router-solicitation", port)).doesNotContain(text(new byte[] {25, 3, 0, 0}));
    }
}
