package io.weft.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RuleMatchTest {
    private static final Optional<Integer> NONE = Optional.empty();

    private static RuleMatch match(
            IpFamily family, String protocol, Optional<Integer> min, Optional<Integer> max, RuleRemote remote) {
        return new RuleMatch(
                Direction.INGRESS,
                family,
                protocol.isEmpty() ? Optional.empty() : Optional.of(IpProtocol.parse(protocol)),
                min,
                max,
                remote);
    }

    private static RuleMatch match(String protocol, Optional<Integer> min, Optional<Integer> max) {
        return match(IpFamily.IPV4, protocol, min, max, new RuleRemote.Anyone());
    }

    private static void assertRefused(String message, Runnable rule) {
        assertThatThrownBy(rule::run).isInstanceOf(InvalidException.class).hasMessage(message);
    }

    @Test
    void protocolsHaveNamesAndNumbers() {
        assertThat(IpProtocol.parse("TCP")).isEqualTo(new IpProtocol("tcp", 6));
        assertThat(IpProtocol.parse("132")).isEqualTo(new IpProtocol("132", 132));
        assertThat(IpProtocol.parse("132").hasPorts()).isTrue();
        for (String wrong : List.of("", "256", "-1", "tcpp", "1000")) {
            assertThatThrownBy(() -> IpProtocol.parse(wrong))
                    .isInstanceOf(InvalidException.class)
                    .hasMessageContaining("not supported");
        }
    }

    @Test
    void portsBelongToProtocolsThatHaveThem() {
        assertRefused("Must also specify protocol if port range is given.", () -> match("", Optional.of(1), NONE));
        assertRefused(
                "For TCP/UDP protocols, port_range_min must be <= port_range_max",
                () -> match("tcp", Optional.of(2), Optional.of(1)));
        assertRefused(
                "For TCP/UDP protocols, port_range_min must be <= port_range_max",
                () -> match("tcp", Optional.of(2), NONE));
        assertRefused("Invalid value for port 0", () -> match("udp", Optional.of(0), Optional.of(9)));
        assertRefused("Invalid value for port 65536", () -> match("udp", Optional.of(1), Optional.of(65536)));
        assertRefused(
                "Ports cannot be specified for protocol 47. Ports are only supported for DCCP, SCTP, TCP, UDP, UDPLITE.",
                () -> match("gre", Optional.of(1), Optional.of(2)));
    }

    @Test
    void icmpHasATypeAndPerhapsACode() {
        assertThat(match("icmp", Optional.of(0), NONE).portRangeMin()).contains(0);
        assertRefused(
                "ICMP code (port-range-max) 3 is provided but ICMP type (port-range-min) is missing.",
                () -> match("icmp", NONE, Optional.of(3)));
        assertRefused(
                "Invalid value for ICMP type (port_range_min) 256. It must be 0 to 255.",
                () -> match("icmp", Optional.of(256), NONE));
    }

    @Test
    void familiesAreNotMixed() {
        assertRefused(
                "Conflicting value ethertype IPv4 for CIDR 2001:db8::/32",
                () -> match(IpFamily.IPV4, "", NONE, NONE, RuleRemote.Prefix.parse("2001:db8::/32")));
        assertRefused("Invalid ethertype IPv4 for protocol ipv6-icmp.", () -> match("ipv6-icmp", NONE, NONE));
        assertRefused("Invalid ethertype IPv4 for protocol 58.", () -> match("58", NONE, NONE));
    }

    @Test
    void whatMeansTheSameIsMadeTheSame() {
        RuleRemote anyone = new RuleRemote.Anyone();
        assertThat(match(IpFamily.IPV6, "icmp", NONE, NONE, anyone).protocol())
                .contains(new IpProtocol("ipv6-icmp", 58));
        assertThat(match(IpFamily.IPV6, "1", NONE, NONE, anyone).protocol()).contains(new IpProtocol("58", 58));
        assertThat(match("tcp", Optional.of(1), Optional.of(65535)).portRangeMin())
                .isEmpty();
        assertThat(RuleRemote.Prefix.parse("10.0.0.5/24").prefix()).isEqualTo(IpPrefix.parse("10.0.0.0/24"));
        assertThat(RuleRemote.Prefix.parse("10.0.0.5")).hasToString("10.0.0.5/32");
    }

    @Test
    void duplicatesAreFoundWhateverTheyAreCalled() {
        RuleMatch web = match("tcp", Optional.of(80), Optional.of(80));
        assertThat(web.isDuplicateOf(match("6", Optional.of(80), Optional.of(80))))
                .isTrue();
        assertThat(web.isDuplicateOf(web.withRemote(RuleRemote.Prefix.parse("0.0.0.0/0"))))
                .isTrue();
        assertThat(web.isDuplicateOf(web.withRemote(RuleRemote.Prefix.parse("10.0.0.0/8"))))
                .isFalse();
        assertThat(web.isDuplicateOf(web.withRemote(new RuleRemote.Group(new UUID(0, 1)))))
                .isFalse();
        assertThat(web.isDuplicateOf(match("tcp", Optional.of(80), Optional.of(81))))
                .isFalse();
        assertThat(web.isDuplicateOf(match("udp", Optional.of(80), Optional.of(80))))
                .isFalse();
    }
}
