package io.weft.compiler;

import static io.weft.compiler.Fixtures.called;
import static io.weft.compiler.Fixtures.external;
import static io.weft.compiler.Fixtures.face;
import static io.weft.compiler.Fixtures.floatingPort;
import static io.weft.compiler.Fixtures.gatewayPort;
import static io.weft.compiler.Fixtures.host;
import static io.weft.compiler.Fixtures.id;
import static io.weft.compiler.Fixtures.in;
import static io.weft.compiler.Fixtures.ip;
import static io.weft.compiler.Fixtures.network;
import static io.weft.compiler.Fixtures.node;
import static io.weft.compiler.Fixtures.port;
import static io.weft.compiler.Fixtures.route;
import static io.weft.compiler.Fixtures.router;
import static io.weft.compiler.Fixtures.subnet;
import static io.weft.compiler.Fixtures.withDomain;

import io.weft.compiler.Fixtures.Step;
import io.weft.model.Change;
import io.weft.model.ExternalGateway;
import io.weft.model.FixedIp;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.Port;
import io.weft.model.PortDns;
import io.weft.model.Resource;
import io.weft.model.Route;
import io.weft.model.RuleRemote;
import io.weft.model.Trunk;
import io.weft.model.World;
import io.weft.model.WorldBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.Predicate;

/** A small model that changes at random, also into states that a service would refuse. */
final class RandomModel {
    static final int HOSTS = 6;

    private static final int NETWORKS = 6;
    private static final int SUBNETS = 8;
    private static final int PORTS = 24;
    private static final int ROUTERS = 4;
    private static final int GROUPS = 4;
    private static final int ADDRESS_GROUPS = 2;
    private static final int RULES = 8;
    private static final int FLOATING_IPS = 4;
    private static final int QOS_POLICIES = 3;
    private static final int TRUNKS = 3;
    private static final int POOLS = 2;
    private static final int LOAD_BALANCERS = 3;
    private static final int LISTENERS = 6;
    private static final int MEMBER_POOLS = 4;
    private static final int MEMBERS = 8;

    private record Subject(Resource.Kind kind, int number) {}

    private final Random random;
    private World world = World.empty();

    RandomModel(long seed) {
        random = new Random(seed);
    }

    World world() {
        return world;
    }

