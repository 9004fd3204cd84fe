package io.weft.agent.container;

import static io.weft.agent.container.Inside.changed;

import io.weft.agent.attach.Bindings;
import io.weft.agent.attach.Ports;
import io.weft.agent.container.CniException.Code;
import io.weft.client.NeutronClient;
import io.weft.client.NeutronException;
import io.weft.client.Port;
import io.weft.client.Trunk;
import io.weft.client.Trunks;
import io.weft.kernel.KernelException;
import io.weft.kernel.namespace.NetworkNamespace;
import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.kernel.netlink.RouteNetlink;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * Interfaces in a virtual machine: 802.1Q devices over the machine's own, born in the container, whose ports are subports of
 * the machine's trunk. The kernel lets one device have a VLAN id, and the API one subport, so that whoever takes one that is
 * taken finds another. Safe for use by several threads at different attachments.
 */
final class TrunkDevices implements Devices {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MOST_ATTEMPTS = 100;

    private final NeutronClient api;
    private final ParentTrunk trunk;
    private final VlanLinks links;
    private final ApiWirings wirings;
    private final AwaitedPorts awaited;

    TrunkDevices(NeutronClient api, ParentTrunk trunk, VlanLinks links, AwaitedPorts awaited) {
        this.api = api;
        this.trunk = trunk;
        this.links = links;
        this.wirings = new ApiWirings(api);
        this.awaited = awaited;
    }

    @Override
    public Ports.Wiring wiring(UUID port) {
        return wirings.of(api.ports().show(port));
    }

    @Override
    public Interface make(
            Ports.Wiring wiring,
            NetworkNamespace namespace,
            String interfaceName,
            Optional<Boolean> defaultRoute,
            boolean again) {
        UUID port = wiring.port().portId();
        Link lower = links.lower();
        if (wiring.mtu() > lower.mtu()) {
            throw new CniException(
                    Code.REFUSED,
                    "the network's MTU is " + wiring.mtu() + ", but that of " + lower.name() + " " + lower.mtu());
        }
        try (RouteNetlink container = RouteNetlink.open(namespace)) {
            boolean prepared = !again && wiring.port().deviceOwner().equals(Trunk.SUBPORT_OWNER);
            Optional<Integer> vlan = again || prepared ? trunk.read().vlan(port) : Optional.empty();
            if (prepared && vlan.isEmpty()) {
                throw new CniException(
                        Code.TRY_AGAIN_LATER, "port " + port + " is no subport of this machine's trunk any more");
            }
            Optional<Link> old = container.link(interfaceName);
            if (old.isPresent() && !(vlan.isPresent() && joins(old.get(), wiring, vlan.get()))) {
                if (!again || links.vlan(old.get()).isEmpty()) {
                    throw new CniException(
                            Code.INVALID_ENVIRONMENT, "the container has an interface " + interfaceName + " already");
                }
                container.deleteLink(old.get().index());
                old = Optional.empty();
            }
            if (old.isEmpty()) {
                // The kernel takes no name that the machine itself has, be it for another namespace.
                String fresh = fresh(port);
                container.deleteLink(fresh);
                LinkEnd end = LinkEnd.of(fresh)
                        .withMac(wiring.port().mac())
                        .withMtu(wiring.mtu())
                        .in(namespace);
                if (!prepared) {
                    create(port, end, vlan, container, again);
                } else if (!links.create(end, vlan.orElseThrow())) {
                    throw new CniException(
                            Code.TRY_AGAIN_LATER,
                            "the VLAN id " + vlan.get() + " of port " + port + " has another device of this machine");
                }
                container.setName(link(container, fresh).index(), interfaceName);
            }
            Link inside = link(container, interfaceName);
            container.setAlias(inside.index(), Bindings.ALIAS + port);
            return Inside.setUp(wiring, lower, inside, namespace, container, defaultRoute);
        } catch (KernelException e) {
            throw new CniException(Code.IO_FAILURE, String.valueOf(e.getMessage()));
        }
    }

    /** What a port's device is called until it has the interface's name. */
    private static String fresh(UUID port) {
        return "weft" + Bindings.prefix(port);
    }

