package io.weft.vrouter;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Reads {@code struct event} and what follows it. */
final class EventCodec {
    private static final int DHCPV4 = 1;
    private static final int DHCPV6 = 2;
    private static final int ROUTER_SOLICITATION = 3;
    private static final int LEARNED = 4;

    private EventCodec() {}

    /** The event, or empty for a kind that this build does not know. */
    static Optional<VrouterEvent> decode(MemorySegment record) {
        ByteBuffer in = ByteBuffer.wrap(record.toArray(ValueLayout.JAVA_BYTE)).order(ByteOrder.nativeOrder());
        int kind = in.getInt();
        int ifindex = in.getInt();
        int port = in.getInt();
        int network = in.getInt();
        int length = in.getInt();
        in.getInt();
        in.getLong();
        return switch (kind) {
            case DHCPV4 -> Optional.of(punt(VrouterEvent.Question.DHCPV4, ifindex, port, network, in, length));
            case DHCPV6 -> Optional.of(punt(VrouterEvent.Question.DHCPV6, ifindex, port, network, in, length));
            case ROUTER_SOLICITATION ->
                Optional.of(punt(VrouterEvent.Question.ROUTER_SOLICITATION, ifindex, port, network, in, length));
            case LEARNED -> {
                IpAddress address = Codec.getAddress(in);
                MacAddress mac = Codec.getMac(in);
                yield Optional.of(new VrouterEvent.Learned(network, address, mac, Place.read(in)));
            }
            default -> Optional.empty();
        };
    }

    private static VrouterEvent punt(
            VrouterEvent.Question question, int ifindex, int port, int network, ByteBuffer in, int length) {
        byte[] frame = new byte[length];
        in.get(frame);
        return new VrouterEvent.Punt(question, ifindex, port, network, frame);
    }
}