    /** Changes one to four things at one revision. */
    Step step() {
        World before = world;
        WorldBuilder builder = new WorldBuilder(before);
        Map<Subject, Optional<Resource>> changed = new LinkedHashMap<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            Subject subject = subject();
            boolean removed = random.nextInt(4) == 0;
            changed.put(subject, removed ? Optional.empty() : Optional.of(resource(subject)));
        }
        List<Change> changes = new ArrayList<>();
        changed.forEach((subject, after) -> {
            Resource.Kind kind = subject.kind();
            Optional<Resource> old = before.resource(kind, id(kind, subject.number()));
            after.ifPresentOrElse(builder::put, () -> builder.remove(kind, id(kind, subject.number())));
            if (old.isPresent() || after.isPresent()) {
                changes.add(new Change(old, after));
            }
        });
        world = builder.build(before.revision() + 1 + random.nextInt(3));
        return new Step(before, world, changes);
    }

    private Subject subject() {
        int dice = random.nextInt(40);
        if (dice < 13) {
            return new Subject(Resource.Kind.PORT, random.nextInt(PORTS));
        }
        return switch (dice) {
            case 13, 14 -> new Subject(Resource.Kind.NETWORK, random.nextInt(NETWORKS));
            case 15, 16 -> new Subject(Resource.Kind.SUBNET, random.nextInt(SUBNETS));
            case 20 -> new Subject(Resource.Kind.SECURITY_GROUP, random.nextInt(GROUPS));
            case 21, 22, 23 -> new Subject(Resource.Kind.SECURITY_GROUP_RULE, random.nextInt(RULES));
            case 24 -> new Subject(Resource.Kind.ADDRESS_GROUP, random.nextInt(ADDRESS_GROUPS));
            case 25, 26, 27 -> new Subject(Resource.Kind.FLOATING_IP, random.nextInt(FLOATING_IPS));
            case 28, 29 -> new Subject(Resource.Kind.QOS_POLICY, random.nextInt(QOS_POLICIES));
            case 30, 31 -> new Subject(Resource.Kind.TRUNK, random.nextInt(TRUNKS));
            case 32 -> new Subject(Resource.Kind.LOAD_BALANCER, random.nextInt(LOAD_BALANCERS));
            case 33, 34 -> new Subject(Resource.Kind.LISTENER, random.nextInt(LISTENERS));
            case 35, 36 -> new Subject(Resource.Kind.POOL, random.nextInt(MEMBER_POOLS));
            case 37, 38, 39 -> new Subject(Resource.Kind.POOL_MEMBER, random.nextInt(MEMBERS));
            case 18 -> new Subject(Resource.Kind.SUBNET_POOL, random.nextInt(POOLS));
            case 17 -> new Subject(Resource.Kind.NODE, random.nextInt(HOSTS));
            default -> new Subject(Resource.Kind.ROUTER, random.nextInt(ROUTERS));
        };
    }

    private Resource resource(Subject subject) {
        int number = subject.number();
        return switch (subject.kind()) {
            case NETWORK ->
                Fixtures.limited(
                        qosPolicy(),
                        withDomain(
                                domain(),
                                random.nextInt(3) == 0
                                        ? external(number, random.nextInt(3) > 0, physical())
                                        : network(number, random.nextInt(3) > 0)));
            case SUBNET ->
                subnet(
                        number,
                        random.nextInt(NETWORKS),
                        "10." + random.nextInt(4) + ".0.0/16",
                        random.nextBoolean() ? Optional.empty() : Optional.of(IpAddress.parse(address())),
                        random.nextBoolean()
                                ? Optional.empty()
                                : Optional.of(id(Resource.Kind.SUBNET_POOL, random.nextInt(POOLS))));
            case ROUTER -> {
                Route[] routes = new Route[random.nextInt(4)];
                for (int i = 0; i < routes.length; i++) {
                    routes[i] = route("192.168." + random.nextInt(2) + ".0/24", address());
                }
                List<ExternalGateway> gateways = new ArrayList<>();
                for (int many = random.nextInt(3); many > 0; many--) {
                    gateways.add(out());
                }
                yield router(number, routes)
                        .withGateways(gateways)
                        .withDefaultRouteEcmp(random.nextBoolean())
                        .withDefaultRouteBfd(random.nextBoolean());
            }
            case NODE ->
                node(
                        number,
                        random.nextInt(3) == 0 ? List.of() : List.of(physical()),
                        "192.0.2." + (1 + random.nextInt(50)));
            case FLOATING_IP -> floatingIp(number);
            case PORT -> {
                FixedIp[] ips = new FixedIp[random.nextInt(3)];
                for (int i = 0; i < ips.length; i++) {
                    ips[i] = ip(random.nextInt(SUBNETS), address());
                }
                int network = random.nextInt(NETWORKS);
                yield switch (random.nextInt(8)) {
                    case 0, 1 -> face(number, network, random.nextInt(ROUTERS), ips);
                    case 2 -> gatewayPort(number, network, random.nextInt(ROUTERS), ips);
                    case 3 -> floatingPort(number, network, random.nextInt(FLOATING_IPS), ips);
                    default ->
                        called(
                                dns(),
                                in(
                                        groups(),
                                        Fixtures.limited(
                                                qosPolicy(),
                                                port(
                                                        number,
                                                        network,
                                                        random.nextInt(4) == 0 ? "" : host(random.nextInt(HOSTS)),
                                                        ips))));
                };
            }
            case SECURITY_GROUP -> Fixtures.group(number, random.nextBoolean());
            case SECURITY_GROUP_RULE -> Fixtures.rule(number, random.nextInt(GROUPS), remote());
            case ADDRESS_GROUP -> Fixtures.addressGroup(number, address() + "/32", address() + "/31");
            case QOS_POLICY -> Fixtures.qosPolicy(number, 1 + random.nextInt(3), random.nextInt(4) > 0);
            case TRUNK -> trunk(number);
            case SUBNET_POOL -> Fixtures.subnetPool(number, random.nextInt(3));
            // No port has the address of two.
            case LOAD_BALANCER ->
                Fixtures.loadBalancer(
                        number,
                        number + LOAD_BALANCERS * random.nextInt(PORTS / LOAD_BALANCERS),
                        random.nextInt(NETWORKS),
                        random.nextInt(4) > 0);
            case LISTENER ->
                Fixtures.listener(
                        number,
                        random.nextInt(LOAD_BALANCERS),
                        random.nextInt(4) > 0,
                        random.nextInt(4) == 0
                                ? Optional.empty()
                                : Optional.of(id(Resource.Kind.POOL, random.nextInt(MEMBER_POOLS))));
            case POOL ->
                Fixtures.pool(number, random.nextInt(LOAD_BALANCERS), random.nextInt(4) > 0, random.nextInt(3));
            case POOL_MEMBER ->
                Fixtures.poolMember(number, random.nextInt(MEMBER_POOLS), random.nextInt(4) > 0, random.nextInt(3));
            case DEFAULT_RULES, ADDRESS_SCOPE, FLAVOR, SERVICE_PROFILE ->
                throw new IllegalArgumentException("no records come of them");
        };
    }

    /** No port is in two trunks. */
    private Trunk trunk(int number) {
        List<Trunk.Subport> subports = new ArrayList<>();
        for (int port = number + TRUNKS; port < PORTS; port += TRUNKS) {
            if (random.nextInt(3) == 0) {
                subports.add(new Trunk.Subport(Fixtures.portId(port), 1 + 100 * random.nextInt(2) + port));
            }
        }
        return Fixtures.trunk(number, number, subports);
    }

    private String physical() {
        return "physnet" + random.nextInt(2);
    }

    private ExternalGateway out() {
        int first = random.nextInt(HOSTS);
        int[] nodes = random.nextBoolean() ? new int[] {first} : new int[] {first, (first + 1) % HOSTS};
        return Fixtures.out(random.nextInt(NETWORKS), numberOf(Port::isRouterGateway), nodes)
                .withQosPolicy(qosPolicy());
    }

    /** Mostly that of a port of this sort, so that what refers to it is seldom incomplete. */
    private int numberOf(Predicate<Port> sort) {
        List<Port> fitting = world.ports().stream()
                .filter(sort)
                .sorted(Comparator.comparing(Port::id))
                .toList();
        return fitting.isEmpty() || random.nextInt(8) == 0
                ? random.nextInt(PORTS)
                : (int) fitting.get(random.nextInt(fitting.size())).id().getLeastSignificantBits();
    }

    private FloatingIp floatingIp(int number) {
        FloatingIp free = Fixtures.floatingIp(
                        number,
                        random.nextInt(NETWORKS),
                        numberOf(port -> port.deviceOwner().equals(Port.FLOATING_IP)),
                        "203.0.113." + number)
                .withQosPolicy(qosPolicy());
        int inside = numberOf(port -> !port.isServed() && !port.fixedIps().isEmpty());
        String address = world.port(Fixtures.portId(inside)).stream()
                .flatMap(port -> port.fixedIps().stream())
                .map(ip -> ip.address().toString())
                .findFirst()
                .orElse(address());
        UUID router = Fixtures.routerId(random.nextInt(ROUTERS));
        return switch (random.nextInt(4)) {
            case 0 -> free;
            case 1 ->
                free.withForwardings(
                        router,
                        List.of(
                                Fixtures.forwarding(2 * number, inside, address, 8080),
                                Fixtures.forwarding(2 * number + 1, inside, address(), 8081)));
            default -> free.withFixed(router, new FloatingIp.Fixed(Fixtures.portId(inside), IpAddress.parse(address)));
        };
    }

    private Optional<List<UUID>> groups() {
        if (random.nextInt(4) == 0) {
            return Optional.empty();
        }
        List<UUID> groups = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            groups.add(id(Resource.Kind.SECURITY_GROUP, random.nextInt(GROUPS)));
        }
        return Optional.of(groups);
    }

    private String domain() {
        return List.of("", "one.example.", "two.example.").get(random.nextInt(3));
    }

    private PortDns dns() {
        return new PortDns(List.of("", "www", "db." + Fixtures.DOMAIN).get(random.nextInt(3)), domain());
    }

    private Optional<UUID> qosPolicy() {
        return random.nextInt(3) == 0
                ? Optional.empty()
                : Optional.of(id(Resource.Kind.QOS_POLICY, random.nextInt(QOS_POLICIES)));
    }

    private RuleRemote remote() {
        return switch (random.nextInt(4)) {
            case 0 -> new RuleRemote.Anyone();
            case 1 -> new RuleRemote.Addresses(id(Resource.Kind.ADDRESS_GROUP, random.nextInt(ADDRESS_GROUPS)));
            default -> new RuleRemote.Group(id(Resource.Kind.SECURITY_GROUP, random.nextInt(GROUPS)));
        };
    }

    private String address() {
        return "10." + random.nextInt(4) + ".0." + random.nextInt(8);
    }
}
