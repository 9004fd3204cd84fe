package io.weft.vrouter;

import io.weft.model.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Packets of a workload, or from the tunnel, while they are forwarded, with what the programs decided about each. What is
 * kept and how long is watched are bounded when it begins, which it does by {@link #go}. Any thread may call.
 */
public interface LiveTrace extends AutoCloseable {
    /**
     * Which packets are wanted. Of tunnelled ones the frame inside is looked at. Only the protocol that stands in the IP
     * header is looked at, not what stands behind extension headers.
     *
     * @param network the VNI that the tunnel says; 0 for what a workload sends
     * @param source where from
     * @param destination where to
     * @param protocol the number in the IP header
     * @param sourcePort of TCP and UDP; 0 for any
     * @param destinationPort likewise
     */
    record Filter(
            int network,
            Optional<IpAddress> source,
            Optional<IpAddress> destination,
            OptionalInt protocol,
            int sourcePort,
            int destinationPort) {}

    /**
     * A packet.
     *
     * @param when it came, as {@link System#nanoTime} tells the time
     * @param length bytes of the frame as it came, without a tunnel's header
     * @param came its beginning, from its own Ethernet header on
     * @param trace what was decided; its packet is what left, as far as it was kept
     * @param leftLength of the whole of what left
     */
    @SuppressWarnings("ArrayRecordComponent") // the bytes are this packet's own and nobody compares packets
    record Packet(long when, int length, byte[] came, Trace trace, int leftLength) {
        /** Whether all of what left was kept. */
        public boolean whole() {
            return leftLength == trace.packet().length;
        }
    }

    /** Begins to watch: until now packets have passed unseen. What was kept by an earlier call is kept no more. */
    void go();

    /** Those that have come since and have gone on, in their order. */
    List<Packet> packets();

    /** Whether all that are wanted have come. */
    boolean isFull();

    /** The same, or the time is over. */
    boolean isOver();

    /** Lets the usual programs forward again. */
    @Override
    void close();
}
