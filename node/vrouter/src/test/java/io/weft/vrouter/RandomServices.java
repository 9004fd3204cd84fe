package io.weft.vrouter;

import io.weft.model.AllowedCallers;
import io.weft.model.BalancedProtocol;
import io.weft.model.Binding;
import io.weft.model.FixedIp;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.LoadBalancer;
import io.weft.model.MacAddress;
import io.weft.model.MemberLocality;
import io.weft.model.PoolMember;
import io.weft.model.Router;
import io.weft.model.World;
import io.weft.model.WorldBuilder;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/**
 * Load balancers in a {@link RandomWorld}. Each of their pools has one member that takes connections, so that what becomes of a
 * packet is known, and others that do not.
 */
final class RandomServices {
    private static final int LAST_BYTE = 200;
    private static final int MEMBER_PORT = 100;

    private RandomServices() {}

    /** The world with load balancers on some of its networks. */
    static World with(World world, Random random) {
        return with(world, random, List.of(MemberLocality.values()));
    }

    /** @param localities what its pools say of near members: one of these */
    static World with(World world, Random random, List<MemberLocality> localities) {
        WorldBuilder builder = new WorldBuilder(world);
        List<io.weft.model.Port> guests = RandomWorld.ports(world).stream()
                .filter(port -> !port.isRouterInterface() && port.adminStateUp())
                .toList();
        for (int network = 0; network < RandomWorld.NETWORKS && !guests.isEmpty(); network++) {
            for (IpFamily family : IpFamily.values()) {
                if (random.nextInt(4) > 0) {
                    add(builder, network, family, guests, localities.get(random.nextInt(localities.size())), random);
                }
            }
        }
        return builder.build(world.revision() + 1);
    }

    private static void add(
            WorldBuilder builder,
            int network,
            IpFamily family,
            List<io.weft.model.Port> guests,
            MemberLocality locality,
            Random random) {
        int number = network * 10 + family.version();
        IpAddress address = RandomWorld.prefix(network, family).first().plus(LAST_BYTE);
        UUID port = RandomWorld.id('b', number);
        UUID subnet = RandomWorld.subnetId(network, family);
        UUID id = RandomWorld.id('l', number);
        UUID pool = RandomWorld.id('o', number);
        builder.put(new io.weft.model.Port(
                RandomWorld.meta(port),
                RandomWorld.id('n', network),
                true,
                new MacAddress(0xfa163ebb0000L + number),
                List.of(new FixedIp(subnet, address)),
                LoadBalancer.deviceId(id),
                LoadBalancer.PORT_OWNER,
                List.of(),
                true,
                List.of(),
                Binding.NONE));
        builder.put(new LoadBalancer(
                RandomWorld.meta(id),
                port,
                RandomWorld.id('n', network),
                subnet,
                address,
                random.nextInt(8) > 0,
                true));
        builder.put(new io.weft.model.Pool(
                RandomWorld.meta(pool),
                id,
                random.nextInt(8) > 0,
                BalancedProtocol.TCP,
                random.nextInt(2) * 60,
                locality));
        for (BalancedProtocol protocol : new BalancedProtocol[] {BalancedProtocol.TCP, BalancedProtocol.UDP}) {
            builder.put(new io.weft.model.Listener(
                    RandomWorld.meta(RandomWorld.id('v', number * 100 + protocol.number())),
                    id,
                    random.nextInt(8) > 0,
                    protocol,
                    80,
                    random.nextInt(8) > 0 ? Optional.of(pool) : Optional.empty(),
                    callers(family, guests, random),
                    Optional.empty()));
        }
        for (int member = 0; member < 3; member++) {
            IpAddress there = guests.get(random.nextInt(guests.size()))
                    .fixedIps()
                    .get(family == IpFamily.IPV4 ? 0 : 1)
                    .address();
            builder.put(new PoolMember(
                    RandomWorld.meta(RandomWorld.id('m', number * 10 + member)),
                    pool,
                    member != 1,
                    random.nextInt(8) == 0 ? there.plus(60) : there,
                    MEMBER_PORT + member,
                    member == 2 ? 0 : 1,
                    Optional.empty()));
        }
    }

