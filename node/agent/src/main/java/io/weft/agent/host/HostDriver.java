package io.weft.agent.host;

import io.weft.agent.attach.Attacher;
import io.weft.agent.attach.Bindings;
import io.weft.agent.drivers.Retry;
import io.weft.agent.tables.HostPort;
import io.weft.kernel.netlink.InterfaceAddress;
import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.kernel.netlink.Route;
import io.weft.kernel.netlink.RouteNetlink;
import io.weft.model.HostAccess.NodePorts;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Sees to it that the node's own stack is at its host port: a veth pair whose one end, {@value #DEVICE}, has the port's MAC,
 * addresses and routes, while the other is the port's device as any workload's. What is right already stays, so a restart
 * loses no packet. For the node's thread; {@link NodePortTable} has one of its own.
 */
public final class HostDriver implements AutoCloseable {
    /** The device that the host has. */
    public static final String DEVICE = "weft-host";

    private static final System.Logger LOGGER = System.getLogger(HostDriver.class.getName());
    /** What others do to the host's routes and devices is looked at so often at most. */
    private static final long GATHER = Duration.ofSeconds(1).toNanos();

    private static final Path SETTINGS = Path.of("/proc/sys/net");
    /** The kernel gives these by itself. */
    private static final List<IpPrefix> KERNELS_OWN = List.of(IpPrefix.parse("fe80::/10"), IpPrefix.parse("ff00::/8"));

    private final RouteNetlink netlink;
    private final NodePortTable table;
    private final HealthChecks checks = new HealthChecks();
    private final Retry retry = new Retry();
    private Optional<HostPort> wanted = Optional.empty();
    private List<IpAddress> tunnels = List.of();
    private List<String> conflicts = List.of();
    private Optional<String> problem = Optional.empty();
    private Optional<String> unforwarded = Optional.empty();
    private boolean mayRemove;
    private boolean pending = true;
    private long lastLook = System.nanoTime() - GATHER;
    private long notBefore = lastLook;

    /**
     * @param netlink of the host's namespace
     * @param loop runs a task on the thread that owns this driver
     */
    public HostDriver(RouteNetlink netlink, Consumer<Runnable> loop) {
        this.netlink = netlink;
        this.table = new NodePortTable(loop);
    }

    /**
     * What there shall be.
     *
     * @param tunnelAddresses those of all nodes that are known
     */
    public void want(Optional<HostPort> port, List<IpAddress> tunnelAddresses) {
        if (!port.equals(wanted) || !tunnelAddresses.equals(tunnels)) {
            wanted = port;
            tunnels = tunnelAddresses;
            pending = true;
            notBefore = System.nanoTime();
            checks.want(port.map(HostPort::healthChecks).orElse(List.of()));
        }
    }

    /** From now on it is known what there shall be, so that what there shall not be may go. */
    public void sweep() {
        mayRemove = true;
        pending = true;
    }

    /** Looks at all of it again. */
    public void resync() {
        table.forget();
        pending = true;
    }

    /** Whether what is done to a device may concern this. */
    public boolean concerns(Link link) {
        return link.name().equals(DEVICE)
                || wanted.filter(port -> link.name().equals(other(port))).isPresent();
    }

    /** The host's devices, addresses or routes are others. */
    public void changed() {
        if (!pending && wanted.isPresent()) {
            pending = true;
            notBefore = lastLook + GATHER;
        }
    }

    /** What is wrong, for people. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>(conflicts);
        problem.ifPresent(problems::add);
        unforwarded.ifPresent(problems::add);
        table.problem().ifPresent(problems::add);
        problems.addAll(checks.problems());
        return problems;
    }

    /** Does what is due; gives the nanoseconds until there is more, {@link Long#MAX_VALUE} for nothing. */
    public long work() {
        return Math.min(Math.min(look(), table.work()), checks.work());
    }

    private long look() {
        if (!pending) {
            return Long.MAX_VALUE;
        }
        long now = System.nanoTime();
        if (now - notBefore < 0) {
            return notBefore - now;
        }
        if (!retry.isDue(now)) {
            return retry.pause(now);
        }
        lastLook = now;
        try {
            if (wanted.isPresent()) {
                establish(wanted.get());
            } else if (mayRemove) {
                remove();
            }
            pending = false;
            problem = Optional.empty();
            retry.succeeded();
            return Long.MAX_VALUE;
        } catch (RuntimeException e) {
            retry.failed(now);
            Optional<String> text = Optional.of("host port: " + e.getMessage());
            if (!problem.equals(text)) {
                LOGGER.log(Level.WARNING, "the host is not at its port, trying on", e);
            }
            problem = text;
            return retry.pause(now);
        }
    }

    private static String other(HostPort port) {
        return Bindings.veth(port.port());
    }

    private void establish(HostPort port) {
        Link inside = device(port);
        List<InterfaceAddress> present = netlink.addresses().stream()
                .filter(each -> each.interfaceIndex() == inside.index())
                .filter(each -> !isKernels(each.address()))
                .toList();
        List<InterfaceAddress> addresses = port.addresses().stream()
                .map(address -> new InterfaceAddress(
                        inside.index(), address, address.family().bits()))
                .toList();
        addresses.stream().filter(each -> !present.contains(each)).forEach(netlink::addAddress);
        List<Route> all = netlink.routes();
        HostRoutes routes = HostRoutes.of(port, inside.index(), all, tunnels);
        if (!conflicts.equals(routes.conflicts())) {
            conflicts = routes.conflicts();
            conflicts.forEach(conflict -> LOGGER.log(Level.WARNING, conflict));
        }
        Set<Route> mine = new HashSet<>();
        all.stream()
                .filter(route -> route.interfaceIndex() == inside.index() && route.metric() == HostRoutes.METRIC)
                .forEach(mine::add);
        routes.routes().stream().filter(route -> !mine.contains(route)).forEach(netlink::addRoute);
        mine.stream()
                .filter(route -> routes.routes().stream()
                        .noneMatch(kept -> kept.destination().equals(route.destination())))
                .forEach(netlink::deleteRoute);
        present.stream().filter(each -> !addresses.contains(each)).forEach(netlink::deleteAddress);
        table.want(NodePortRules.of(port));
        unforwarded = forwarding(port, SETTINGS);
    }