    private static Link link(RouteNetlink container, String name) {
        return container
                .link(name)
                .orElseThrow(() -> new CniException(Code.TRY_AGAIN_LATER, "the device " + name + " has gone"));
    }

    private boolean joins(Link inside, Ports.Wiring wiring, int vlan) {
        return links.vlan(inside).equals(Optional.of(vlan))
                && inside.mac().equals(Optional.of(wiring.port().mac()));
    }

    /** Makes the device and then the subport, with the same VLAN id. */
    private void create(UUID port, LinkEnd end, Optional<Integer> present, RouteNetlink container, boolean again) {
        Optional<Integer> given = present;
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            int vlan = given.isPresent() ? given.get() : trunk.freeVlan();
            if (!links.create(end, vlan)) {
                // A device that was left over, in a namespace without a name.
                if (given.isPresent()) {
                    trunk.remove(api.ports().show(port));
                    given = Optional.empty();
                }
                continue;
            }
            if (given.isPresent()) {
                return;
            }
            try {
                trunk.add(port, vlan);
                return;
            } catch (NeutronException e) {
                given = e.conflict() ? trunk.read().vlan(port).filter(its -> again || its == vlan) : Optional.empty();
                container.deleteLink(end.name());
                if (given.isEmpty() && !e.type().equals(Trunks.DUPLICATE_SUBPORT)) {
                    throw e;
                }
            }
        }
        throw new CniException(Code.TRY_AGAIN_LATER, "no VLAN id was found that machine and trunk have free");
    }

    @Override
    public void awaitForce(UUID port) {
        Port seen = Waiting.await(awaited.active(port), PATIENCE, () -> "port " + port + " does not forward yet");
        if (seen.status().equals("ERROR")) {
            throw new CniException(Code.TRY_AGAIN_LATER, "port " + port + " does not forward");
        }
    }

    @Override
    public Ports.Wiring check(UUID port, NetworkNamespace namespace, String interfaceName) {
        Port seen = api.ports().find(port).orElseThrow(() -> changed("port " + port + " is gone"));
        int vlan = trunk.read()
                .vlan(port)
                .orElseThrow(() -> changed("port " + port + " is no subport of this machine's trunk"));
        Ports.Wiring wiring = wirings.of(seen);
        try (RouteNetlink container = RouteNetlink.open(namespace)) {
            Link inside = container
                    .link(interfaceName)
                    .orElseThrow(() -> changed("the container has no interface " + interfaceName));
            if (!joins(inside, wiring, vlan)) {
                throw changed(interfaceName + " is not the interface of port " + port);
            }
            Inside.check(wiring, inside, container);
        } catch (KernelException e) {
            throw new CniException(Code.IO_FAILURE, String.valueOf(e.getMessage()));
        }
        awaitForce(port);
        return wiring;
    }

    /** The subport goes when the port is released. */
    @Override
    public void remove(Attachment attachment) {
        if (attachment.port().isEmpty()) {
            return;
        }
        String alias = Bindings.ALIAS + attachment.port().get();
        try {
            Optional<NetworkNamespace> namespace = Inside.open(attachment.namespace());
            if (namespace.isPresent()) {
                try (NetworkNamespace opened = namespace.get();
                        RouteNetlink container = RouteNetlink.open(opened)) {
                    container.deleteLink(fresh(attachment.port().get()));
                    container
                            .link(attachment.key().interfaceName())
                            // One without an alias is not finished.
                            .filter(link -> link.alias().equals(alias)
                                    || link.alias().isEmpty()
                                            && links.vlan(link).isPresent())
                            .ifPresent(link -> container.deleteLink(link.index()));
                }
            }
        } catch (KernelException e) {
            throw new CniException(Code.TRY_AGAIN_LATER, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void requireReady() {
        links.lower();
        if (!trunk.read().adminStateUp()) {
            throw new CniException(
                    Code.NOT_AVAILABLE, "trunk " + trunk.seen().id() + " is disabled; containers that are there go on");
        }
    }
}
