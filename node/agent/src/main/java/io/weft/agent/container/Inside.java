package io.weft.agent.container;

import io.weft.agent.attach.Ports;
import io.weft.agent.container.CniException.Code;
import io.weft.agent.container.Devices.Address;
import io.weft.agent.container.Devices.Interface;
import io.weft.kernel.Errno;
import io.weft.kernel.KernelException;
import io.weft.kernel.namespace.NetworkNamespace;
import io.weft.kernel.netlink.InterfaceAddress;
import io.weft.kernel.netlink.Link;
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

/**
 * The end of an interface that the container sees: it gets the port's addresses and routes, so that the container needs no
 * DHCP. What is right already stays.
 */
final class Inside {
    private Inside() {}

    /** Opens a container's namespace; empty when it is gone. */
    static Optional<NetworkNamespace> open(Path path) {
        try {
            return Files.exists(path) ? Optional.of(NetworkNamespace.openPath(path)) : Optional.empty();
        } catch (KernelException e) {
            // A file whose namespace is gone: nothing is mounted on it any more.
            return Optional.empty();
        }
    }

    /**
     * Sets it up.
     *
     * @param host the machine's own device
     * @param inside the container's
     * @param container a socket of the container's namespace
     */
    static Interface setUp(
            Ports.Wiring wiring,
            Link host,
            Link inside,
            NetworkNamespace namespace,
            RouteNetlink container,
            Optional<Boolean> defaultRoute) {
        List<Address> addresses = addresses(wiring, inside.index());
        if (addresses.stream().anyMatch(each -> !each.address().address().isIpv4())) {
            // The port's addresses are its own alone: nobody has to be asked, and nothing else comes by
            // advertisement.
            String settings = "ipv6/conf/" + inside.name() + "/";
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
    }

    /** @throws CniException when it is down, or has not got an address of the port */
    static void check(Ports.Wiring wiring, Link inside, RouteNetlink container) {
        if (!inside.isUp()) {
            throw changed(inside.name() + " is down");
        }
        List<InterfaceAddress> present = container.addresses();
        for (Address each : addresses(wiring, inside.index())) {
            if (!present.contains(each.address())) {
                throw changed(
                        inside.name() + " has no address " + each.address().address());
            }
        }
    }

    static CniException changed(String message) {
        return new CniException(Code.CHANGED, message);
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
}
