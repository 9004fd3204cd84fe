package io.weft.agent.attach;

import io.weft.agent.attach.AttachException.Reason;
import io.weft.kernel.Errno;
import io.weft.kernel.GracePeriods;
import io.weft.kernel.KernelException;
import io.weft.kernel.namespace.NetworkNamespace;
import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.kernel.netlink.RouteNetlink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Joins workloads to ports by hand: makes a veth pair with one end in a namespace, or takes a device that is there. It
 * only makes and marks devices; that they are bound is noticed like any other device's coming. Safe for use by several
 * threads; requests go one at a time.
 */
public final class Attacher {
    /** How long a request waits for the server's word on its port. */
    private static final Duration KNOWN = Duration.ofSeconds(10);

    private static final Duration IN_FORCE = Duration.ofSeconds(10);
    /** What the end that somebody else moves is called until then. */
    private static final String LOOSE = "wd";

    private final Ports ports;
    private final RouteNetlink netlink;

    /**
     * @param ports the node
     * @param netlink of the host's namespace
     */
    public Attacher(Ports ports, RouteNetlink netlink) {
        this.ports = ports;
        this.netlink = netlink;
    }

    /**
     * What to join to a port: exactly one of the first three is there.
     *
     * @param namespace a namespace's name, or a path to one
     * @param process a process in the namespace
     * @param device a device of the host
     * @param name the device's name in the namespace; {@code eth0} unless said otherwise
     */
    public record Request(
            Optional<String> namespace, Optional<Long> process, Optional<String> device, Optional<String> name) {}

    /**
     * Joins a workload to a port and waits until the port forwards.
     *
     * @throws AttachException when that cannot be
     */
    public Ports.Port attach(UUID port, Request request) {
        long targets = Stream.of(request.namespace, request.process, request.device)
                .filter(Optional::isPresent)
                .count();
        if (targets != 1) {
            throw new AttachException(Reason.INVALID, "name one of a namespace, a process and a device");
        }
        Ports.Port known =
                await(ports.known(port), KNOWN, Reason.NOT_FOUND, "port " + port + " is not bound to this host");
        if (request.device.isPresent()) {
            takeDevice(known, request.device.get());
        } else {
            try (NetworkNamespace namespace = open(request)) {
                makeVeth(known, namespace, request.name.orElse("eth0"));
            }
        }
        ports.refresh();
        return await(ports.inForce(port), IN_FORCE, Reason.TIMEOUT, "port " + port + " does not forward yet");
    }

    private static NetworkNamespace open(Request request) {
        try {
            if (request.process.isPresent()) {
                return NetworkNamespace.ofProcess(request.process.get());
            }
            String name = request.namespace.orElseThrow();
            return name.contains("/") ? NetworkNamespace.openPath(Path.of(name)) : NetworkNamespace.open(name);
        } catch (KernelException e) {
            throw new AttachException(Reason.NOT_FOUND, String.valueOf(e.getMessage()));
        }
    }

    private synchronized void makeVeth(Ports.Port port, NetworkNamespace namespace, String name) {
        String here = Bindings.veth(port.id());
        if (port.device().isPresent() || netlink.link(here).isPresent()) {
            throw new AttachException(
                    Reason.CONFLICT,
                    "port " + port.id() + " has the device " + port.device().orElse(here) + "; detach it first");
        }
        try {
            netlink.createVeth(
                    LinkEnd.of(here).withMtu(port.mtu()),
                    LinkEnd.of(name).withMac(port.mac()).withMtu(port.mtu()).in(namespace));
        } catch (KernelException e) {
            throw refused(e);
        }
        Link link = netlink.link(here).orElseThrow(() -> gone(here));
        try (RouteNetlink inside = RouteNetlink.open(namespace)) {
            mark(port, link);
            inside.setUp(inside.link(name).orElseThrow(() -> gone(name)).index(), true);
        } catch (KernelException e) {
            netlink.deleteLink(link.index());
            throw refused(e);
        }
    }

