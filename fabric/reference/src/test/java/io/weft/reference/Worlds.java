package io.weft.reference;

import io.weft.model.AddressPair;
import io.weft.model.Binding;
import io.weft.model.FixedIp;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import io.weft.model.Meta;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.model.Subnet;
import io.weft.model.World;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A small hand-made world: names become ids, so that tests read like sentences. */
final class Worlds {
    private World world = World.empty();
    private long nextMac = 0xfa163e000001L;
    private int nextVni = 100;

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

    World build() {
        return world;
    }
}
