package io.weft.agent.container;

import io.weft.agent.attach.Attacher;
import io.weft.agent.attach.Bindings;
import io.weft.agent.attach.Ports;
import io.weft.agent.container.CniException.Code;
import io.weft.kernel.Errno;
import io.weft.kernel.GracePeriods;
import io.weft.kernel.KernelException;
import io.weft.kernel.namespace.NetworkNamespace;
import io.weft.kernel.netlink.InterfaceAddress;
import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.kernel.netlink.Route;
import io.weft.kernel.netlink.RouteNetlink;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.protocol.LocalPort;
import io.weft.protocol.SubnetFact;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The veth between a container's namespace and its port: made with the port's MAC, addresses, routes and MTU, so that the
 * container needs no DHCP. What is right already stays. Safe for use by several threads at different attachments.
 */
final class Veth {
    private static final String PREFIX = "weft";

    private final RouteNetlink netlink;
    private final Ports ports;

    /** @param netlink of the host's namespace */
    Veth(RouteNetlink netlink, Ports ports) {
        this.netlink = netlink;
        this.ports = ports;
    }

    /** The device on the host's side. */
    static String name(UUID port) {
        return PREFIX + Bindings.prefix(port);
    }

    /** An address with its prefix, and the gateway of its subnet. */
    record Address(InterfaceAddress address, Optional<IpAddress> gateway) {}

    /** What is set up in the container. */
    record Interface(Link host, Link inside, List<Address> addresses, List<Route> routes) {}

    /**
     * Makes it so.
     *
     * @param defaultRoute empty takes the default routes that the container has not got
     * @param again whether the port's device, where there is one, is this container's of an earlier request
     * @throws CniException when something is in the way
     */
    Interface make(
            Ports.Wiring wiring,
            NetworkNamespace namespace,
            String interfaceName,
            Optional<Boolean> defaultRoute,
            boolean again) {
        LocalPort port = wiring.port();
        String here = name(port.portId());
        try (RouteNetlink container = RouteNetlink.open(namespace)) {
            Optional<Link> old = netlink.link(here);
            if (old.isPresent() && !joins(old.get(), container.link(interfaceName), port)) {
                if (!again) {
                    throw new CniException(
                            Code.TRY_AGAIN_LATER, "the port has the device " + here + " of somebody else");
                }
                netlink.deleteLink(old.get().index());
                ports.refresh();
                old = Optional.empty();
            }
            if (old.isEmpty()) {
                if (container.link(interfaceName).isPresent()) {
                    throw new CniException(
                            Code.INVALID_ENVIRONMENT, "the container has an interface " + interfaceName + " already");
                }
                netlink.createVeth(
                        LinkEnd.of(here).withMtu(wiring.mtu()),
                        LinkEnd.of(interfaceName)
                                .withMac(port.mac())
                                .withMtu(wiring.mtu())
                                .in(namespace));
            }
            Link host = netlink.link(here).orElseThrow(() -> gone(here));
            Attacher.withoutIpv6(here);
            netlink.setUp(host.index(), Bindings.ALIAS + port.portId());
            Link inside = container.link(interfaceName).orElseThrow(() -> gone(interfaceName));
            List<Address> addresses = addresses(wiring, inside.index());
            if (addresses.stream().anyMatch(each -> !each.address().address().isIpv4())) {
                // The port's addresses are its own alone: nobody has to be asked, and nothing else comes by
                // advertisement.
                String settings = "ipv6/conf/" + interfaceName + "/";
                namespace.sysctl(settings + "disable_ipv6", "0");
                namespace.sysctl(settings + "accept_dad", "0");
                namespace.sysctl(settings + "accept_ra", "0");
            }
            // Up first: a prefix of IPv6 has a route only where the interface is up.
            container.setUp(inside.index(), true);
            addresses.forEach(each -> once(() -> container.addAddress(each.address())));
            List<Route> routes = routes(wiring, container, inside.index(), defaultRoute);
            routes.forEach(route -> once(() -> container.addRoute(route)));
            return new Interface(host, inside, addresses, routes);
        } catch (KernelException e) {
            throw new CniException(Code.IO_FAILURE, String.valueOf(e.getMessage()));
        }
    }

    private static boolean joins(Link host, Optional<Link> inside, LocalPort port) {
        return inside.filter(link -> link.peerIndex() == host.index()
                        && host.peerIndex() == link.index()
                        && link.mac().equals(Optional.of(port.mac())))
                .isPresent();
    }

