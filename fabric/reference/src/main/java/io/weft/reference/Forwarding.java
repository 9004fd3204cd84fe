package io.weft.reference;

import io.weft.model.AddressPair;
import io.weft.model.Direction;
import io.weft.model.FixedIp;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.LoadBalancer;
import io.weft.model.MacAddress;
import io.weft.model.Network;
import io.weft.model.PoolMember;
import io.weft.model.Port;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.model.World;
import io.weft.reference.Outcome.Answer;
import io.weft.reference.Outcome.Answered;
import io.weft.reference.Outcome.Delivered;
import io.weft.reference.Outcome.Dropped;
import io.weft.reference.Outcome.Exit;
import io.weft.reference.Outcome.Reason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Forwards single packets through a world, by reading the rules aloud.
 *
 * <p>Longer than most: a packet's way is to be read from its beginning to its end.
 */
public final class Forwarding {
    /** How many routers one packet may pass: past it the routes are taken to go round. */
    public static final int MAX_ROUTERS = 8;

    private final World world;
    private final SecurityRules rules;
    private final Ways ways;
    private final Scopes scopes;
    private final Outside outside;
    private final Balancing balancing;

    public Forwarding(World world) {
        this(world, List.of());
    }

    /**
     * A world in which there are connections already.
     *
     * @param known what routers remember
     */
    public Forwarding(World world, List<Translation> known) {
        this(world, known, Set.of());
    }

    /**
     * The same while some routers outside do not live. Where nobody watches them it makes no difference.
     *
     * @param lost which ones
     */
    public Forwarding(World world, List<Translation> known, Set<LostNextHop> lost) {
        this.world = world;
        this.rules = new SecurityRules(world);
        this.ways = new Ways(world, lost);
        this.scopes = new Scopes(world);
        this.balancing = new Balancing(world);
        this.outside = new Outside(world, this, ways, scopes, balancing, known);
    }

    /** What happens to this packet, the first of its connection. */
    public Outcome forward(Packet packet) {
        return forward(packet, false);
    }

    /** What happens to this packet, which answers one that arrived: where groups are stateful, it needs no rule. */
    public Outcome forwardReply(Packet packet) {
        return forward(packet, true);
    }

    /** What happens to this packet, the first of its connection, that comes over an external network. */
    public Outcome enter(OutsidePacket packet) {
        return outside.enter(packet, Journey.begin(false, packet.hops()));
    }

    /** What happens to this packet, which comes over an external network and answers one that arrived there. */
    public Outcome enterReply(OutsidePacket packet) {
        return outside.enter(packet, Journey.begin(true, packet.hops()));
    }

    private Outcome forward(Packet packet, boolean reply) {
        Port port = world.port(packet.port()).orElseThrow();
        Network network = world.network(port.networkId()).orElseThrow();
        if (!port.binding().isBound()) {
            return new Dropped(Reason.UNBOUND);
        }
        if (!port.adminStateUp() || !network.adminStateUp()) {
            return new Dropped(Reason.ADMIN_DOWN);
        }
        if (port.portSecurityEnabled()) {
            if (!mayUseMac(port, packet.sourceMac())) {
                return new Dropped(Reason.SPOOFED_MAC);
            }
            if (!mayUseAddress(port, packet.sourceMac(), packet.source())) {
                return new Dropped(Reason.SPOOFED_IP);
            }
        }
        Optional<Port> gateway = routerInterfaceWith(network.id(), packet.destinationMac());
        Optional<LoadBalancer> balancer = gateway.isPresent()
                ? balancing.behind(gateway.get(), packet.destination())
                : balancing.onLink(network.id(), packet);
        boolean asks =
                packet.transport().equals(Transport.echoRequest(packet.source().family()));
        if (balancer.isPresent() && !asks) {
            return balanced(packet, port, gateway, balancer.get(), reply);
        }
        if (!passes(port, Direction.EGRESS, packet.destination(), packet, reply)) {
            return new Dropped(Reason.EGRESS_DENIED);
        }
        if (balancer.isPresent() && gateway.isEmpty()) {
            return new Answered(Answer.LOCAL, packet.destination());
        }
        return gateway.isPresent()
                ? route(packet, gateway.get(), Journey.begin(reply, packet.hops()))
                : admitted(packet, onNetwork(packet, port, network), reply);
    }

