package io.weft.agent.trace;

import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Which packet is asked about.
 *
 * @param port the port whose guest sends it
 * @param destination where to
 * @param protocol number of the transport protocol; of ICMP that of the destination's family
 * @param destinationPort of a protocol with ports; 0 otherwise
 * @param sourcePort likewise; of ICMP the identifier
 * @param source the address that it is sent from, if not the one that the guest would choose
 */
record Question(
        UUID port,
        IpAddress destination,
        int protocol,
        int destinationPort,
        int sourcePort,
        Optional<IpAddress> source) {
    private static final Set<String> WORDS =
            Set.of("port_id", "destination", "protocol", "port", "source_port", "source");
    /** From the range that hosts choose from by themselves (RFC 6335). */
    private static final int ANY_PORT = 49_999;

    /** @throws TraceException when a word makes no sense */
    static Question of(Map<String, String> words) {
        for (String word : words.keySet()) {
            if (!WORDS.contains(word)) {
                throw new TraceException("there is no '" + word + "'");
            }
        }
        IpAddress destination = address("destination", required(words, "destination"));
        if (destination.isMulticast() || destination.isUnspecified() || destination.isLoopback()) {
            throw new TraceException("destination: " + destination + " is not an address of a host");
        }
        int protocol = protocol(words.getOrDefault("protocol", "icmp"), destination.isIpv4());
        boolean ports = protocol == Probe.TCP || protocol == Probe.UDP;
        if (ports != words.containsKey("port")) {
            throw new TraceException(ports ? "port: TCP and UDP need one" : "port: this protocol has none");
        }
        Optional<IpAddress> source = Optional.ofNullable(words.get("source")).map(text -> address("source", text));
        if (source.isPresent() && source.get().family() != destination.family()) {
            throw new TraceException("source: not of the destination's family");
        }
        return new Question(
                id(required(words, "port_id")),
                destination,
                protocol,
                ports ? number("port", required(words, "port"), 65_535) : 0,
                words.containsKey("source_port")
                        ? number("source_port", required(words, "source_port"), 65_535)
                        : ANY_PORT,
                source);
    }

    static String required(Map<String, String> words, String name) {
        String value = words.get(name);
        if (value == null) {
            throw new TraceException(name + ": is needed");
        }
        return value;
    }

    static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new TraceException("port_id: '" + text + "' is no id");
        }
    }

    static IpAddress address(String name, String text) {
        try {
            return IpAddress.parse(text);
        } catch (InvalidException e) {
            throw new TraceException(name + ": '" + text + "' is no address");
        }
    }

    static int number(String name, String text, int highest) {
        try {
            int number = Integer.parseInt(text);
            if (number >= 0 && number <= highest) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new TraceException(name + ": '" + text + "' is no number from 0 to " + highest);
    }

    static int protocol(String text, boolean ipv4) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "tcp" -> Probe.TCP;
            case "udp" -> Probe.UDP;
            case "icmp" -> ipv4 ? Probe.ICMP : Probe.ICMPV6;
            case "icmpv6", "ipv6-icmp" -> Probe.ICMPV6;
            default -> number("protocol", text, 255);
        };
    }
}
