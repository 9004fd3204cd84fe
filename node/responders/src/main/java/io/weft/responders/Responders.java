package io.weft.responders;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The way into the responders. Safe for use by any number of threads; never throws on what a guest sends. */
public final class Responders {
    /** How far apart unsolicited router advertisements are at most; the least is a third of it (RFC 4861). */
    public static final Duration ADVERTISEMENT_INTERVAL =
            Duration.ofSeconds(RouterAdvertisements.MAXIMUM_INTERVAL_SECONDS);

    private Responders() {}

    /**
     * Answers one frame of a workload.
     *
     * @param frame an untrusted Ethernet frame, from its destination MAC on, without a checksum at its end
     * @param port the port that it came from
     * @return complete Ethernet frames to send to the workload; empty where no responder speaks
     */
    public static List<byte[]> answer(byte[] frame, PortView port) {
        Optional<Packet> parsed = Packet.parse(frame);
        if (parsed.isEmpty()) {
            return List.of();
        }
        Packet packet = parsed.get();
        if (packet.protocol() == Packet.ICMPV6) {
            return RouterAdvertisements.answer(packet, port);
        }
        if (packet.source().isIpv4()) {
            return packet.destinationPort() == Dhcpv4Message.SERVER_PORT
                    ? Dhcpv4Responder.answer(packet, port).stream().toList()
                    : List.of();
        }
        return packet.destinationPort() == Dhcpv6Message.SERVER_PORT
                ? Dhcpv6Responder.answer(packet, port).stream().toList()
                : List.of();
    }

    /**
     * The router advertisements that a port gets from time to time without asking.
     *
     * @param port the port
     * @return complete Ethernet frames; empty when its network advertises nothing
     */
    public static List<byte[]> advertisements(PortView port) {
        return RouterAdvertisements.unsolicited(port);
    }
}
