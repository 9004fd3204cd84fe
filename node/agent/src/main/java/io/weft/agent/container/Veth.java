package io.weft.agent.container;

import static io.weft.agent.container.Inside.changed;

import io.weft.agent.attach.Attacher;
import io.weft.agent.attach.Bindings;
import io.weft.agent.attach.Ports;
import io.weft.agent.container.CniException.Code;
import io.weft.kernel.GracePeriods;
import io.weft.kernel.KernelException;
import io.weft.kernel.namespace.NetworkNamespace;
import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.kernel.netlink.RouteNetlink;
import io.weft.protocol.LocalPort;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The veth between a container's namespace and its port on this node: made with the port's MAC and MTU. The pair itself may be
 * made before the port is known, under a name that follows from the namespace and the interface. Safe for use by several
 * threads at different attachments.
 */
final class Veth implements Devices {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RouteNetlink netlink;
    private final Ports ports;

    /** @param netlink of the host's namespace */
    Veth(RouteNetlink netlink, Ports ports) {
        this.netlink = netlink;
        this.ports = ports;
    }

    /** The device on the host's side while its port is not known. */
    private static String early(String namespace, String interfaceName) {
        return Bindings.early(namespace + ":" + interfaceName);
    }

    @Override
    public Ports.Wiring wiring(UUID port) {
        return Waiting.await(ports.wired(port), PATIENCE, () -> "port " + port + " is not known on this node");
    }

    @Override
    public void prepare(NetworkNamespace namespace, String interfaceName) {
        try (RouteNetlink container = RouteNetlink.open(namespace)) {
            pair(namespace, interfaceName, container);
        } catch (KernelException e) {
            throw new CniException(Code.IO_FAILURE, String.valueOf(e.getMessage()));
        }
    }

    /** The host's end of a pair that is no port's yet, which is made unless it is there. It is down. */
    private Link pair(NetworkNamespace namespace, String interfaceName, RouteNetlink container) {
        String here = early(namespace.name(), interfaceName);
        Optional<Link> old = netlink.link(here);
        Optional<Link> inside = container.link(interfaceName);
        if (old.isPresent()) {
            if (inside.filter(link -> joins(old.get(), link)).isPresent()) {
                return old.get();
            }
            netlink.deleteLink(old.get().index());
        }
        if (inside.isPresent()) {
            throw new CniException(
                    Code.INVALID_ENVIRONMENT, "the container has an interface " + interfaceName + " already");
        }
        netlink.createVeth(LinkEnd.of(here), LinkEnd.of(interfaceName).in(namespace));
        Attacher.withoutIpv6(here);
        return netlink.link(here).orElseThrow(() -> gone(here));
    }

    @Override
    public Interface make(
            Ports.Wiring wiring,
            NetworkNamespace namespace,
            String interfaceName,
            Optional<Boolean> defaultRoute,
            boolean again) {
        LocalPort port = wiring.port();
        String here = Bindings.veth(port.portId());
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
            if (old.isPresent()) {
                Attacher.withoutIpv6(here);
                netlink.setUp(old.get().index(), Bindings.ALIAS + port.portId());
            } else {
                become(wiring, pair(namespace, interfaceName, container), interfaceName, container);
            }
            Link host = netlink.link(here).orElseThrow(() -> gone(here));
            Link inside = container.link(interfaceName).orElseThrow(() -> gone(interfaceName));
            return Inside.setUp(wiring, host, inside, namespace, container, defaultRoute);
        } catch (KernelException e) {
            throw new CniException(Code.IO_FAILURE, String.valueOf(e.getMessage()));
        }
    }

    /** Makes a pair the port's that is nobody's yet. */
    private void become(Ports.Wiring wiring, Link host, String interfaceName, RouteNetlink container) {
        UUID port = wiring.port().portId();
        Link inside = container.link(interfaceName).orElseThrow(() -> gone(interfaceName));
        // The container's end first: by its MAC a pair that bears the port's name is known to be the port's.
        container.set(
                inside.index(),
                LinkEnd.of(interfaceName).withMac(wiring.port().mac()).withMtu(wiring.mtu()));
        netlink.setUp(host.index(), LinkEnd.of(Bindings.veth(port)).withMtu(wiring.mtu()), Bindings.ALIAS + port);
    }

    private static boolean joins(Link host, Optional<Link> inside, LocalPort port) {
        return inside.filter(link -> joins(host, link) && link.mac().equals(Optional.of(port.mac())))
                .isPresent();
    }

    private static boolean joins(Link host, Link inside) {
        return inside.peerIndex() == host.index() && host.peerIndex() == inside.index();
    }

    @Override
    public void awaitForce(UUID port) {
        Ports.Port forced =
                Waiting.await(ports.inForce(port), PATIENCE, () -> "port " + port + " does not forward yet");
        if (forced.state().equals("ERROR")) {
            throw new CniException(Code.TRY_AGAIN_LATER, "port " + port + " does not forward: " + forced.detail());
        }
    }

    @Override
    public Ports.Wiring check(UUID port, NetworkNamespace namespace, String interfaceName) {
        Ports.Wiring wiring = Waiting.await(ports.wiring(port), PATIENCE, () -> "the agent is busy")
                .orElseThrow(() -> changed("port " + port + " is not bound to this node"));
        try (RouteNetlink container = RouteNetlink.open(namespace)) {
            Link host =
                    netlink.link(Bindings.veth(port)).orElseThrow(() -> changed("the host's end of the veth is gone"));
            Link inside = container
                    .link(interfaceName)
                    .orElseThrow(() -> changed("the container has no interface " + interfaceName));
            if (!joins(host, Optional.of(inside), wiring.port())) {
                throw changed(interfaceName + " is not the interface of port " + port);
            }
            if (!host.isUp()) {
                throw changed(interfaceName + " is down");
            }
            Inside.check(wiring, inside, container);
        } catch (KernelException e) {
            throw new CniException(Code.IO_FAILURE, String.valueOf(e.getMessage()));
        }
        Waiting.await(ports.inForce(port), PATIENCE, () -> "port " + port + " does not forward");
        return wiring;
    }

    private static CniException gone(String device) {
        return new CniException(Code.TRY_AGAIN_LATER, "the device " + device + " has gone");
    }

    /** Both ends. */
    @Override
    public void remove(Attachment attachment) {
        remove(early(attachment.namespace().toString(), attachment.key().interfaceName()));
        attachment.port().map(Bindings::veth).ifPresent(this::remove);
    }

    private void remove(String device) {
        try {
            netlink.link(device)
                    .filter(link -> link.kind().equals("veth"))
                    .ifPresent(link -> GracePeriods.SYSTEM.hurried(() -> netlink.deleteLink(link.index())));
        } catch (KernelException e) {
            throw new CniException(Code.TRY_AGAIN_LATER, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void requireReady() {
        Map<String, Object> node = Waiting.await(ports.status(), PATIENCE, () -> "the agent is busy");
        if (!Boolean.TRUE.equals(node.get("tables_written"))) {
            throw new CniException(Code.NOT_AVAILABLE, "the agent has not heard from a server yet");
        }
        if (!Boolean.TRUE.equals(node.get("connected"))) {
            throw new CniException(Code.NOT_AVAILABLE, "no server answers; containers that are there go on");
        }
    }
}