    /** To a load balancer: it goes to any member, as if it had been sent to that one. */
    private Outcome balanced(Packet packet, Port port, Optional<Port> gateway, LoadBalancer balancer, boolean reply) {
        Set<Exit> exits = new HashSet<>();
        Outcome other = new Dropped(Reason.NO_MEMBER);
        for (PoolMember member :
                balancing.members(balancer, packet, port.binding().host())) {
            Packet given = packet.to(member.address(), member.port());
            Outcome one = !passes(port, Direction.EGRESS, given.destination(), given, reply)
                    ? new Dropped(Reason.EGRESS_DENIED)
                    : gateway.isPresent()
                            ? route(given, gateway.get(), Journey.begin(reply, packet.hops()))
                            : fromItsLink(given, balancer, reply);
            switch (one) {
                case Delivered delivered -> exits.addAll(delivered.exits());
                case Outcome outcome -> other = outcome;
            }
        }
        return exits.isEmpty() ? other : new Delivered(exits);
    }

    /** From the link of a load balancer's address: to whoever has the member's address there, or by the gateway. */
    private Outcome fromItsLink(Packet packet, LoadBalancer balancer, boolean reply) {
        Set<Exit> exits = new HashSet<>();
        for (Owner owner : ownersOfAddress(balancer.networkId(), packet.destination())) {
            if (owner.port().adminStateUp()) {
                exits.add(exit(packet, owner.port().id(), packet.sourceMac(), owner.mac(), packet.hops(), List.of()));
            }
        }
        if (!exits.isEmpty()) {
            return admitted(packet, new Delivered(exits), reply);
        }
        return balancing
                .gateway(balancer)
                .flatMap(address -> routerInterfaceWith(balancer.networkId(), address))
                .map(gateway -> route(packet, gateway, Journey.begin(reply, packet.hops())))
                .orElse(new Dropped(Reason.NO_DESTINATION));
    }

    private boolean passes(Port port, Direction direction, IpAddress remote, Packet packet, boolean reply) {
        return reply && rules.remembers(port) || rules.allow(port, direction, remote, packet.transport());
    }

    /** The exits whose ports let the packet in. */
    private Outcome admitted(Packet packet, Outcome outcome, boolean reply) {
        if (!(outcome instanceof Delivered delivered)) {
            return outcome;
        }
        Set<Exit> admitted = new HashSet<>();
        Reason refused = Reason.INGRESS_DENIED;
        for (Exit exit : delivered.exits()) {
            Port port = world.port(exit.port()).orElseThrow();
            if (port.binding().hostAccess().isPresent() && !mayEnterHost(port, exit)) {
                refused = Reason.HOST_REFUSED;
            } else if (passes(port, Direction.INGRESS, packet.source(), packet, reply)) {
                admitted.add(exit);
            }
        }
        return admitted.isEmpty() ? new Dropped(refused) : new Delivered(admitted);
    }

    /** A node leads nobody elsewhere, and believes nobody that he is another node's tunnel. */
    private boolean mayEnterHost(Port port, Exit exit) {
        return mayUseAddress(port, port.mac(), exit.destination())
                && !(isTunnel(exit.source())
                        && (isTunnel(exit.destination()) || exit.transport().isVxlan()));
    }

    private boolean isTunnel(IpAddress address) {
        return world.nodes().stream().anyMatch(node -> node.tunnelAddresses().contains(address));
    }

    private Outcome onNetwork(Packet packet, Port port, Network network) {
        Set<Exit> exits = new HashSet<>();
        for (Port owner : ownersOfMac(network.id(), packet.destinationMac())) {
            if (!owner.id().equals(port.id()) && owner.adminStateUp() && network.adminStateUp()) {
                exits.add(exit(
                        packet, owner.id(), packet.sourceMac(), packet.destinationMac(), packet.hops(), List.of()));
            }
        }
        return exits.isEmpty() ? new Dropped(Reason.NO_DESTINATION) : new Delivered(exits);
    }

    private static Exit exit(
            Packet packet, UUID port, MacAddress source, MacAddress destination, int hops, List<Translation> by) {
        return new Exit(port, source, destination, hops, packet.source(), packet.destination(), packet.transport(), by);
    }

