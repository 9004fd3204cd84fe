package io.weft.kernel.netlink;

import static io.weft.kernel.netlink.MessageWriter.ACK;
import static io.weft.kernel.netlink.MessageWriter.CREATE;
import static io.weft.kernel.netlink.MessageWriter.DUMP;
import static io.weft.kernel.netlink.MessageWriter.REPLACE;

import io.weft.kernel.Errno;
import io.weft.kernel.KernelException;
import io.weft.kernel.namespace.NetworkNamespace;
import io.weft.model.MacAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Asks for and changes the links, addresses, routes and neighbours of one namespace.
 *
 * <p>Safe for use by several threads; requests go one at a time. What is not there is an empty result or {@code false}
 * where a method says so, and a {@link KernelException} otherwise.
 */
public final class RouteNetlink implements AutoCloseable {
    private static final int PROTOCOL = 0;
    private static final int IFF_UP = 1;
    private static final int IFF_PROMISC = 0x100;

    private final NetlinkSocket socket = new NetlinkSocket(PROTOCOL, 0);

    private RouteNetlink() {}

    /** Opens a socket in the calling thread's namespace. */
    public static RouteNetlink open() {
        return new RouteNetlink();
    }

    /** Opens a socket in a namespace. */
    public static RouteNetlink open(NetworkNamespace namespace) {
        return namespace.call(RouteNetlink::new);
    }

    /** All links. */
    public List<Link> links() {
        return socket.dump(new MessageWriter(LinkCodec.GET, DUMP).link(0, 0, 0), "list links", LinkCodec::decode);
    }

    /** The link of a name. */
    public Optional<Link> link(String name) {
        LinkCodec.requireName(name);
        return find(new MessageWriter(LinkCodec.GET, ACK).link(0, 0, 0).string(LinkCodec.NAME, name), name);
    }

    /** The link of an index. */
    public Optional<Link> link(int index) {
        return find(new MessageWriter(LinkCodec.GET, ACK).link(index, 0, 0), Integer.toString(index));
    }

