package io.weft.reference;

import io.weft.model.AddressGroup;
import io.weft.model.AddressPair;
import io.weft.model.AddressScope;
import io.weft.model.AllowedCallers;
import io.weft.model.BalancedProtocol;
import io.weft.model.Binding;
import io.weft.model.ExternalGateway;
import io.weft.model.FixedIp;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.IpProtocol;
import io.weft.model.Ipv6Mode;
import io.weft.model.Listener;
import io.weft.model.LoadBalancer;
import io.weft.model.MacAddress;
import io.weft.model.MemberLocality;
import io.weft.model.Meta;
import io.weft.model.Network;
import io.weft.model.Node;
import io.weft.model.Pool;
import io.weft.model.PoolMember;
import io.weft.model.Port;
import io.weft.model.PortForwarding;
import io.weft.model.PortRange;
import io.weft.model.Precedence;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.model.RuleAction;
import io.weft.model.RuleMatch;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.Sharing;
import io.weft.model.Subnet;
import io.weft.model.SubnetPool;
import io.weft.model.Tier;
import io.weft.model.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.Stream;

/** A small hand-made world: names become ids, so that tests read like sentences. */
final class Worlds {
    private World world = World.empty();
    private long nextMac = 0xfa163e000001L;
    private int nextVni = 100;
    private int nextRule;