    /** What a router does with a packet that came by this port of it: an interface, or its gateway. */
    Outcome route(Packet packet, Port incoming, Journey journey) {
        if (journey.routersPassed() == MAX_ROUTERS) {
            return new Dropped(Reason.LOOP);
        }
        UUID routerId = UUID.fromString(incoming.deviceId());
        Router router = world.router(routerId).orElseThrow();
        if (!router.adminStateUp() || !incoming.adminStateUp()) {
            return new Dropped(Reason.ADMIN_DOWN);
        }
        List<Port> interfaces = world.interfacesOf(routerId);
        if (interfaces.stream().anyMatch(each -> hasFixedIp(each, packet.destination()))
                || ways.gateways(router, packet.destination()).stream()
                        .anyMatch(way -> isForGateway(packet, way.port(), journey))) {
            return new Answered(Answer.LOCAL, packet.destination());
        }
        IpAddress self = addressOf(incoming, packet);
        if (journey.hops() <= 1) {
            return new Answered(Answer.TIME_EXCEEDED, self);
        }
        Best best = nextHops(router, interfaces, packet.destination());
        Optional<Ways.Way> way = ways.way(router, packet.destination(), best.length());
        if (way.isPresent()) {
            return leave(packet, router, incoming, way.get(), self, journey);
        }
        List<Hop> nextHops = best.hops();
        if (nextHops.isEmpty()) {
            return new Dropped(Reason.NO_ROUTE);
        }
        Set<Exit> exits = new HashSet<>();
        Outcome other = new Dropped(Reason.NO_DESTINATION);
        for (Hop hop : nextHops) {
            Outcome one = hop.way().isPresent()
                    ? leave(packet, router, incoming, hop.way().get(), self, journey)
                    : parts(packet, incoming, hop, journey)
                            ? new Dropped(Reason.ADDRESS_SCOPE)
                            : leave(packet, hop, self, journey.passed());
            switch (one) {
                case Delivered delivered -> exits.addAll(delivered.exits());
                case Outcome outcome -> other = isDenied(other) ? other : outcome;
            }
        }
        return exits.isEmpty() ? other : new Delivered(exits);
    }

    /** Whether the network ahead is of another scope than the one that the packet comes from. */
    private boolean parts(Packet packet, Port incoming, Hop hop, Journey journey) {
        return !journey.readdressed()
                && scopes.part(
                        incoming.networkId(),
                        hop.out().networkId(),
                        packet.destination().family());
    }

    private Outcome leave(Packet packet, Router router, Port incoming, Ways.Way way, IpAddress self, Journey journey) {
        // What came by a way out leaves by none: no router carries for strangers.
        return journey.fromOutside()
                ? new Dropped(Reason.NO_ROUTE)
                : outside.leave(packet, router, incoming.networkId(), way, self, journey.passed());
    }

    /** For a router's own address outside, and not for one of those who share it. */
    private static boolean isForGateway(Packet packet, Port gateway, Journey journey) {
        boolean asks =
                packet.transport().equals(Transport.echoRequest(packet.source().family()));
        return hasFixedIp(gateway, packet.destination()) && (asks || journey.fromOutside() || journey.hops() <= 1);
    }

    private static boolean isDenied(Outcome outcome) {
        return outcome.equals(new Dropped(Reason.INGRESS_DENIED));
    }

    /** @param journey with this router passed */
    private Outcome leave(Packet packet, Hop hop, IpAddress self, Journey journey) {
        Network network = world.network(hop.out().networkId()).orElseThrow();
        if (!network.adminStateUp() || !hop.out().adminStateUp()) {
            return new Dropped(Reason.ADMIN_DOWN);
        }
        if (packet.bytes() > network.mtu()) {
            return new Answered(Answer.TOO_BIG, self);
        }
        Optional<Port> nextRouter = routerInterfaceWith(network.id(), hop.neighbour());
        if (nextRouter.isPresent()) {
            return route(packet, nextRouter.get(), journey);
        }
        if (balancing.at(network.id(), hop.neighbour()).isPresent()) {
            return new Answered(Answer.LOCAL, hop.neighbour());
        }
        Set<Exit> exits = new HashSet<>();
        for (Owner owner : ownersOfAddress(network.id(), hop.neighbour())) {
            if (owner.port().adminStateUp()) {
                exits.add(exit(
                        packet,
                        owner.port().id(),
                        hop.out().mac(),
                        owner.mac(),
                        journey.hops(),
                        journey.translations()));
            }
        }
        return exits.isEmpty()
                ? new Dropped(Reason.NO_DESTINATION)
                : admitted(packet, new Delivered(exits), journey.reply());
    }

    /** The hops of the longest matching prefix; connected networks win over static routes of the same length. */
    private Best nextHops(Router router, List<Port> interfaces, IpAddress destination) {
        int longest = -1;
        List<Hop> best = new ArrayList<>();
        for (Port out : interfaces) {
            for (IpPrefix prefix : prefixesOf(out)) {
                if (prefix.contains(destination) && prefix.length() > longest) {
                    longest = prefix.length();
                    best = new ArrayList<>(List.of(new Hop(out, destination, Optional.empty())));
                }
            }
        }
        int longestConnected = longest;
        for (Route route : router.routes()) {
            int length = route.destination().length();
            if (!route.destination().contains(destination) || length < longest || length == longestConnected) {
                continue;
            }
            Optional<Hop> inside = interfaces.stream()
                    .filter(i -> isOn(i, route.nexthop()))
                    .findFirst()
                    .map(i -> new Hop(i, route.nexthop(), Optional.empty()));
            Optional<Hop> hop = inside.or(() -> ways.gateways(router, route.nexthop()).stream()
                    .filter(way -> isOn(way.port(), route.nexthop()))
                    .findFirst()
                    .map(way -> new Hop(way.port(), route.nexthop(), Optional.of(way))));
            if (hop.isPresent()) {
                if (length > longest) {
                    best.clear();
                    longest = length;
                }
                best.add(hop.get());
            }
        }
        return new Best(longest, best);
    }

