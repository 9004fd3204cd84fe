package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.IpAddress;
import io.weft.model.Node;
import io.weft.model.World;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/** The machines with an agent. A node is registered when it enrols, and again when its tunnel addresses change. */
public final class Nodes {
    private final Transactor transactor;
    private final Supplier<World> world;
    private final GatewayNodes gateways;
    private final Stamp stamp;

    Nodes(Transactor transactor, Supplier<World> world, GatewayNodes gateways, Stamp stamp) {
        this.transactor = transactor;
        this.world = world;
        this.gateways = gateways;
        this.stamp = stamp;
    }

    /**
     * Makes a node with this name, or gives the one that has it these tunnel addresses.
     *
     * @param name its host name; without a slash
     */
    public Node register(String name, List<IpAddress> tunnelAddresses) {
        if (name.isEmpty() || name.indexOf('/') >= 0) {
            throw Problem.INVALID_INPUT.with("'" + name + "' is no name of a host");
        }
        return transactor.run(plan -> {
            Optional<Node> present = plan.world().node(name);
            return present.isPresent()
                    ? change(plan, present.get(), tunnelAddresses)
                    : create(plan, name, tunnelAddresses);
        });
    }

    /** Gives a node a text for people. Administrators only. */
    public Node describe(UUID id, String description) {
        return transactor.run(plan -> {
            Node before = plan.world().node(id).orElseThrow(() -> Problem.NODE_NOT_FOUND.with(id));
            Node after = before.withMeta(stamp.describe(before, Optional.empty(), Optional.of(description)));
            if (after.equals(before)) {
                return before;
            }
            Node touched = after.withMeta(stamp.touch(after.meta()));
            plan.update(before, touched);
            return touched;
        });
    }

    /**
     * Takes what a node says of its physical networks; routers that lack a gateway's node on them get one.
     *
     * @throws io.weft.domain.error.DomainException {@link Problem#NODE_NOT_FOUND} when no node has this name
     */
    public Node connect(String name, List<String> physicalNetworks) {
        Set<String> concerned = new HashSet<>(physicalNetworks);
        Node connected = transactor.run(plan -> {
            Node before = find(plan.world(), name);
            Node after = new Node(before.meta(), before.tunnelAddresses(), physicalNetworks);
            if (after.equals(before)) {
                return before;
            }
            concerned.addAll(before.physicalNetworks());
            Node touched = after.withMeta(stamp.touch(after.meta()));
            plan.update(before, touched);
            return touched;
        });
        gateways.settle(concerned);
        return connected;
    }

    /** Removes a node that no port is bound to. Administrators only. */
    public void remove(String name) {
        gateways.leaveMany(show(name).id());
        transactor.run(plan -> {
            Node node = find(plan.world(), name);
            if (!plan.world().portsOnHost(name).isEmpty()) {
                throw Problem.NODE_IN_USE.with(name);
            }
            plan.delete(node);
            GatewayNodes.leave(plan, node.id());
            plan.release(Layout.nodeName(name));
            node.tunnelAddresses().forEach(address -> plan.release(Layout.tunnelAddress(address)));
            plan.release(Layout.status(node.id()));
            return name;
        });
    }

    /** The node with this name. */
    public Node show(String name) {
        return find(world.get(), name);
    }

    /** All nodes, in no order. */
    public List<Node> list() {
        return List.copyOf(world.get().nodes());
    }

    private Node create(Plan plan, String name, List<IpAddress> tunnelAddresses) {
        Node node = new Node(stamp.create(Stamp.newId(), "", name, "", List.of()), tunnelAddresses);
        plan.take(Layout.nodeName(name), node.id());
        tunnelAddresses.forEach(address -> take(plan, node, address));
        plan.create(node);
        return node;
    }

    private Node change(Plan plan, Node before, List<IpAddress> tunnelAddresses) {
        if (before.tunnelAddresses().equals(tunnelAddresses)) {
            return before;
        }
        Node after = new Node(stamp.touch(before.meta()), tunnelAddresses, before.physicalNetworks());
        Set<IpAddress> kept = new HashSet<>(before.tunnelAddresses());
        tunnelAddresses.stream().filter(a -> !kept.contains(a)).forEach(address -> take(plan, after, address));
        before.tunnelAddresses().stream()
                .filter(a -> !tunnelAddresses.contains(a))
                .forEach(address -> plan.release(Layout.tunnelAddress(address)));
        plan.update(before, after);
        return after;
    }

    private static void take(Plan plan, Node node, IpAddress address) {
        plan.takeOr(Layout.tunnelAddress(address), node.id(), Problem.TUNNEL_ADDRESS_IN_USE.with(address));
    }

    private static Node find(World world, String name) {
        return world.node(name).orElseThrow(() -> Problem.NODE_NOT_FOUND.with(name));
    }
}
