package io.weft.agent.drivers;

import io.weft.agent.tables.Neighbourhood;
import io.weft.kernel.Errno;
import io.weft.kernel.KernelException;
import io.weft.kernel.netlink.InterfaceAddress;
import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.kernel.netlink.Route;
import io.weft.kernel.netlink.RouteNetlink;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.vrouter.Underlay;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * This node's side of the tunnel: finds the device that has the tunnel addresses, and sees to it that the VXLAN device is
 * there and up.
 */
public final class TunnelDriver {
    /** The VXLAN device's name. */
    public static final String DEVICE = "weft-vxlan";

    private static final System.Logger LOGGER = System.getLogger(TunnelDriver.class.getName());

    private final RouteNetlink netlink;
    private final List<IpAddress> addresses;
    private final Retry retry = new Retry();
    private Optional<Underlay> present = Optional.empty();
    private Neighbourhood neighbourhood = Neighbourhood.NONE;
    private Optional<String> problem = Optional.empty();
    private boolean pending = true;

    /**
     * @param netlink of the host's namespace
     * @param addresses the node's tunnel addresses, at most one of each family; empty for a node without tunnels
     */
    public TunnelDriver(RouteNetlink netlink, List<IpAddress> addresses) {
        this.netlink = netlink;
        this.addresses = List.copyOf(addresses);
    }

    /** What stands now. */
    public Optional<Underlay> present() {
        return present;
    }

    /** What is on the uplink's own link. */
    public Neighbourhood neighbourhood() {
        return neighbourhood;
    }

    public Optional<String> problem() {
        return problem;
    }

    /** Something about the host's devices has changed. */
    public void changed() {
        pending = !addresses.isEmpty();
    }

    /** Whether a device is the tunnel's or carries it. */
    public boolean concerns(Link link) {
        return link.name().equals(DEVICE)
                || present.isEmpty()
                || present.get().uplink() == link.index()
                || present.get().tunnelDevice() == link.index();
    }

    /** Whether a route may change what is on the uplink's own link. */
    public boolean concerns(Route route) {
        return route.table() != Route.MAIN
                || present.map(underlay -> underlay.uplink() == route.interfaceIndex())
                        .orElse(true)
                || neighbourhood.links().stream().anyMatch(link -> link.contains(route.destination()));
    }

    /** Does what is due; gives the nanoseconds until there is more, {@link Long#MAX_VALUE} for nothing. */
    public long work() {
        long now = System.nanoTime();
        if (!pending || addresses.isEmpty()) {
            return Long.MAX_VALUE;
        }
        if (!retry.isDue(now)) {
            return retry.pause(now);
        }
        try {
            Underlay underlay = establish();
            neighbourhood = neighbourhood(underlay.uplink(), addresses, netlink.routes());
            present = Optional.of(underlay);
            pending = false;
            problem = Optional.empty();
            retry.succeeded();
            return Long.MAX_VALUE;
        } catch (RuntimeException e) {
            retry.failed(now);
            Optional<String> text = Optional.of("tunnel: " + e.getMessage());
            if (!problem.equals(text)) {
                LOGGER.log(Level.WARNING, "no tunnel, trying on", Map.entry("reason", String.valueOf(e.getMessage())));
            }
            problem = text;
            return retry.pause(now);
        }
    }

    private Underlay establish() {
        int index = carrier(addresses, netlink.addresses());
        Link carrier = netlink.link(index).orElseThrow(() -> new IllegalStateException("device " + index + " is gone"));
        Link tunnel = device();
        // An address on the loopback is reached over several devices: the tunnel device sees all that arrives.
        boolean loopback = carrier.mac().isEmpty() || carrier.name().equals("lo");
        return new Underlay(
                tunnel.index(),
                loopback ? 0 : carrier.index(),
                loopback ? 1500 : carrier.mtu(),
                own(true).orElse(IpAddress.ofIpv4(0)),
                own(false).orElse(IpAddress.ofIpv6(0, 0)));
    }

    /**
     * The one device that has all tunnel addresses.
     *
     * @throws IllegalStateException when there is none
     */
    static int carrier(List<IpAddress> addresses, List<InterfaceAddress> present) {
        Set<Integer> owners = new HashSet<>();
        for (IpAddress address : addresses) {
            owners.add(present.stream()
                    .filter(a -> a.address().equals(address))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no device has the address " + address))
                    .interfaceIndex());
        }
        if (owners.size() != 1) {
            throw new IllegalStateException("the tunnel addresses are on different devices; over several uplinks both"
                    + " belong on the loopback");
        }
        return owners.iterator().next();
    }

    /**
     * What is on a link. Routes in other tables than the main one are a sign of routing by rules: nothing is said then.
     *
     * @param own addresses of this node on the link
     */
    static Neighbourhood neighbourhood(int uplink, List<IpAddress> own, List<Route> routes) {
        if (uplink == 0 || routes.stream().anyMatch(route -> route.table() != Route.MAIN)) {
            return Neighbourhood.NONE;
        }
        Set<IpPrefix> links = new HashSet<>();
        Set<IpPrefix> exceptions = new HashSet<>();
        for (IpAddress address : own) {
            List<Route> connected = routes.stream()
                    .filter(route -> route.gateway().isEmpty()
                            && route.interfaceIndex() == uplink
                            && route.destination().length() > 0
                            && route.destination().contains(address)
                            && (!address.isIpv4() || route.source().equals(Optional.of(address))))
                    .toList();
            for (Route link : connected) {
                links.add(link.destination());
                routes.stream()
                        .filter(other ->
                                !other.equals(link) && link.destination().contains(other.destination()))
                        .forEach(other -> exceptions.add(other.destination()));
            }
        }
        return new Neighbourhood(links, exceptions);
    }

    private Optional<IpAddress> own(boolean ipv4) {
        return addresses.stream().filter(a -> a.isIpv4() == ipv4).findFirst();
    }

    private Link device() {
        Optional<Link> known = netlink.link(DEVICE);
        if (known.isEmpty()) {
            try {
                netlink.createVxlan(LinkEnd.of(DEVICE), Underlay.VXLAN_PORT);
            } catch (KernelException e) {
                if (e.errno() != Errno.EEXIST) {
                    throw e;
                }
                throw new IllegalStateException(
                        "another VXLAN device uses UDP port " + Underlay.VXLAN_PORT + " of this host", e);
            }
            known = netlink.link(DEVICE);
        }
        Link link = known.orElseThrow(() -> new IllegalStateException("device " + DEVICE + " is gone"));
        if (!link.isUp()) {
            netlink.setUp(link.index(), true);
        }
        return link;
    }
}
