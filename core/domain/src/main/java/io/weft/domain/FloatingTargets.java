package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.model.FixedIp;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.Port;
import io.weft.model.PortForwarding;
import io.weft.model.Router;
import io.weft.model.Subnet;
import io.weft.model.World;
import io.weft.store.Bytes;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What floating IPs lead to, within plans. A floating IP that leads somewhere has a key below each port inside and one below
 * its router; those who take a port's addresses, an interface or a way out away compare that no such key was written.
 */
final class FloatingTargets {
    private final Stamp stamp;

    FloatingTargets(Stamp stamp) {
        this.stamp = stamp;
    }

    /**
     * The router that leads from an external network to an address of a port; it, its interface and the port stay as they
     * are. Where several do, it is the one that the port's subnet names as its gateway.
     */
    static UUID requireReach(Plan plan, UUID externalNetworkId, Port port, IpAddress inside) {
        World world = plan.world();
        plan.requireUnchanged(port);
        UUID subnetId = port.fixedIps().stream()
                .filter(ip -> ip.address().equals(inside))
                .map(FixedIp::subnetId)
                .findFirst()
                .orElseThrow(() -> Problem.BAD_REQUEST.with(
                        "floatingip", "Port " + port.id() + " does not have fixed ip " + inside));
        Optional<IpAddress> gateway = world.subnet(subnetId).flatMap(Subnet::gateway);
        Port face = world.portsOfSubnet(subnetId).stream()
                .filter(Port::isRouterInterface)
                .filter(candidate -> router(world, candidate)
                        .flatMap(router -> router.gatewayTo(externalNetworkId))
                        .flatMap(way -> world.port(way.portId()))
                        .filter(outside -> !outside.fixedIps().isEmpty())
                        .isPresent())
                .min(Comparator.<Port, Boolean>comparing(candidate -> !has(candidate, gateway))
                        .thenComparing(Port::id))
                .orElseThrow(() -> Problem.EXTERNAL_GATEWAY_FOR_FLOATING_IP_NOT_FOUND.with(
                        externalNetworkId, subnetId, port.id()));
        Router router = router(world, face).orElseThrow();
        plan.requireUnchanged(router);
        plan.requireExists(Layout.routerInterface(router.id(), face.id()));
        plan.requireUnchanged(Layout.routerInterface(router.id(), face.id()));
        return router.id();
    }

    private static Optional<Router> router(World world, Port face) {
        return world.router(UUID.fromString(face.deviceId()));
    }

    private static boolean has(Port face, Optional<IpAddress> address) {
        return face.fixedIps().stream().anyMatch(ip -> Optional.of(ip.address()).equals(address));
    }

    /** Writes a floating IP that leads somewhere else than before. */
    FloatingIp write(Plan plan, FloatingIp before, FloatingIp after) {
        FloatingIp touched = after.withMeta(stamp.touch(after.meta()));
        plan.update(before, touched);
        keep(plan, Optional.of(before), Optional.of(touched));
        return touched;
    }

    /** Takes and gives up the keys of what a floating IP leads to. */
    static void keep(Plan plan, Optional<FloatingIp> before, Optional<FloatingIp> after) {
        Set<String> had = before.map(FloatingTargets::keys).orElse(Set.of());
        Set<String> has = after.map(FloatingTargets::keys).orElse(Set.of());
        had.stream().filter(key -> !has.contains(key)).forEach(plan::release);
        after.ifPresent(floatingIp -> {
            floatingIp.fixed().ifPresent(fixed -> {
                String key = fixedKey(floatingIp, fixed);
                if (!had.contains(key)) {
                    plan.takeOr(
                            key,
                            floatingIp.id(),
                            Problem.FLOATING_IP_PORT_ALREADY_ASSOCIATED.with(
                                    floatingIp.address(),
                                    floatingIp.id(),
                                    fixed.portId(),
                                    fixed.address(),
                                    floatingIp.networkId()));
                }
            });
            Bytes owner = Bytes.utf8(floatingIp.id().toString());
            floatingIp.forwardings().stream()
                    .map(PortForwarding::portId)
                    .distinct()
                    .map(port -> Layout.forwardingTarget(port, floatingIp.id()))
                    .filter(key -> !had.contains(key))
                    .forEach(key -> plan.put(key, owner));
            // Also when it was there: it may lead over another interface now.
            floatingIp.routerId().ifPresent(router -> plan.put(Layout.behindRouter(router, floatingIp.id()), owner));
        });
    }

    private static Set<String> keys(FloatingIp floatingIp) {
        Set<String> keys = new LinkedHashSet<>();
        floatingIp.fixed().ifPresent(fixed -> keys.add(fixedKey(floatingIp, fixed)));
        floatingIp.forwardings().forEach(f -> keys.add(Layout.forwardingTarget(f.portId(), floatingIp.id())));
        floatingIp.routerId().ifPresent(router -> keys.add(Layout.behindRouter(router, floatingIp.id())));
        return keys;
    }

    private static String fixedKey(FloatingIp floatingIp, FloatingIp.Fixed fixed) {
        return Layout.floatingTarget(fixed.portId(), fixed.address(), floatingIp.networkId());
    }

    /** A port goes: what leads to it leads nowhere. */
    void leave(Plan plan, Port port) {
        leave(plan, port, port.fixedIps().stream().map(FixedIp::address).toList());
    }

    /** A port was changed: what leads to addresses that it has no more leads nowhere. */
    void leaveLost(Plan plan, Port before, Port after) {
        List<IpAddress> lost = before.fixedIps().stream()
                .filter(ip -> !after.fixedIps().contains(ip))
                .map(FixedIp::address)
                .toList();
        if (!lost.isEmpty()) {
            leave(plan, before, lost);
        }
    }

    private void leave(Plan plan, Port port, List<IpAddress> lost) {
        plan.requireNoneWritten(Layout.floatingTargets(port.id()));
        for (FloatingIp floatingIp : plan.world().floatingIpsOfPort(port.id())) {
            boolean whole = floatingIp
                    .fixed()
                    .filter(fixed -> lost.contains(fixed.address()))
                    .isPresent();
            List<PortForwarding> left = floatingIp.forwardings().stream()
                    .filter(f -> !f.portId().equals(port.id()) || !lost.contains(f.address()))
                    .toList();
            if (whole) {
                write(plan, floatingIp, floatingIp.free());
            } else if (!left.equals(floatingIp.forwardings())) {
                write(
                        plan,
                        floatingIp,
                        floatingIp.withForwardings(floatingIp.routerId().orElseThrow(), left));
            }
        }
    }
}