    /** Everyone, mostly; some listeners let in the half of all addresses that a guest's is in, or this guest alone. */
    private static AllowedCallers callers(IpFamily family, List<io.weft.model.Port> guests, Random random) {
        IpAddress guest = guests.get(random.nextInt(guests.size()))
                .fixedIps()
                .get(family == IpFamily.IPV4 ? 0 : 1)
                .address();
        int length = random.nextBoolean() ? 1 : family.bits();
        return switch (random.nextInt(8)) {
            case 0 -> new AllowedCallers(List.of(new IpPrefix(guest, length)), AllowedCallers.Scope.ALL);
            case 1 -> new AllowedCallers(List.of(new IpPrefix(guest, length)), AllowedCallers.Scope.FLOATING);
            default -> AllowedCallers.EVERYONE;
        };
    }

    static void allow(Rig rig, ListenerKey listener, List<IpPrefix> callers) {
        callers.forEach(each -> rig.tables().allowedCallers().put(new AllowedCallerKey(listener, each), 1));
    }

    /** Writes the tables of a host, by the plainest way. */
    static void write(Rig rig, World world, Collection<io.weft.model.Port> locals) {
        Set<IpAddress> here = locals.stream()
                .flatMap(port -> port.fixedIps().stream())
                .map(FixedIp::address)
                .collect(Collectors.toSet());
        for (LoadBalancer balancer : world.loadBalancers()) {
            int vni = world.network(balancer.networkId()).orElseThrow().vni();
            MacAddress mac = world.port(balancer.portId()).orElseThrow().mac();
            rig.tables().macs().put(new MacKey(vni, mac), Place.virtual());
            rig.tables()
                    .addresses()
                    .put(new AddressKey(vni, balancer.address()), new AddressOwner(mac, Place.virtual()));
            domains(
                    world,
                    balancer.networkId(),
                    domain -> rig.tables().virtualAddresses().put(new AddressKey(domain, balancer.address()), vni));
            IpAddress gateway =
                    world.subnet(balancer.subnetId()).orElseThrow().gateway().orElseThrow();
            for (io.weft.model.Listener listener : world.listenersOf(balancer.id())) {
                Optional<UUID> pool = pool(world, balancer, listener);
                ListenerKey key = new ListenerKey(
                        vni, balancer.address(), listener.protocol().number(), listener.port());
                allow(rig, key, listener.callers().atVirtualAddress());
                rig.tables()
                        .listeners()
                        .put(
                                key,
                                new Listener(
                                        pool,
                                        0,
                                        !listener.callers().atVirtualAddress().isEmpty(),
                                        gateway));
            }
        }
        for (io.weft.model.Pool pool : world.pools()) {
            Map<Integer, Pool.Member> members = new HashMap<>();
            boolean near = world.membersOf(pool.id()).stream()
                    .anyMatch(
                            member -> member.adminStateUp() && member.weight() > 0 && here.contains(member.address()));
            boolean all = switch (pool.locality()) {
                case ANY -> true;
                case LOCAL -> false;
                case PREFER_LOCAL -> !near;
            };
            for (PoolMember member : world.membersOf(pool.id())) {
                if (member.adminStateUp()) {
                    boolean takes = all || here.contains(member.address());
                    members.put(
                            members.size(),
                            new Pool.Member(member.address(), member.port(), takes ? member.weight() : 0));
                }
            }
            IpFamily family = world.loadBalancer(pool.loadBalancerId())
                    .orElseThrow()
                    .address()
                    .family();
            rig.tables().pools().put(new PoolKey(pool.id(), family), new Pool(members));
        }
    }

    /** The pool that a listener has in service. */
    static Optional<UUID> pool(World world, LoadBalancer balancer, io.weft.model.Listener listener) {
        return listener.defaultPool()
                .filter(id -> world.pool(id).orElseThrow().adminStateUp())
                .filter(_ -> listener.adminStateUp() && balancer.adminStateUp());
    }

    private static void domains(World world, UUID network, IntConsumer to) {
        for (io.weft.model.Port port : RandomWorld.ports(world)) {
            if (port.isRouterInterface() && port.networkId().equals(network)) {
                Router router = world.router(UUID.fromString(port.deviceId())).orElseThrow();
                if (router.adminStateUp()) {
                    to.accept(WorldTables.domain(router.id()));
                }
            }
        }
    }
}
