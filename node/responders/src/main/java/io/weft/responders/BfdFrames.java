package io.weft.responders;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.Optional;

/**
 * Control packets of BFD in Ethernet frames, between neighbours on a link (RFC 5881): UDP with a hop limit of 255, which no router
 * can have passed on (RFC 5082).
 */
public final class BfdFrames {
    /** Where control packets are sent to. */
    public static final int PORT = 3784;

    private static final int HOP_LIMIT = 255;
    private static final int FIRST_SOURCE_PORT = 49152;
    private static final int SOURCE_PORTS = 16384;

    private BfdFrames() {}

    /** A control packet that has come. */
    public record Received(IpAddress source, IpAddress destination, BfdPacket packet) {}

    /** A frame with a control packet; its source port is the session's own. */
    public static byte[] frame(
            MacAddress from, MacAddress to, IpAddress source, IpAddress destination, BfdPacket packet) {
        int port = FIRST_SOURCE_PORT + Math.floorMod(packet.own(), SOURCE_PORTS);
        return Packet.udpFrame(from, to, source, destination, port, PORT, HOP_LIMIT, packet.write());
    }

    /** What a frame from a neighbour says; empty for all else. */
    public static Optional<Received> read(byte[] frame) {
        return Packet.parse(frame)
                .filter(packet -> packet.protocol() == Packet.UDP
                        && packet.destinationPort() == PORT
                        && packet.hopLimit() == HOP_LIMIT)
                .flatMap(packet -> BfdPacket.read(packet.payload())
                        .map(control -> new Received(packet.source(), packet.destination(), control)));
    }
}