    private Optional<Link> find(MessageWriter request, String name) {
        try {
            return socket.get(request, "find link " + name, LinkCodec::decode);
        } catch (KernelException e) {
            if (e.errno() == Errno.ENODEV) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Makes a veth pair, both ends down; either may be born in another namespace. */
    public void createVeth(LinkEnd end, LinkEnd peer) {
        socket.change(LinkCodec.createVeth(end, peer), "create veth " + end.name() + " and " + peer.name());
    }

    /**
     * Makes a VXLAN device that takes tunnel key and addresses from each packet's metadata, over IPv4 and IPv6, with
     * UDP checksums of zero sent and taken.
     *
     * @param port UDP; 4789 by RFC 7348
     */
    public void createVxlan(LinkEnd end, int port) {
        socket.change(LinkCodec.createVxlan(end, port), "create vxlan " + end.name());
    }

    /**
     * Makes an 802.1Q device over another of the socket's namespace, down; it may be born in another namespace. A device has
     * one for each VLAN id, wherever that is: {@link Errno#EEXIST} tells that it has it already, or that the name is taken.
     *
     * @param lower index of the device below
     * @param id 1 to 4094
     */
    public void createVlan(LinkEnd end, int lower, int id) {
        socket.change(LinkCodec.createVlan(end, lower, id), "create vlan " + id + " over link " + lower);
    }

    /** Makes a bridge. */
    public void createBridge(LinkEnd end) {
        socket.change(LinkCodec.create(end, "bridge"), "create bridge " + end.name());
    }

    /** Removes a link, with a veth its peer; false when there was none. */
    public boolean deleteLink(int index) {
        return changeUnless(
                Errno.ENODEV, new MessageWriter(LinkCodec.DELETE, ACK).link(index, 0, 0), "delete link " + index);
    }

    /** Removes the link of a name; false when there was none. */
    public boolean deleteLink(String name) {
        LinkCodec.requireName(name);
        return changeUnless(
                Errno.ENODEV,
                new MessageWriter(LinkCodec.DELETE, ACK).link(0, 0, 0).string(LinkCodec.NAME, name),
                "delete link " + name);
    }

    /** Sets a link up or down. */
    public void setUp(int index, boolean up) {
        socket.change(
                new MessageWriter(LinkCodec.SET, ACK).link(index, up ? IFF_UP : 0, IFF_UP),
                "set link " + index + (up ? " up" : " down"));
    }

    /** Gives a link that is down its name, and MAC and MTU where they are said, in one call. */
    public void set(int index, LinkEnd end) {
        socket.change(LinkCodec.set(index, end, 0), "set link " + index + " as " + end.name());
    }

    /** The same, gives it its free text, at most 255 bytes, and sets it up. */
    public void setUp(int index, LinkEnd end, String alias) {
        socket.change(
                LinkCodec.set(index, end, IFF_UP).string(LinkCodec.ALIAS, alias),
                "set link " + index + " up as " + end.name());
    }

    /** Gives a link its free text, at most 255 bytes, and sets it up, in one call. */
    public void setUp(int index, String alias) {
        socket.change(
                new MessageWriter(LinkCodec.SET, ACK)
                        .link(index, IFF_UP, IFF_UP)
                        .string(LinkCodec.ALIAS, alias),
                "set link " + index + " up as " + alias);
    }

    /** Lets a link take frames for all MACs, or for its own and those of its groups only. */
    public void setPromiscuous(int index, boolean promiscuous) {
        socket.change(
                new MessageWriter(LinkCodec.SET, ACK).link(index, promiscuous ? IFF_PROMISC : 0, IFF_PROMISC),
                "set link " + index + (promiscuous ? " promiscuous" : " not promiscuous"));
    }

    /** Sets the MTU in bytes. */
    public void setMtu(int index, int mtu) {
        socket.change(set(index).integer(LinkCodec.MTU, mtu), "set MTU of link " + index);
    }

    /** Sets the MAC address; some kinds of link must be down for it. */
    public void setMac(int index, MacAddress mac) {
        socket.change(set(index).attribute(LinkCodec.ADDRESS, mac.toBytes()), "set MAC of link " + index);
    }

    /** Sets the name; the link must be down, or the kernel 6.2 at least. */
    public void setName(int index, String name) {
        LinkCodec.requireName(name);
        socket.change(set(index).string(LinkCodec.NAME, name), "rename link " + index);
    }

    /** Sets the free text of a link, at most 255 bytes; empty takes it away. */
    public void setAlias(int index, String alias) {
        socket.change(set(index).string(LinkCodec.ALIAS, alias), "set alias of link " + index);
    }

    /** Puts a link under a bridge, or with 0 takes it out. */
    public void setMaster(int index, int master) {
        socket.change(set(index).integer(LinkCodec.MASTER, master), "set master of link " + index);
    }

    /** Moves a link to another namespace under its name; addresses are lost and it is down there. */
    public void moveTo(int index, NetworkNamespace namespace) {
        socket.change(
                set(index).integer(LinkCodec.NAMESPACE_FD, namespace.fd()), "move link " + index + " to " + namespace);
    }

    private static MessageWriter set(int index) {
        return new MessageWriter(LinkCodec.SET, ACK).link(index, 0, 0);
    }

    /** Gives a link the qdisc on which classifiers hang; false when it has one. */
    public boolean addClsact(int index) {
        return changeUnless(Errno.EEXIST, QdiscCodec.clsact(index), "add clsact to link " + index);
    }

    /**
     * Makes a link send by a token bucket, in place of whatever qdisc it had; one of the same handle is changed and loses
     * nothing that waits in it.
     *
     * @param handle the qdisc's, which tells it from others: its lower 16 bits are 0
     */
    public void setTokenBucket(int index, int handle, TokenBucket bucket) {
        socket.change(QdiscCodec.set(index, handle, bucket), "set token bucket of link " + index);
    }

    /** Takes the token bucket of this handle from a link, and drops what waits in it; false when it had none. */
    public boolean deleteTokenBucket(int index, int handle) {
        if (!tokenBuckets(handle).containsKey(index)) {
            return false;
        }
        socket.change(QdiscCodec.delete(index, handle), "delete token bucket of link " + index);
        return true;
    }

    /** The token buckets of this handle, by the interface index of their link. */
    public Map<Integer, TokenBucket> tokenBuckets(int handle) {
        return socket
                .dump(QdiscCodec.dump(), "list qdiscs", (type, body) -> QdiscCodec.decode(type, body, handle))
                .stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue, (one, other) -> other));
    }

    /**
     * Makes a link send by hierarchical token buckets, in place of whatever qdisc it had; if it already does by those of this
     * handle, nothing changes.
     *
     * @param handle the qdisc's, which tells it from others: its lower 16 bits are 0
     * @param defaultClass the minor number of the class of packets whose priority names none; 0 to let those pass at once
     */
    public void setTokenClasses(int index, int handle, int defaultClass) {
        if (!hasTokenClasses(index, handle)) {
            socket.change(ClassCodec.root(index, handle, defaultClass), "set token classes of link " + index);
        }
    }

