package io.weft.kernel.netlink;

import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Routes in messages (linux/rtnetlink.h). */
final class RouteCodec {
    static final int NEW = 24;
    static final int DELETE = 25;
    static final int GET = 26;

    private static final int DESTINATION = 1;
    private static final int INTERFACE = 4;
    private static final int GATEWAY = 5;
    private static final int PRIORITY = 6;
    private static final int PREFERRED_SOURCE = 7;
    private static final int TABLE = 15;

    private static final int BOOT_PROTOCOL = 3;
    private static final int UNICAST = 1;
    private static final int SCOPE_UNIVERSE = 0;
    private static final int SCOPE_LINK = 253;
    private static final int SCOPE_NOWHERE = 255;

    private RouteCodec() {}

    static MessageWriter write(int type, int flags, Route route) {
        IpAddress destination = route.destination().address();
        int scope = type == DELETE
                ? SCOPE_NOWHERE
                : route.gateway().isPresent() || !destination.isIpv4() ? SCOPE_UNIVERSE : SCOPE_LINK;
        int protocol = type == DELETE ? 0 : BOOT_PROTOCOL;
        MessageWriter message = new MessageWriter(type, flags | MessageWriter.ACK)
                .bytes(
                        Family.of(destination),
                        route.destination().length(),
                        0,
                        0,
                        0,
                        protocol,
                        scope,
                        type == DELETE ? 0 : UNICAST)
                .word(0)
                .attribute(DESTINATION, destination)
                .integer(TABLE, route.table());
        route.gateway().ifPresent(gateway -> message.attribute(GATEWAY, gateway));
        route.source().ifPresent(source -> message.attribute(PREFERRED_SOURCE, source));
        if (route.interfaceIndex() != 0) {
            message.integer(INTERFACE, route.interfaceIndex());
        }
        if (route.metric() != 0) {
            message.integer(PRIORITY, route.metric());
        }
        return message;
    }

    static MessageWriter dump(int family) {
        return new MessageWriter(GET, MessageWriter.DUMP)
                .bytes(family, 0, 0, 0, 0, 0, 0, 0)
                .word(0);
    }

    /** Empty for what is no unicast route: local and broadcast entries, multicast, black holes. */
    static Optional<Route> decode(int type, ByteBuffer body) {
        if ((type != NEW && type != DELETE) || body.remaining() < 12 || body.get(7) != UNICAST) {
            return Optional.empty();
        }
        IpFamily family;
        if (body.get(0) == Family.INET) {
            family = IpFamily.IPV4;
        } else if (body.get(0) == Family.INET6) {
            family = IpFamily.IPV6;
        } else {
            return Optional.empty();
        }
        Attributes attributes =
                Attributes.of(body.duplicate().order(body.order()).position(12));
        IpAddress destination = attributes
                .address(DESTINATION)
                .orElse(family == IpFamily.IPV4 ? IpAddress.ofIpv4(0) : IpAddress.ofIpv6(0, 0));
        return Optional.of(new Route(
                new IpPrefix(destination, Byte.toUnsignedInt(body.get(1))),
                attributes.address(GATEWAY),
                attributes.integer(INTERFACE, 0),
                attributes.address(PREFERRED_SOURCE),
                attributes.integer(TABLE, Byte.toUnsignedInt(body.get(4))),
                attributes.integer(PRIORITY, 0)));
    }
}
