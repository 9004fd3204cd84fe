package io.weft.agent.services;

import io.weft.agent.attach.Attacher;
import io.weft.agent.tables.ClientAddresses;
import io.weft.kernel.namespace.NetworkNamespace;
import io.weft.kernel.netlink.InterfaceAddress;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.kernel.netlink.Neighbour;
import io.weft.kernel.netlink.Route;
import io.weft.kernel.netlink.RouteNetlink;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.responders.NetworkView;
import io.weft.responders.SubnetView;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The namespace in which the services listen. It has no name and ends with this process; in it are one end of a veth
 * pair with the services' addresses, and routes to what stands for the ports, which the data path takes from the other
 * end. There is no way out of it but that.
 */
public final class ServiceNamespace implements AutoCloseable {
    /** The host's end of the pair. */
    public static final String DEVICE = "weft-services";

    /** Where guests find the services. */
    public static final IpAddress IPV4 = SubnetView.NODE_IPV4;

    /** Where guests find the services in IPv6, on their own link. */
    public static final IpAddress IPV6 = SubnetView.NODE_IPV6;

    private static final String INSIDE = "services";
    private static final IpAddress GATEWAY4 = IpAddress.parse("169.254.0.1");
    private static final IpAddress GATEWAY6 = IpAddress.parse("fe80::1");
    private static final MacAddress GATEWAY_MAC = NetworkView.RESPONDER_MAC;

    private static final int BACKLOG = 256;

    private final NetworkNamespace namespace;
    private final int device;
    private final int inside;

    private ServiceNamespace(NetworkNamespace namespace, int device, int inside) {
        this.namespace = namespace;
        this.device = device;
        this.inside = inside;
    }

    /**
     * Makes it, in place of one that a former process left.
     *
     * @param host of the host's namespace
     * @throws io.weft.kernel.KernelException when the kernel refuses
     */
    public static ServiceNamespace create(RouteNetlink host) {
        host.deleteLink(DEVICE);
        NetworkNamespace namespace = NetworkNamespace.createAnonymous(INSIDE);
        try {
            // No addresses but those that are given, and no words but answers.
            namespace.sysctl("ipv6/conf/default/addr_gen_mode", "1");
            namespace.sysctl("ipv6/conf/default/accept_ra", "0");
            host.createVeth(LinkEnd.of(DEVICE), LinkEnd.of(INSIDE).in(namespace));
            Attacher.withoutIpv6(DEVICE);
            int device = index(host, DEVICE);
            host.setUp(device, true);
            try (RouteNetlink netlink = RouteNetlink.open(namespace)) {
                int inside = index(netlink, INSIDE);
                netlink.setUp(inside, true);
                netlink.addAddress(new InterfaceAddress(inside, IPV4, 16));
                netlink.addAddress(new InterfaceAddress(inside, IPV6, 64));
                netlink.setNeighbour(Neighbour.permanent(inside, GATEWAY4, GATEWAY_MAC));
                netlink.setNeighbour(Neighbour.permanent(inside, GATEWAY6, GATEWAY_MAC));
                netlink.addRoute(route(ClientAddresses.PREFIX4, GATEWAY4, inside));
                netlink.addRoute(route(ClientAddresses.PREFIX6, GATEWAY6, inside));
                return new ServiceNamespace(namespace, device, inside);
            }
        } catch (RuntimeException e) {
            namespace.close();
            throw e;
        }
    }

    private static Route route(IpPrefix destination, IpAddress gateway, int device) {
        return new Route(destination, Optional.of(gateway), device, Optional.empty(), Route.MAIN, 0);
    }

    private static int index(RouteNetlink netlink, String name) {
        return netlink.link(name)
                .orElseThrow(() -> new IllegalStateException("device " + name + " is gone"))
                .index();
    }

    /** The host's end of the pair. */
    public int device() {
        return device;
    }

    /**
     * A listening socket of TCP on each of the services' addresses. Only the sockets are made inside: a thread that
     * began there would stay there, and lead whatever it starts astray.
     */
    List<ServerSocketChannel> listen(int port) {
        return namespace.call(() -> {
            List<ServerSocketChannel> sockets = new ArrayList<>();
            for (String address : addresses()) {
                ServerSocketChannel socket = ServerSocketChannel.open();
                sockets.add(socket);
                socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port), BACKLOG);
            }
            return sockets;
        });
    }

    /** A socket of UDP on each of the services' addresses. */
    List<DatagramChannel> datagrams(int port) {
        return namespace.call(() -> {
            List<DatagramChannel> sockets = new ArrayList<>();
            for (String address : addresses()) {
                DatagramChannel socket = DatagramChannel.open();
                sockets.add(socket);
                socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port));
            }
            return sockets;
        });
    }

    /** By number: the Java runtime would look the name of a device up in another namespace. */
    private List<String> addresses() {
        return List.of(IPV4.toString(), IPV6 + "%" + inside);
    }

    @Override
    public void close() {
        namespace.close();
    }
}