    private synchronized void takeDevice(Ports.Port port, String name) {
        Link link;
        try {
            link = netlink.link(name).orElseThrow(() -> gone(name));
        } catch (KernelException e) {
            throw refused(e);
        }
        if (port.device().isPresent() && !port.device().get().equals(name)) {
            throw new AttachException(
                    Reason.CONFLICT,
                    "port " + port.id() + " has the device " + port.device().get());
        }
        Optional<UUID> owner = Bindings.aliased(link);
        if (owner.isPresent() && !owner.get().equals(port.id())) {
            throw new AttachException(Reason.CONFLICT, "device " + name + " is port " + owner.get() + "'s");
        }
        try {
            mark(port, link);
        } catch (KernelException e) {
            throw refused(e);
        }
    }

    /** Makes a device the port's. It has no addresses of its own: the host is no neighbour of the workload. */
    private void mark(Ports.Port port, Link link) {
        withoutIpv6(link.name());
        netlink.setUp(link.index(), Bindings.ALIAS + port.id());
    }

    /** Takes IPv6 off the host's side of a device, so that the host says nothing to the workload by itself. */
    public static void withoutIpv6(String device) {
        Path setting = Path.of("/proc/sys/net/ipv6/conf").resolve(device).resolve("disable_ipv6");
        try {
            if (Files.exists(setting)) {
                Files.writeString(setting, "1");
            }
        } catch (IOException e) {
            throw new AttachException(Reason.CONFLICT, "cannot take IPv6 off " + device + ": " + e.getMessage());
        }
    }

    /**
     * Parts a port from its device: a veth that was made for it is deleted, another device is only let go.
     *
     * @throws AttachException when it has none
     */
    public synchronized void detach(UUID port) {
        Link link = netlink.links().stream()
                .filter(l -> Bindings.aliased(l).equals(Optional.of(port)))
                .findFirst()
                .orElseThrow(() -> new AttachException(Reason.NOT_FOUND, "port " + port + " has no device here"));
        try {
            if (link.name().equals(Bindings.veth(port))) {
                GracePeriods.SYSTEM.hurried(() -> netlink.deleteLink(link.index()));
            } else {
                netlink.setAlias(link.index(), "");
            }
        } catch (KernelException e) {
            throw refused(e);
        }
        ports.refresh();
    }

    /**
     * Makes a veth pair for a port, both ends on the host, and waits until the port forwards. Whoever asked moves the other
     * end to where it belongs. A pair from before is made anew; nothing is left when it fails.
     *
     * @return the name of the other end
     * @throws AttachException when that cannot be
     */
    public String attachLoose(UUID port) {
        Ports.Port known =
                await(ports.known(port), KNOWN, Reason.NOT_FOUND, "port " + port + " is not bound to this host");
        String other = LOOSE + Bindings.prefix(port);
        try {
            makeLoose(known, other);
            ports.refresh();
            await(ports.inForce(port), IN_FORCE, Reason.TIMEOUT, "port " + port + " does not forward yet");
        } catch (AttachException e) {
            netlink.deleteLink(other);
            throw e;
        }
        return other;
    }

    private synchronized void makeLoose(Ports.Port port, String other) {
        String here = Bindings.veth(port.id());
        try {
            netlink.deleteLink(here);
            netlink.createVeth(
                    LinkEnd.of(here).withMtu(port.mtu()),
                    LinkEnd.of(other).withMac(port.mac()).withMtu(port.mtu()));
        } catch (KernelException e) {
            throw refused(e);
        }
        try {
            // The end that leaves says nothing by itself while it is still here.
            withoutIpv6(other);
            mark(port, netlink.link(here).orElseThrow(() -> gone(here)));
        } catch (KernelException e) {
            throw refused(e);
        }
    }

    /** The ports for which this host has a veth pair that was made for them. */
    public Set<UUID> made() {
        Set<UUID> made = new HashSet<>();
        for (Link link : netlink.links()) {
            Bindings.aliased(link)
                    .filter(port -> link.name().equals(Bindings.veth(port)))
                    .ifPresent(made::add);
        }
        return made;
    }

    private static AttachException gone(String device) {
        return new AttachException(Reason.NOT_FOUND, "there is no device " + device);
    }

    private static AttachException refused(KernelException e) {
        Reason reason = e.errno() == Errno.EEXIST ? Reason.CONFLICT : Reason.INVALID;
        return new AttachException(reason, String.valueOf(e.getMessage()));
    }

    private static <T> T await(CompletableFuture<T> future, Duration limit, Reason reason, String message) {
        try {
            return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            future.cancel(false);
            throw new AttachException(reason, message);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AttachException(Reason.TIMEOUT, "the agent stops");
        }
    }
}
