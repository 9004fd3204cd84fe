package io.weft.agent.tables;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.vrouter.AddressKey;
import io.weft.vrouter.DomainGateway;
import io.weft.vrouter.FloodKey;
import io.weft.vrouter.FurtherGateway;
import io.weft.vrouter.GroupMemberKey;
import io.weft.vrouter.MacKey;
import io.weft.vrouter.NextHop;
import io.weft.vrouter.Place;
import io.weft.vrouter.PolicyNumber;
import io.weft.vrouter.Route;
import io.weft.vrouter.RouteKey;
import io.weft.vrouter.Tables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The numbers that a former process has given out, read back from the kernel's tables. A number that changed its meaning
 * while traffic flows would lead it astray.
 *
 * @param nodes node indexes by tunnel address
 * @param domains routing domains by a router interface's network and MAC
 * @param ports port numbers by network and MAC
 * @param groups equal-cost groups by route
 * @param flood members of flood lists by slot
 * @param policyNames what the policy tables' numbers stand for
 * @param limits numbers of limits by address outside
 * @param gateways the routers' interfaces outside, by network and MAC, that this node was the gateway of
 * @param ways the external networks by which default routes led out
 */
public record Remembered(
        Map<IpAddress, Integer> nodes,
        Map<MacKey, Integer> domains,
        Map<MacKey, Integer> ports,
        Map<RouteKey, Integer> groups,
        Map<FloodKey, Place> flood,
        Map<PolicyNumber, UUID> policyNames,
        Map<AddressKey, Integer> limits,
        Set<MacKey> gateways,
        Map<RouteKey, Set<Integer>> ways) {
    /** Nothing: the first start on this machine. */
    public static Remembered nothing() {
        return new Remembered(Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Set.of(), Map.of());
    }

    /** What stands in the kernel's tables. */
    public static Remembered of(Tables tables) {
        Map<IpAddress, Integer> nodes = new HashMap<>();
        tables.nodes().dump().forEach((index, node) -> {
            if (!node.address().isUnspecified()) {
                nodes.put(node.address(), index);
            }
        });
        Map<MacKey, Integer> domains = new HashMap<>();
        tables.routerInterfaces().dump().forEach((key, router) -> domains.put(key, router.domain()));
        Map<MacKey, Integer> ports = new HashMap<>();
        tables.ports()
                .dump()
                .values()
                .forEach(port -> ports.put(new MacKey(port.network(), port.mac()), port.number()));
        Map<RouteKey, Integer> groups = new HashMap<>();
        Map<GroupMemberKey, NextHop> members = tables.groupMembers().dump();
        Map<RouteKey, Set<Integer>> ways = new HashMap<>();
        tables.routes().dump().forEach((key, route) -> {
            if (key.prefix().length() == 0) {
                ways.put(key, ways(route, members));
            }
            if (route instanceof Route.Group group) {
                groups.put(key, group.group());
            } else if (route instanceof Route.ExternalGroup group) {
                groups.put(key, group.group());
            }
        });
        Map<AddressKey, Integer> limits = new HashMap<>();
        tables.externalAddresses().dump().forEach((key, address) -> {
            if (address.limits() != 0) {
                limits.put(key, address.limits());
            }
        });
        return new Remembered(
                nodes,
                domains,
                ports,
                groups,
                tables.flood().dump(),
                tables.policyNames().dump(),
                limits,
                Stream.concat(
                                tables.gateways().dump().values().stream(),
                                tables.furtherGateways().dump().values().stream()
                                        .map(FurtherGateway::gateway))
                        .filter(gateway -> gateway.place().equals(DomainGateway.HERE))
                        .map(gateway -> new MacKey(gateway.network(), gateway.mac()))
                        .collect(Collectors.toSet()),
                ways);
    }

    private static Set<Integer> ways(Route route, Map<GroupMemberKey, NextHop> members) {
        return switch (route) {
            case Route.External(NextHop hop) -> Set.of(hop.network());
            case Route.ExternalGroup(int group, int size) ->
                IntStream.range(0, size)
                        .mapToObj(slot -> members.get(new GroupMemberKey(group, slot)))
                        .flatMap(Stream::ofNullable)
                        .map(NextHop::network)
                        .collect(Collectors.toUnmodifiableSet());
            default -> Set.of();
        };
    }

    static OptionalInt find(Map<?, Integer> numbers, Object key) {
        Integer number = numbers.get(key);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /** The members that a flood list has in the kernel, in their order. */
    List<Place> flood(int network, FloodKey.List list) {
        List<Place> members = new ArrayList<>();
        Place member = flood.get(new FloodKey(network, list, 0));
        while (member != null) {
            members.add(member);
            member = flood.get(new FloodKey(network, list, members.size()));
        }
        return members;
    }

    OptionalInt port(int network, MacAddress mac) {
        return find(ports, new MacKey(network, mac));
    }
}
