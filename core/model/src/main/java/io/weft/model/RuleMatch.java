package io.weft.model;

import java.util.Optional;

/**
 * Which packets a rule means (Neutron API v2.0, Security group rules). What names the same packets in two ways is made
 * the same: a range of all ports is none, and in IPv6 ICMP is always ICMPv6.
 *
 * @param direction their direction, as the group's ports see it
 * @param family their family: Neutron's ethertype
 * @param protocol their protocol; empty for any
 * @param portRangeMin the first destination port, 1 to 65535, or the ICMP type, 0 to 255
 * @param portRangeMax the last destination port, or the ICMP code; only with the other
 * @param remote their other end
 */
public record RuleMatch(
        Direction direction,
        IpFamily family,
        Optional<IpProtocol> protocol,
        Optional<Integer> portRangeMin,
        Optional<Integer> portRangeMax,
        RuleRemote remote) {
    private static final int MAX_PORT = 65535;

    public RuleMatch {
        protocol = inFamily(protocol, family);
        if (portRangeMin.orElse(0) == 1 && portRangeMax.orElse(0) == MAX_PORT) {
            portRangeMin = Optional.empty();
            portRangeMax = Optional.empty();
        }
        checkPorts(protocol, portRangeMin, portRangeMax);
        IpProtocol named = protocol.orElse(null);
        Rules.require(
                "protocol",
                family == IpFamily.IPV6 || named == null || !named.isIpv6Only(),
                "Invalid ethertype " + ethertype(family) + " for protocol " + named + ".");
        Rules.require(
                "remote_ip_prefix",
                !(remote instanceof RuleRemote.Prefix prefix)
                        || prefix.address().family() == family,
                "Conflicting value ethertype " + ethertype(family) + " for CIDR " + remote);
    }

    private static Optional<IpProtocol> inFamily(Optional<IpProtocol> protocol, IpFamily family) {
        return protocol.map(p -> p.in(family));
    }

    private static void checkPorts(
            Optional<IpProtocol> protocol, Optional<Integer> portRangeMin, Optional<Integer> portRangeMax) {
        if (portRangeMin.isEmpty() && portRangeMax.isEmpty()) {
            return;
        }
        IpProtocol named = protocol.orElseThrow(
                () -> new InvalidException("protocol", "Must also specify protocol if port range is given."));
        if (named.hasPorts()) {
            Rules.require(
                    "port_range_min",
                    portRangeMin.isPresent() && portRangeMax.isPresent() && portRangeMin.get() <= portRangeMax.get(),
                    "For TCP/UDP protocols, port_range_min must be <= port_range_max");
            checkPort("port_range_min", portRangeMin.get());
            checkPort("port_range_max", portRangeMax.get());
        } else if (named.isIcmp()) {
            portRangeMin.ifPresent(type -> checkIcmp("type", "port_range_min", type));
            portRangeMax.ifPresent(code -> checkIcmp("code", "port_range_max", code));
            Rules.require(
                    "port_range_min",
                    portRangeMin.isPresent(),
                    "ICMP code (port-range-max) " + portRangeMax.orElse(0)
                            + " is provided but ICMP type (port-range-min) is missing.");
        } else {
            throw new InvalidException(
                    "port_range_min",
                    "Ports cannot be specified for protocol " + named.number()
                            + ". Ports are only supported for DCCP, SCTP, TCP, UDP, UDPLITE.");
        }
    }

    private static void checkPort(String field, int port) {
        Rules.require(field, port >= 1 && port <= MAX_PORT, "Invalid value for port " + port);
    }

    private static void checkIcmp(String what, String field, int value) {
        Rules.require(
                field,
                value >= 0 && value <= 255,
                "Invalid value for ICMP " + what + " (" + field + ") " + value + ". It must be 0 to 255.");
    }

    /** Everything in a direction and family. */
    public static RuleMatch all(Direction direction, IpFamily family, RuleRemote remote) {
        return new RuleMatch(direction, family, Optional.empty(), Optional.empty(), Optional.empty(), remote);
    }

    /** The same from or to another end. */
    public RuleMatch withRemote(RuleRemote newRemote) {
        return new RuleMatch(direction, family, protocol, portRangeMin, portRangeMax, newRemote);
    }

    /** Whether the two say the same, in Neutron's eyes: a protocol's name is its number, a block of all is anyone. */
    public boolean isDuplicateOf(RuleMatch other) {
        return direction == other.direction
                && family == other.family
                && protocol.map(IpProtocol::number).equals(other.protocol.map(IpProtocol::number))
                && portRangeMin.equals(other.portRangeMin)
                && portRangeMax.equals(other.portRangeMax)
                && plain(remote).equals(plain(other.remote));
    }

    private static RuleRemote plain(RuleRemote remote) {
        return remote instanceof RuleRemote.Prefix prefix && prefix.length() == 0 ? new RuleRemote.Anyone() : remote;
    }

    /** Neutron's name of a family. */
    public static String ethertype(IpFamily family) {
        return family == IpFamily.IPV4 ? "IPv4" : "IPv6";
    }
}