    /** Whether port security lets the port send from this MAC. */
    boolean mayUseMac(Port port, MacAddress mac) {
        return port.mac().equals(mac)
                || port.allowedAddressPairs().stream().anyMatch(p -> p.mac().equals(mac));
    }

    /** Whether port security lets the port send from this address, given the MAC. */
    boolean mayUseAddress(Port port, MacAddress mac, IpAddress address) {
        if (mac.equals(port.mac()) && hasFixedIp(port, address)) {
            return true;
        }
        boolean speaksIpv6 = mac.equals(port.mac());
        for (AddressPair pair : port.allowedAddressPairs()) {
            if (pair.mac().equals(mac)) {
                if (pair.prefix().contains(address)) {
                    return true;
                }
                speaksIpv6 |= !pair.prefix().address().isIpv4();
            }
        }
        IpPrefix linkLocal = IpPrefix.parse("fe80::/64");
        return speaksIpv6
                && (mac.eui64Address(linkLocal).equals(address)
                        || port.mac().eui64Address(linkLocal).equals(address));
    }

    /** The router's interface with this MAC on this network. */
    private Optional<Port> routerInterfaceWith(UUID networkId, MacAddress mac) {
        return world.portsOf(networkId).stream()
                .filter(p -> p.isRouterInterface() && p.mac().equals(mac))
                .findFirst();
    }

    /** The router's interface with this address on this network. */
    Optional<Port> routerInterfaceWith(UUID networkId, IpAddress address) {
        return world.portsOf(networkId).stream()
                .filter(p -> p.isRouterInterface() && hasFixedIp(p, address))
                .findFirst();
    }

    private List<Port> ownersOfMac(UUID networkId, MacAddress mac) {
        return world.portsOf(networkId).stream()
                .filter(p -> !p.isServed() && p.binding().isBound())
                .filter(p -> mayUseMac(p, mac))
                .toList();
    }

    /** Who may answer for the address: its one owner, or else all whom an allowed pair lets use it. */
    List<Owner> ownersOfAddress(UUID networkId, IpAddress address) {
        List<Owner> candidates = new ArrayList<>();
        for (Port port : world.portsOf(networkId)) {
            if (port.isServed() || !port.binding().isBound()) {
                continue;
            }
            if (hasFixedIp(port, address)) {
                return List.of(new Owner(port, port.mac()));
            }
            for (AddressPair pair : port.allowedAddressPairs()) {
                if (pair.prefix().contains(address)) {
                    candidates.add(new Owner(port, pair.mac()));
                }
            }
        }
        return candidates;
    }

    static boolean hasFixedIp(Port port, IpAddress address) {
        return port.fixedIps().stream().map(FixedIp::address).anyMatch(address::equals);
    }

    private List<IpPrefix> prefixesOf(Port port) {
        return port.fixedIps().stream()
                .map(ip -> world.subnet(ip.subnetId()).orElseThrow().cidr())
                .toList();
    }

    private boolean isOn(Port port, IpAddress address) {
        return prefixesOf(port).stream().anyMatch(prefix -> prefix.contains(address));
    }

    private static IpAddress addressOf(Port routerInterface, Packet packet) {
        return routerInterface.fixedIps().stream()
                .map(FixedIp::address)
                .filter(a -> a.family() == packet.source().family())
                .findFirst()
                .orElse(packet.destination());
    }

    /** Whether a router's own routes, and not its way out, lead to an address. */
    boolean leadsInside(Router router, IpAddress address) {
        Best best = nextHops(router, world.interfacesOf(router.id()), address);
        return ways.way(router, address, best.length()).isEmpty()
                && best.hops().stream().noneMatch(hop -> hop.way().isPresent());
    }

    /** A port that may answer for an address, and the MAC under which it does. */
    record Owner(Port port, MacAddress mac) {}

    /**
     * What a router's own routes say.
     *
     * @param length of the longest prefix that matches; -1 when none does
     * @param hops where it leads
     */
    private record Best(int length, List<Hop> hops) {}

    /** Where a router sends a packet: out of this interface, or by this way out, to this neighbour. */
    private record Hop(Port out, IpAddress neighbour, Optional<Ways.Way> way) {}
}