    /** Whether a link sends by hierarchical token buckets of this handle. */
    public boolean hasTokenClasses(int index, int handle) {
        return socket.dump(
                        QdiscCodec.dump(),
                        "list qdiscs",
                        (type, body) -> QdiscCodec.decodeRoot(type, body, handle, "htb"))
                .contains(index);
    }

    /** Takes hierarchical token buckets of this handle from a link, and drops what waits; false when it had none. */
    public boolean deleteTokenClasses(int index, int handle) {
        if (!hasTokenClasses(index, handle)) {
            return false;
        }
        socket.change(QdiscCodec.delete(index, handle), "delete token classes of link " + index);
        return true;
    }

    /**
     * Makes or changes a class of a link's hierarchical token buckets; what waits in it stays.
     *
     * @param handle the qdisc's
     * @param parent the minor number of the class that it is in; 0 for none
     * @param minor its own, from 1
     */
    public void setTokenClass(int index, int handle, int parent, int minor, TokenClass of) {
        socket.change(
                ClassCodec.set(index, handle | parent, handle | minor, of), "set class " + minor + " of link " + index);
    }

    /** Bounds what waits in a class that has none in it, to the bytes that it says. */
    public void setTokenClassQueue(int index, int handle, int minor, TokenClass of) {
        socket.change(
                ClassCodec.queue(index, handle | minor, of.limit()),
                "set queue of class " + minor + " of link " + index);
    }

    /** Removes a class, and drops what waits in it; false when there was none. */
    public boolean deleteTokenClass(int index, int handle, int minor) {
        return changeUnless(
                Errno.ENOENT, ClassCodec.delete(index, handle | minor), "delete class " + minor + " of link " + index);
    }

    /** The classes of a link's hierarchical token buckets of this handle, by their minor numbers. */
    public Map<Integer, TokenClass> tokenClasses(int index, int handle) {
        return socket
                .dump(ClassCodec.dump(index), "list classes", (type, body) -> ClassCodec.decode(type, body, handle))
                .stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue, (one, other) -> other));
    }

    /** All addresses of both families. */
    public List<InterfaceAddress> addresses() {
        return socket.dump(AddressCodec.dump(), "list addresses", AddressCodec::decode);
    }

    /** Adds or keeps an address; IPv6 is usable at once, without duplicate address detection. */
    public void addAddress(InterfaceAddress address) {
        socket.change(AddressCodec.write(AddressCodec.NEW, CREATE | REPLACE, address), "add address " + address);
    }

    /** Removes an address; false when it was not there. */
    public boolean deleteAddress(InterfaceAddress address) {
        return changeUnless(
                Errno.EADDRNOTAVAIL, AddressCodec.write(AddressCodec.DELETE, 0, address), "delete address " + address);
    }

    /** All unicast routes of both families and all tables. */
    public List<Route> routes() {
        return Stream.of(Family.INET, Family.INET6)
                .flatMap(family -> socket.dump(RouteCodec.dump(family), "list routes", RouteCodec::decode).stream())
                .toList();
    }

    /** Adds a route, or replaces the one to the same destination with the same metric. */
    public void addRoute(Route route) {
        socket.change(RouteCodec.write(RouteCodec.NEW, CREATE | REPLACE, route), "add route to " + route.destination());
    }

    /** Removes a route; false when it was not there. */
    public boolean deleteRoute(Route route) {
        return changeUnless(
                Errno.ESRCH, RouteCodec.write(RouteCodec.DELETE, 0, route), "delete route to " + route.destination());
    }

    /** All neighbours of both families. */
    public List<Neighbour> neighbours() {
        return socket.dump(NeighbourCodec.dump(), "list neighbours", NeighbourCodec::decode);
    }

    /** Adds or replaces a neighbour. */
    public void setNeighbour(Neighbour neighbour) {
        socket.change(
                NeighbourCodec.write(NeighbourCodec.NEW, CREATE | REPLACE, neighbour),
                "set neighbour " + neighbour.address());
    }

    /** Removes a neighbour; false when it was not there. */
    public boolean deleteNeighbour(Neighbour neighbour) {
        return changeUnless(
                Errno.ENOENT,
                NeighbourCodec.write(NeighbourCodec.DELETE, 0, neighbour),
                "delete neighbour " + neighbour.address());
    }

    private boolean changeUnless(int errno, MessageWriter request, String operation) {
        try {
            socket.change(request, operation);
            return true;
        } catch (KernelException e) {
            if (e.errno() == errno) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