    static UUID id(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static Meta meta(String name) {
        return Meta.create(id(name), "project", name, "", Instant.EPOCH);
    }

    Worlds network(String name, int mtu) {
        world = world.with(new Network(meta(name), true, false, nextVni++, mtu, true));
        return this;
    }

    Worlds subnet(String name, String network, String cidr, String gateway) {
        world = world.with(new Subnet(
                meta(name),
                id(network),
                IpPrefix.parse(cidr),
                gateway.isEmpty() ? Optional.empty() : Optional.of(IpAddress.parse(gateway)),
                List.of(),
                List.of(),
                List.of(),
                true,
                Ipv6Mode.NONE,
                Ipv6Mode.NONE));
        return this;
    }

    /** Puts a subnet's addresses into an address scope of this name. */
    Worlds scoped(String subnet, String scope) {
        Subnet plain = world.subnet(id(subnet)).orElseThrow();
        String pool = "pool of " + subnet;
        world = world.with(new AddressScope(meta(scope), plain.family(), Sharing.NONE))
                .with(new SubnetPool(
                        meta(pool),
                        Sharing.NONE,
                        false,
                        plain.family(),
                        List.of(plain.cidr()),
                        0,
                        plain.family().bits(),
                        0,
                        OptionalInt.empty(),
                        Optional.of(id(scope))))
                .with(new Subnet(
                        plain.meta(),
                        plain.networkId(),
                        plain.cidr(),
                        plain.gateway(),
                        plain.allocationPools(),
                        plain.dnsNameservers(),
                        plain.hostRoutes(),
                        plain.dhcpEnabled(),
                        plain.raMode(),
                        plain.addressMode(),
                        plain.serviceTypes(),
                        Optional.of(id(pool))));
        return this;
    }

    Worlds router(String name, Route... routes) {
        world = world.with(new Router(meta(name), true, List.of(routes)));
        return this;
    }

    Worlds routerInterface(String name, String router, String network, String subnet, String address) {
        return port(name, network, subnet, address, id(router).toString(), Port.ROUTER_INTERFACE, "", List.of(), true);
    }

    Worlds port(String name, String network, String subnet, String address) {
        return port(name, network, subnet, address, "", "", "host", List.of(), true);
    }

    Worlds port(String name, String network, String subnet, String address, List<AddressPair> pairs) {
        return port(name, network, subnet, address, "", "", "host", pairs, true);
    }

    Worlds openPort(String name, String network, String subnet, String address) {
        return port(name, network, subnet, address, "", "", "host", List.of(), false);
    }

    private Worlds port(
            String name,
            String network,
            String subnet,
            String address,
            String device,
            String owner,
            String host,
            List<AddressPair> pairs,
            boolean secure) {
        world = world.with(new Port(
                meta(name),
                id(network),
                true,
                new MacAddress(nextMac++),
                List.of(new FixedIp(id(subnet), IpAddress.parse(address))),
                device,
                owner,
                pairs,
                secure,
                List.of(),
                new Binding(host, "normal", Map.of())));
        return this;
    }

    /** An external network, with one subnet of its name. */
    Worlds outside(String name, String cidr, String gateway) {
        world = world.with(new Network(
                meta(name), true, false, nextVni++, 1500, true, "", true, Optional.of("physnet"), Optional.empty()));
        return subnet(name, name, cidr, gateway);
    }

    /** A node with the external networks' physical network, or without. */
    Worlds node(String name, boolean connected) {
        world = world.with(new Node(meta(name), List.of(), connected ? List.of("physnet") : List.of()));
        return this;
    }

    /** A way out of the router, on this node. */
    Worlds wayOut(String router, String network, String address, boolean snat, String node) {
        String name = router + " out to " + network;
        port(name, network, network, address, id(router).toString(), Port.ROUTER_GATEWAY, "", List.of(), false);
        Router before = world.router(id(router)).orElseThrow();
        List<ExternalGateway> gateways = new ArrayList<>(before.gateways());
        gateways.removeIf(gateway -> gateway.networkId().equals(id(network)));
        gateways.add(new ExternalGateway(id(network), id(name), snat, nextVni++, List.of(id(node))));
        world = world.with(before.withGateways(gateways));
        return this;
    }

    /** A floating IP that leads nowhere. */
    Worlds floatingIp(String name, String network, String address) {
        String holder = name + " holder";
        port(holder, network, network, address, id(name).toString(), Port.FLOATING_IP, "", List.of(), false);
        world = world.with(new FloatingIp(
                meta(name),
                id(network),
                id(holder),
                IpAddress.parse(address),
                Optional.empty(),
                Optional.empty(),
                List.of()));
        return this;
    }

    Worlds leads(String floatingIp, String router, String port) {
        world = world.with(floating(floatingIp).withFixed(id(router), new FloatingIp.Fixed(id(port), addressOf(port))));
        return this;
    }

    Worlds forwards(String floatingIp, String router, int outside, String port, int inside) {
        world = world.with(floating(floatingIp)
                .withForwardings(
                        id(router),
                        List.of(new PortForwarding(
                                id(floatingIp + outside),
                                "",
                                IpProtocol.parse("tcp"),
                                new PortRange(outside, outside),
                                id(port),
                                addressOf(port),
                                new PortRange(inside, inside)))));
        return this;
    }

    private FloatingIp floating(String name) {
        return world.floatingIp(id(name)).orElseThrow();
    }

    private IpAddress addressOf(String port) {
        return world.port(id(port)).orElseThrow().fixedIps().getFirst().address();
    }

    Worlds group(String name, boolean stateful) {
        world = world.with(new SecurityGroup(meta(name), false, stateful));
        return this;
    }

    Worlds rule(String group, RuleMatch match) {
        world = world.with(new SecurityGroupRule(meta("rule " + nextRule++), id(group), match));
        return this;
    }

    Worlds tier(String group, Tier tier, int priority) {
        world = world.with(new SecurityGroup(meta(group), false, true).withPrecedence(new Precedence(tier, priority)));
        return this;
    }

    Worlds rule(String group, RuleMatch match, RuleAction action, int position) {
        world = world.with(new SecurityGroupRule(meta("rule " + nextRule++), id(group), match, action, position));
        return this;
    }

    Worlds addressGroup(String name, String... blocks) {
        world = world.with(new AddressGroup(
                meta(name), Stream.of(blocks).map(IpPrefix::parse).toList()));
        return this;
    }

    /** Rules apply to the port: those of these groups. */
    Worlds join(String port, String... groups) {
        Port old = world.port(id(port)).orElseThrow();
        world = world.with(new Port(
                old.meta(),
                old.networkId(),
                old.adminStateUp(),
                old.mac(),
                old.fixedIps(),
                old.deviceId(),
                old.deviceOwner(),
                old.allowedAddressPairs(),
                old.portSecurityEnabled(),
                Optional.of(Stream.of(groups).map(Worlds::id).toList()),
                old.extraDhcpOptions(),
                old.binding(),
                old.dns(),
                old.qosPolicy()));
        return this;
    }

    /** A load balancer at the address of a port, which is bound nowhere, with one member for TCP port 80. */
    Worlds balancer(String port, String member) {
        Port own = world.port(id(port)).orElseThrow().withBinding(Binding.NONE);
        FixedIp address = own.fixedIps().getFirst();
        UUID balancer = id("balancer " + port);
        UUID pool = id("pool " + port);
        world = world.with(own)
                .with(new LoadBalancer(
                        meta("balancer " + port),
                        own.id(),
                        own.networkId(),
                        address.subnetId(),
                        address.address(),
                        true,
                        true))
                .with(new Pool(meta("pool " + port), balancer, true, BalancedProtocol.TCP, 0, MemberLocality.ANY))
                .with(new PoolMember(
                        meta("member " + port),
                        pool,
                        true,
                        world.port(id(member))
                                .orElseThrow()
                                .fixedIps()
                                .getFirst()
                                .address(),
                        8080,
                        1,
                        Optional.empty()))
                .with(new Listener(
                        meta("listener " + port),
                        balancer,
                        true,
                        BalancedProtocol.TCP,
                        80,
                        Optional.of(pool),
                        AllowedCallers.EVERYONE,
                        Optional.empty()));
        return this;
    }

    World build() {
        return world;
    }
}