    private static boolean isKernels(IpAddress address) {
        return KERNELS_OWN.stream().anyMatch(prefix -> prefix.contains(address));
    }

    /** The device on the host's side of the pair, made where it is not there or another port's. */
    private Link device(HostPort port) {
        Optional<Link> inside = netlink.link(DEVICE);
        Optional<Link> outside = netlink.link(other(port));
        boolean right = inside.isPresent()
                && outside.isPresent()
                && inside.get().peerIndex() == outside.get().index()
                && inside.get().peerNamespaceId() < 0
                && inside.get().mac().equals(Optional.of(port.mac()));
        if (!right) {
            inside.ifPresent(this::removePair);
            outside = netlink.link(other(port));
            outside.ifPresent(link -> netlink.deleteLink(link.index()));
            netlink.createVeth(
                    LinkEnd.of(other(port)).withMtu(port.mtu()),
                    LinkEnd.of(DEVICE).withMac(port.mac()).withMtu(port.mtu()));
            LOGGER.log(Level.INFO, "the host joins the network", Map.entry("port", port.port()));
        }
        Link here = there(DEVICE);
        Link theirs = there(other(port));
        settings(port);
        Attacher.withoutIpv6(theirs.name());
        for (Link link : List.of(here, theirs)) {
            if (link.mtu() != port.mtu()) {
                netlink.setMtu(link.index(), port.mtu());
            }
        }
        String alias = Bindings.ALIAS + port.port();
        if (!theirs.alias().equals(alias)) {
            netlink.setAlias(theirs.index(), alias);
        }
        for (Link link : List.of(theirs, here)) {
            if (!link.isUp()) {
                netlink.setUp(link.index(), true);
            }
        }
        return here;
    }

    private Link there(String name) {
        return netlink.link(name).orElseThrow(() -> new IllegalStateException("device " + name + " has gone"));
    }

    /** The host's end says nothing by itself, believes no router's word, and takes its own loopback's packets if it must. */
    private static void settings(HostPort port) {
        boolean leads = port.nodePorts().isPresent();
        setting("ipv4/conf/" + DEVICE + "/arp_announce", "2");
        setting("ipv4/conf/" + DEVICE + "/send_redirects", "0");
        setting("ipv4/conf/" + DEVICE + "/accept_redirects", "0");
        setting("ipv4/conf/" + DEVICE + "/route_localnet", leads ? "1" : "0");
        setting("ipv4/conf/" + DEVICE + "/forwarding", leads ? "1" : "0");
        if (port.addresses().stream().anyMatch(address -> !address.isIpv4())) {
            setting("ipv6/conf/" + DEVICE + "/disable_ipv6", "0");
            setting("ipv6/conf/" + DEVICE + "/addr_gen_mode", "0");
            setting("ipv6/conf/" + DEVICE + "/accept_dad", "0");
            setting("ipv6/conf/" + DEVICE + "/accept_ra", "0");
            setting("ipv6/conf/" + DEVICE + "/accept_redirects", "0");
        }
    }

    private static void setting(String name, String value) {
        Path path = SETTINGS.resolve(name);
        try {
            if (Files.exists(path) && !Files.readString(path).strip().equals(value)) {
                Files.writeString(path, value);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot set net/" + name + " to " + value, e);
        }
    }

    private void remove() {
        conflicts = List.of();
        unforwarded = Optional.empty();
        Optional<Link> inside = netlink.link(DEVICE);
        if (inside.isPresent()) {
            table.want(NodePortRules.none());
            removePair(inside.get());
            LOGGER.log(Level.INFO, "the host has left the network");
        }
    }

    /** Takes away a pair that an agent made, and nothing else. */
    private void removePair(Link inside) {
        boolean ours = inside.kind().equals("veth")
                && inside.peerNamespaceId() < 0
                && netlink.link(inside.peerIndex()).flatMap(Bindings::aliased).isPresent();
        if (!ours) {
            throw new IllegalStateException("device " + DEVICE + " is somebody else's");
        }
        netlink.deleteLink(inside.index());
    }

    /** What keeps the host from forwarding, which is not Weft's to change; empty when node ports work. */
    static Optional<String> forwarding(HostPort port, Path settings) {
        for (IpAddress virtual : port.nodePorts().map(NodePorts::addresses).orElse(List.of())) {
            String name = virtual.isIpv4() ? "ipv4/ip_forward" : "ipv6/conf/all/forwarding";
            try {
                if (Files.readString(settings.resolve(name)).strip().equals("0")) {
                    return Optional.of("node ports: net/" + name + " is 0: they answer processes of this host alone");
                }
            } catch (IOException e) {
                return Optional.of("node ports: cannot read " + e.getMessage());
            }
        }
        return Optional.empty();
    }

    /** Takes away what an agent made, as of a node that is taken down for good. */
    public static void purge(RouteNetlink netlink) {
        if (netlink.link(DEVICE).isPresent()) {
            NodePortTable.purge();
        }
    }

    /** Everything stays as it is, but nobody tells of services. */
    @Override
    public void close() {
        checks.close();
        table.close();
    }
}
