package io.weft.kernel.netlink;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Addresses in messages (linux/if_addr.h). */
final class AddressCodec {
    static final int NEW = 20;
    static final int DELETE = 21;
    static final int GET = 22;

    private static final int ADDRESS = 1;
    private static final int LOCAL = 2;
    private static final int FLAGS = 8;
    private static final int NO_DUPLICATE_DETECTION = 2;

    private AddressCodec() {}

    static MessageWriter write(int type, int flags, InterfaceAddress address) {
        MessageWriter message = new MessageWriter(type, flags | MessageWriter.ACK);
        message.bytes(Family.of(address.address()), address.prefixLength(), 0, 0)
                .word(address.interfaceIndex())
                .attribute(LOCAL, address.address())
                .attribute(ADDRESS, address.address());
        if (type == NEW && !address.address().isIpv4()) {
            message.integer(FLAGS, NO_DUPLICATE_DETECTION);
        }
        return message;
    }

    static MessageWriter dump() {
        return new MessageWriter(GET, MessageWriter.DUMP).bytes(0, 0, 0, 0).word(0);
    }

    static Optional<InterfaceAddress> decode(int type, ByteBuffer body) {
        if ((type != NEW && type != DELETE) || body.remaining() < 8) {
            return Optional.empty();
        }
        Attributes attributes =
                Attributes.of(body.duplicate().order(body.order()).position(8));
        // On a point-to-point link ADDRESS is the other end; LOCAL is absent for IPv6 elsewhere.
        Optional<IpAddress> address = attributes.address(LOCAL).or(() -> attributes.address(ADDRESS));
        return address.map(value -> new InterfaceAddress(body.getInt(4), value, Byte.toUnsignedInt(body.get(1))));
    }
}
