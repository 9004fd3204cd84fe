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
 * The veth between a container's namespace and its port on this node: made with the port's MAC and MTU. Safe for use by
 * several threads at different attachments.
 */
final class Veth implements Devices {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
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

    @Override
    public Ports.Wiring wiring(UUID port) {
        return Waiting.await(ports.wired(port), PATIENCE, () -> "port " + port + " is not known on this node");
    }

    @Override
    public Interface make(
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
            return Inside.setUp(wiring, host, inside, namespace, container, defaultRoute);
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
            Link host = netlink.link(name(port)).orElseThrow(() -> changed("the host's end of the veth is gone"));
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
        try {
            attachment
                    .port()
                    .flatMap(port -> netlink.link(name(port)))
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