    private static List<Address> addresses(Ports.Wiring wiring, int index) {
        List<Address> addresses = new ArrayList<>();
        for (LocalPort.LocalAddress each : wiring.port().addresses()) {
            SubnetFact subnet = wiring.subnets().stream()
                    .filter(fact -> fact.subnetId().equals(each.subnetId()))
                    .findFirst()
                    .orElseThrow(() -> new CniException(
                            Code.TRY_AGAIN_LATER, "subnet " + each.subnetId() + " is not known on this node"));
            addresses.add(new Address(
                    new InterfaceAddress(index, each.address(), subnet.cidr().length()), subnet.gateway()));
        }
        return addresses;
    }

    private static List<Route> routes(
            Ports.Wiring wiring, RouteNetlink container, int index, Optional<Boolean> defaultRoute) {
        List<Route> routes = new ArrayList<>();
        List<Route> present = container.routes();
        for (IpFamily family : IpFamily.values()) {
            List<SubnetFact> subnets = wiring.port().addresses().stream()
                    .filter(address -> address.address().family() == family)
                    .flatMap(address -> wiring.subnets().stream()
                            .filter(subnet -> subnet.subnetId().equals(address.subnetId())))
                    .distinct()
                    .toList();
            boolean free = present.stream()
                    .noneMatch(route -> route.destination().length() == 0
                            && route.destination().address().family() == family
                            && route.table() == Route.MAIN
                            && route.interfaceIndex() != index);
            if (defaultRoute.orElse(free)) {
                subnets.stream()
                        .flatMap(subnet -> subnet.gateway().stream())
                        .findFirst()
                        .ifPresent(gateway -> routes.add(via(everywhere(family), gateway, index)));
            }
            for (SubnetFact subnet : subnets) {
                subnet.hostRoutes().forEach(route -> routes.add(via(route.destination(), route.nexthop(), index)));
            }
        }
        return routes;
    }

    private static IpPrefix everywhere(IpFamily family) {
        return new IpPrefix(family == IpFamily.IPV4 ? IpAddress.ofIpv4(0) : IpAddress.ofIpv6(0, 0), 0);
    }

    private static Route via(IpPrefix destination, IpAddress gateway, int index) {
        return new Route(destination, Optional.of(gateway), index, Optional.empty(), Route.MAIN, 0);
    }

    private static void once(Runnable step) {
        try {
            step.run();
        } catch (KernelException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
    }

    /**
     * Whether it is as {@link #make} left it.
     *
     * @throws CniException naming what is other
     */
    void check(Ports.Wiring wiring, NetworkNamespace namespace, String interfaceName) {
        LocalPort port = wiring.port();
        try (RouteNetlink container = RouteNetlink.open(namespace)) {
            Link host =
                    netlink.link(name(port.portId())).orElseThrow(() -> changed("the host's end of the veth is gone"));
            Link inside = container
                    .link(interfaceName)
                    .orElseThrow(() -> changed("the container has no interface " + interfaceName));
            if (!joins(host, Optional.of(inside), port)) {
                throw changed(interfaceName + " is not the interface of port " + port.portId());
            }
            if (!inside.isUp() || !host.isUp()) {
                throw changed(interfaceName + " is down");
            }
            List<InterfaceAddress> present = container.addresses();
            for (Address each : addresses(wiring, inside.index())) {
                if (!present.contains(each.address())) {
                    throw changed(
                            interfaceName + " has no address " + each.address().address());
                }
            }
        } catch (KernelException e) {
            throw new CniException(Code.IO_FAILURE, String.valueOf(e.getMessage()));
        }
    }

    private static CniException changed(String message) {
        return new CniException(Code.CHANGED, message);
    }

    private static CniException gone(String device) {
        return new CniException(Code.TRY_AGAIN_LATER, "the device " + device + " has gone");
    }

    /** Takes it away, both ends; it may be gone. */
    void remove(UUID port) {
        try {
            netlink.link(name(port))
                    .filter(link -> link.kind().equals("veth"))
                    .ifPresent(link -> GracePeriods.SYSTEM.hurried(() -> netlink.deleteLink(link.index())));
        } catch (KernelException e) {
            throw new CniException(Code.TRY_AGAIN_LATER, String.valueOf(e.getMessage()));
        }
    }

    /** Opens a container's namespace; empty when it is gone. */
    static Optional<NetworkNamespace> open(Path path) {
        try {
            return Files.exists(path) ? Optional.of(NetworkNamespace.openPath(path)) : Optional.empty();
        } catch (KernelException e) {
            // A file whose namespace is gone: nothing is mounted on it any more.
            return Optional.empty();
        }
    }
}
