package io.weft.kernel.netlink;

import io.weft.kernel.Errno;
import io.weft.kernel.KernelException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Links in messages (linux/if_link.h). */
final class LinkCodec {
    static final int NEW = 16;
    static final int DELETE = 17;
    static final int GET = 18;
    static final int SET = 19;

    static final int ADDRESS = 1;
    static final int NAME = 3;
    static final int MTU = 4;
    private static final int LOWER = 5;
    static final int MASTER = 10;
    private static final int STATE = 16;
    private static final int INFO = 18;
    static final int ALIAS = 20;
    static final int NAMESPACE_FD = 28;
    private static final int PEER_NAMESPACE = 37;

    private static final int INFO_KIND = 1;
    private static final int INFO_DATA = 2;
    private static final int VETH_PEER = 1;
    private static final int VLAN_ID = 1;
    private static final int VXLAN_ID = 1;
    private static final int VXLAN_LEARNING = 7;
    private static final int VXLAN_PORT = 15;
    private static final int VXLAN_UDP_CHECKSUM = 18;
    private static final int VXLAN_ZERO_CHECKSUM6_TX = 19;
    private static final int VXLAN_ZERO_CHECKSUM6_RX = 20;
    private static final int VXLAN_COLLECT_METADATA = 25;

    private static final int LONGEST_NAME = 15;

    private LinkCodec() {}

    static void requireName(String name) {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > LONGEST_NAME || name.contains("/") || name.contains(" ")) {
            throw new KernelException("link '" + name + "'", Errno.EINVAL, "no valid interface name");
        }
    }

    static MessageWriter create(LinkEnd end, String kind) {
        MessageWriter message =
                new MessageWriter(NEW, MessageWriter.ACK | MessageWriter.CREATE | MessageWriter.EXCLUSIVE);
        message.link(0, 0, 0);
        end(message, end);
        int info = message.begin(INFO);
        message.string(INFO_KIND, kind);
        return message.end(info);
    }

    static MessageWriter createVeth(LinkEnd end, LinkEnd peer) {
        MessageWriter message =
                new MessageWriter(NEW, MessageWriter.ACK | MessageWriter.CREATE | MessageWriter.EXCLUSIVE);
        message.link(0, 0, 0);
        end(message, end);
        int info = message.begin(INFO);
        message.string(INFO_KIND, "veth");
        int data = message.begin(INFO_DATA);
        int other = message.begin(VETH_PEER);
        message.link(0, 0, 0);
        end(message, peer);
        return message.end(other).end(data).end(info);
    }

    static MessageWriter createVlan(LinkEnd end, int lower, int id) {
        MessageWriter message =
                new MessageWriter(NEW, MessageWriter.ACK | MessageWriter.CREATE | MessageWriter.EXCLUSIVE);
        message.link(0, 0, 0);
        end(message, end);
        message.integer(LOWER, lower);
        int info = message.begin(INFO);
        message.string(INFO_KIND, "vlan");
        int data = message.begin(INFO_DATA);
        message.shortInteger(VLAN_ID, id);
        return message.end(data).end(info);
    }

    static MessageWriter createVxlan(LinkEnd end, int port) {
        MessageWriter message =
                new MessageWriter(NEW, MessageWriter.ACK | MessageWriter.CREATE | MessageWriter.EXCLUSIVE);
        message.link(0, 0, 0);
        end(message, end);
        int info = message.begin(INFO);
        message.string(INFO_KIND, "vxlan");
        int data = message.begin(INFO_DATA);
        message.integer(VXLAN_ID, 0)
                .octet(VXLAN_LEARNING, 0)
                .attribute(VXLAN_PORT, new byte[] {(byte) (port >> 8), (byte) port})
                .octet(VXLAN_UDP_CHECKSUM, 0)
                .octet(VXLAN_ZERO_CHECKSUM6_TX, 1)
                .octet(VXLAN_ZERO_CHECKSUM6_RX, 1)
                .octet(VXLAN_COLLECT_METADATA, 1);
        return message.end(data).end(info);
    }

    /** @param flags to set */
    static MessageWriter set(int index, LinkEnd end, int flags) {
        MessageWriter message = new MessageWriter(SET, MessageWriter.ACK).link(index, flags, flags);
        end(message, end);
        return message;
    }

    private static void end(MessageWriter message, LinkEnd end) {
        message.string(NAME, end.name());
        end.mac().ifPresent(mac -> message.attribute(ADDRESS, mac.toBytes()));
        if (end.mtu() != 0) {
            message.integer(MTU, end.mtu());
        }
        end.namespace().ifPresent(namespace -> message.integer(NAMESPACE_FD, namespace.fd()));
    }

    /** Empty for messages about something else than a link itself, such as a bridge's port. */
    static Optional<Link> decode(int type, ByteBuffer body) {
        if ((type != NEW && type != DELETE) || body.remaining() < 16 || body.get(0) != 0) {
            return Optional.empty();
        }
        Attributes attributes =
                Attributes.of(body.duplicate().order(body.order()).position(16));
        Attributes info = attributes.nested(INFO);
        return Optional.of(new Link(
                body.getInt(4),
                attributes.string(NAME),
                info.string(INFO_KIND),
                attributes.mac(ADDRESS),
                attributes.integer(MTU, 0),
                OperationalState.of(attributes.octet(STATE, 0)),
                body.getInt(8),
                attributes.integer(LOWER, 0),
                attributes.integer(PEER_NAMESPACE, -1),
                attributes.integer(MASTER, 0),
                attributes.string(ALIAS),
                info.string(INFO_KIND).equals("vlan") ? info.nested(INFO_DATA).shortInteger(VLAN_ID, 0) : 0));
    }
}
