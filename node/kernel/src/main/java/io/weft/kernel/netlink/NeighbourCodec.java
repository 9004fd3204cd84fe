package io.weft.kernel.netlink;

import java.nio.ByteBuffer;
import java.util.Optional;

/** Neighbours in messages (linux/neighbour.h). */
final class NeighbourCodec {
    static final int NEW = 28;
    static final int DELETE = 29;
    static final int GET = 30;

    private static final int DESTINATION = 1;
    private static final int MAC = 2;

    private NeighbourCodec() {}

    static MessageWriter write(int type, int flags, Neighbour neighbour) {
        MessageWriter message = new MessageWriter(type, flags | MessageWriter.ACK)
                .bytes(Family.of(neighbour.address()), 0, 0, 0)
                .word(neighbour.interfaceIndex())
                .bytes(neighbour.state().number(), 0, 0, 0)
                .attribute(DESTINATION, neighbour.address());
        neighbour.mac().ifPresent(mac -> message.attribute(MAC, mac.toBytes()));
        return message;
    }

    static MessageWriter dump() {
        return new MessageWriter(GET, MessageWriter.DUMP)
                .bytes(0, 0, 0, 0)
                .word(0)
                .bytes(0, 0, 0, 0);
    }

    /** Empty for entries of bridges and other families. */
    static Optional<Neighbour> decode(int type, ByteBuffer body) {
        if ((type != NEW && type != DELETE)
                || body.remaining() < 12
                || body.get(0) != Family.INET && body.get(0) != Family.INET6) {
            return Optional.empty();
        }
        Attributes attributes =
                Attributes.of(body.duplicate().order(body.order()).position(12));
        return attributes
                .address(DESTINATION)
                .map(address -> new Neighbour(
                        body.getInt(4),
                        address,
                        attributes.mac(MAC),
                        Neighbour.State.of(Short.toUnsignedInt(body.getShort(8)))));
    }
}
