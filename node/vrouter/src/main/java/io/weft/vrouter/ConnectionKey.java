package io.weft.vrouter;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What names a connection: a port of this node, and addresses and ports as its guest sees them.
 *
 * @param port {@link Port#number}
 * @param protocol of the transport layer
 * @param local the guest's address
 * @param localPort the guest's port; of ICMP and ICMPv6 the identifier; 0 where a protocol has no ports
 * @param remote the other end's address
 * @param remotePort the other end's port; of ICMP and ICMPv6 the type of the request
 * @param localQuery of ICMP and ICMPv6: whether it was the guest who asked
 * @param role what stands under it
 */
@SuppressWarnings("EnumOrdinal") // the order is that of the C enum, which is the origin
public record ConnectionKey(
        int port,
        int protocol,
        IpAddress local,
        int localPort,
        IpAddress remote,
        int remotePort,
        boolean localQuery,
        Role role) {
    /** In the order of {@code enum connection_role}. */
    public enum Role {
        /** A connection. */
        CONNECTION,
        /** What a guest sends to a virtual address, which is the remote end. */
        TO_MEMBER,
        /** What a guest gets from a member, which is the remote end, in the name of a virtual address. */
        FROM_MEMBER
    }

    static final int ICMP = 1;
    static final int ICMPV6 = 58;

    static final Codec<ConnectionKey> CODEC = new Codec<>(40, ConnectionKey::write, ConnectionKey::read);

    /** A connection of a protocol with ports, or without any. */
    public ConnectionKey(int port, int protocol, IpAddress local, int localPort, IpAddress remote, int remotePort) {
        this(port, protocol, local, localPort, remote, remotePort, false);
    }

    /** A connection. */
    public ConnectionKey(
            int port,
            int protocol,
            IpAddress local,
            int localPort,
            IpAddress remote,
            int remotePort,
            boolean localQuery) {
        this(port, protocol, local, localPort, remote, remotePort, localQuery, Role.CONNECTION);
    }

    private boolean isIcmp() {
        return protocol == (remote.isIpv4() ? ICMP : ICMPV6);
    }

    static void write(ConnectionKey key, ByteBuffer out) {
        out.putShort((short) key.port).put((byte) key.protocol).put((byte) key.role.ordinal());
        ByteOrder order = out.order();
        out.order(ByteOrder.BIG_ENDIAN).putShort((short) key.localPort);
        if (key.isIcmp()) {
            out.order(order).putShort((short) (key.remotePort << 8 | (key.localQuery ? 1 : 0)));
        } else {
            out.putShort((short) key.remotePort).order(order);
        }
        Codec.putAddress(out, key.local);
        Codec.putAddress(out, key.remote);
    }

    static ConnectionKey read(ByteBuffer in) {
        int port = in.getShort() & 0xffff;
        int protocol = in.get() & 0xff;
        Role role = Role.values()[in.get()];
        ByteOrder order = in.order();
        int localPort = in.order(ByteOrder.BIG_ENDIAN).getShort() & 0xffff;
        in.mark();
        int remotePort = in.getShort() & 0xffff;
        in.reset();
        int query = in.order(order).getShort() & 0xffff;
        IpAddress local = Codec.getAddress(in);
        IpAddress remote = Codec.getAddress(in);
        return protocol == (remote.isIpv4() ? ICMP : ICMPV6)
                ? new ConnectionKey(port, protocol, local, localPort, remote, query >>> 8, (query & 1) != 0, role)
                : new ConnectionKey(port, protocol, local, localPort, remote, remotePort, false, role);
    }
}
