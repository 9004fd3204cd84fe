package io.weft.model;

import java.util.Locale;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * An IP protocol as a rule names it: by one of Neutron's names or by its number (IANA, Protocol Numbers).
 *
 * @param text the name in lower case, or the number
 * @param number the number, 0 to 255
 */
public record IpProtocol(String text, int number) {
    /** ICMP for IPv4 (RFC 792). */
    public static final int ICMP = 1;

    /** ICMP for IPv6 (RFC 4443). */
    public static final int ICMPV6 = 58;

    private static final Map<String, Integer> NUMBERS = Map.ofEntries(
            Map.entry("hopopt", 0),
            Map.entry("ip", 0),
            Map.entry("icmp", ICMP),
            Map.entry("igmp", 2),
            Map.entry("ipip", 4),
            Map.entry("tcp", 6),
            Map.entry("egp", 8),
            Map.entry("udp", 17),
            Map.entry("dccp", 33),
            Map.entry("ipv6-encap", 41),
            Map.entry("ipv6-route", 43),
            Map.entry("ipv6-frag", 44),
            Map.entry("rsvp", 46),
            Map.entry("gre", 47),
            Map.entry("esp", 50),
            Map.entry("ah", 51),
            Map.entry("icmpv6", ICMPV6),
            Map.entry("ipv6-icmp", ICMPV6),
            Map.entry("ipv6-nonxt", 59),
            Map.entry("ipv6-opts", 60),
            Map.entry("ospf", 89),
            Map.entry("vrrp", 112),
            Map.entry("pgm", 113),
            Map.entry("sctp", 132),
            Map.entry("udplite", 136));

    /** TCP, UDP, DCCP, SCTP and UDP-Lite. */
    private static final Set<Integer> WITH_PORTS = Set.of(6, 17, 33, 132, 136);

    private static final Set<Integer> IPV6_ONLY = Set.of(41, 43, 44, ICMPV6, 59, 60);

    /**
     * Reads a name, in any case, or a number.
     *
     * @throws InvalidException when it is neither; the field is {@code protocol}
     */
    public static IpProtocol parse(String text) {
        String name = text.toLowerCase(Locale.ROOT);
        Integer number = NUMBERS.get(name);
        if (number != null) {
            return new IpProtocol(name.intern(), number);
        }
        boolean digits = !text.isEmpty() && text.length() <= 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || Integer.parseInt(text) > 255) {
            throw new InvalidException(
                    "protocol",
                    "Security group rule protocol " + text + " not supported. Only protocol values "
                            + String.join(", ", new TreeSet<>(NUMBERS.keySet()))
                            + " and integer representations [0 to 255] are supported.");
        }
        return new IpProtocol(Integer.toString(Integer.parseInt(text)), Integer.parseInt(text));
    }

    /** The names that {@link #parse} knows, in their order. */
    public static SequencedSet<String> names() {
        return new TreeSet<>(NUMBERS.keySet());
    }

    /** Whether its packets have ports. */
    public boolean hasPorts() {
        return WITH_PORTS.contains(number);
    }

    /** Whether it is ICMP of either family. */
    public boolean isIcmp() {
        return number == ICMP || number == ICMPV6;
    }

    /** Whether it has no meaning in IPv4. */
    public boolean isIpv6Only() {
        return IPV6_ONLY.contains(number);
    }

    /** The protocol that is meant in a rule of this family: in IPv6 all names of ICMP are ICMPv6's. */
    IpProtocol in(IpFamily family) {
        if (family != IpFamily.IPV6) {
            return this;
        }
        return switch (text) {
            case "icmp", "icmpv6" -> new IpProtocol("ipv6-icmp", ICMPV6);
            case "1" -> new IpProtocol("58", ICMPV6);
            default -> this;
        };
    }

    @Override
    public String toString() {
        return text;
    }
}
