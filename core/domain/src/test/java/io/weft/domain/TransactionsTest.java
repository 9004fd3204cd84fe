package io.weft.domain;

import static io.weft.domain.Servers.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.quota.QuotaResource;
import io.weft.domain.replica.Replica;
import io.weft.model.AllowedCallers;
import io.weft.model.BalancedProtocol;
import io.weft.model.Binding;
import io.weft.model.DhcpOption;
import io.weft.model.Direction;
import io.weft.model.Flavor;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.IpProtocol;
import io.weft.model.IpRange;
import io.weft.model.Ipv6Mode;
import io.weft.model.MemberLocality;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.PortDns;
import io.weft.model.PortExtras;
import io.weft.model.PortRange;
import io.weft.model.Precedence;
import io.weft.model.QosPolicy;
import io.weft.model.QosRule;
import io.weft.model.RbacPolicy.Action;
import io.weft.model.Resource;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.model.RuleMatch;
import io.weft.model.RuleRemote;
import io.weft.model.ServiceProfile;
import io.weft.model.Subnet;
import io.weft.store.CommitResult;
import io.weft.store.Store;
import io.weft.store.Transaction;
import io.weft.store.embedded.EmbeddedStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each operation, with all that may be asked of it, stays within the bytes that its row in the documentation states.
 *
 * <p>Longer than most: one world in which every operation finds as much as it may, and all of them in turn.
 */
class TransactionsTest {
    private static final Path ROWS = Path.of("..", "..", "docs", "transactions.md");
    private static final String LONG = "\u20ac".repeat(255);
    private static final String LONG_DOMAIN = ("d".repeat(62) + ".").repeat(3);

    private final Map<String, Transaction> largest = new LinkedHashMap<>();
    private String operation = "";

    @Test
    void everyOperationStaysWithinItsRow(@TempDir Path directory) throws IOException {
        try (Store store = new Recorder(EmbeddedStore.open(directory));
                Replica replica = Replica.start(store);
                Domain domain =
                        new Domain(store, replica, Servers.unlimited().withExternalNetworks(true), Clock.systemUTC())) {
            run(domain);
        }
        largest.forEach((name, transaction) -> System.out.printf(
                "%-36s %3d compares %3d writes %8d bytes%n",
                name, transaction.compares().size(), transaction.writes().size(), transaction.size()));
        Map<String, Long> rows = rows();
        assertThat(rows.keySet()).containsAll(largest.keySet());
        largest.forEach((name, transaction) ->
                assertThat(transaction.size()).describedAs(name).isLessThanOrEqualTo(rows.get(name)));
    }

    /** The bytes that each row states, by the operation. */
    private static Map<String, Long> rows() throws IOException {
        Map<String, Long> rows = new LinkedHashMap<>();
        for (String line : Files.readAllLines(ROWS)) {
            String[] cells = line.split("\\|", -1);
            if (cells.length >= 6 && cells[4].strip().matches("[0-9,]+")) {
                rows.put(cells[1].strip(), Long.parseLong(cells[4].strip().replace(",", "")));
            }
        }
        return rows;
    }

    private void run(Domain domain) {
        List<String> tags =
                IntStream.range(0, 50).mapToObj(i -> LONG.substring(3) + i).toList();
        begin("make default group");
        domain.securityGroups().ensureDefault(ADMIN, LONG);
        begin("create network");
        Network network = domain.networks()
                .create(
                        ADMIN,
                        new NewNetwork(
                                LONG,
                                LONG,
                                LONG,
                                tags,
                                true,
                                true,
                                OptionalInt.of(16_000_000),
                                OptionalInt.empty(),
                                true,
                                LONG_DOMAIN,
                                false,
                                Optional.empty(),
                                Optional.empty(),
                                false,
                                List.of()));
        begin("create RBAC policy");
        UUID policy = domain.rbacPolicies()
                .create(
                        ADMIN,
                        new NewRbacPolicy(LONG, Resource.Kind.NETWORK, network.id(), Action.ACCESS_AS_SHARED, LONG))
                .policy()
                .id();
        begin("update RBAC policy");
        domain.rbacPolicies().update(ADMIN, policy, "x" + LONG.substring(1));
        begin("delete RBAC policy");
        domain.rbacPolicies().delete(ADMIN, policy);
        begin("update network");
        domain.networks().update(ADMIN, network.id(), NetworkUpdate.NONE.withName("x" + LONG.substring(1)));
        domain.networks().update(ADMIN, network.id(), NetworkUpdate.NONE.withShared(false));

        List<IpRange> pools = new ArrayList<>();
        List<Route> routes = new ArrayList<>();
        IpAddress base = IpAddress.parse("2001:db8:1111:2222:3333:4444:5555:1000");
        for (int i = 0; i < 64; i++) {
            pools.add(new IpRange(base.plus(2L * i), base.plus(2L * i + 1)));
        }
        for (int i = 0; i < 20; i++) {
            routes.add(new Route(new IpPrefix(base, 128 - i), base));
        }
        begin("create subnet");
        Subnet subnet = domain.subnets()
                .create(
                        ADMIN,
                        new NewSubnet(
                                LONG,
                                network.id(),
                                LONG,
                                LONG,
                                tags,
                                new CidrChoice.Given(IpPrefix.parse("2001:db8:1111:2222::/64")),
                                new GatewayChoice.Default(),
                                Optional.of(pools),
                                Collections.nCopies(5, base),
                                routes,
                                true,
                                Ipv6Mode.DHCPV6_STATEFUL,
                                Ipv6Mode.DHCPV6_STATEFUL,
                                Collections.nCopies(16, "compute:" + LONG.substring(8))));
        begin("update subnet");
        domain.subnets()
                .update(
                        ADMIN,
                        subnet.id(),
                        new SubnetUpdate(
                                Optional.of("x" + LONG.substring(1)),
                                Optional.empty(),
                                Optional.of(new GatewayChoice.At(base.plus(-1))),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                OptionalLong.empty()));

        domain.subnets().update(ADMIN, subnet.id(), SubnetUpdate.NONE.withServiceTypes(List.of()));

        groups(domain, tags);
        qos(domain);
        ports(domain, network, subnet, tags);
        routers(domain, network, subnet, tags);
        waysOut(domain, tags);

        begin("change tags");
        domain.tags().replace(ADMIN, Resource.Kind.SUBNET, subnet.id(), tags.subList(1, 50));
        begin("delete subnet");
        domain.subnets().delete(ADMIN, subnet.id());
        begin("delete network");
        for (int i = 0; i < 20; i++) {
            operation = "";
            domain.subnets().create(ADMIN, NewSubnet.of(LONG, network.id(), "10." + i + ".0.0/16"));
        }
        operation = "delete network";
        domain.networks().delete(ADMIN, network.id());
        begin("set quota");
        Map<QuotaResource, Integer> limits = new EnumMap<>(QuotaResource.class);
        for (QuotaResource resource : QuotaResource.values()) {
            limits.put(resource, Integer.MAX_VALUE);
        }
        domain.quotas().update(LONG, limits);
        begin("register node");
        domain.nodes().register(LONG, List.of(IpAddress.parse("192.0.2.100"), base));
        domain.nodes().register(LONG, List.of(IpAddress.parse("192.0.2.101"), base.plus(1)));
        begin("remove node");
        domain.nodes().remove(LONG);
    }

    private void qos(Domain domain) {
        begin("create QoS policy");
        QosPolicy policy = domain.qosPolicies().create(ADMIN, new NewQosPolicy(LONG, LONG, LONG, true, true));
        begin("change QoS policy");
        for (Direction way : Direction.values()) {
            domain.qosPolicies()
                    .addRule(
                            ADMIN,
                            policy.id(),
                            new QosRule.BandwidthLimit(policy.id(), way, Integer.MAX_VALUE, Integer.MAX_VALUE));
            domain.qosPolicies()
                    .addRule(
                            ADMIN,
                            policy.id(),
                            new QosRule.PacketRateLimit(policy.id(), way, Integer.MAX_VALUE, Integer.MAX_VALUE));
        }
        domain.qosPolicies().addRule(ADMIN, policy.id(), new QosRule.DscpMarking(policy.id(), 46));
        domain.qosPolicies()
                .addRule(ADMIN, policy.id(), new QosRule.MinimumBandwidth(policy.id(), Direction.EGRESS, 46));
        domain.qosPolicies()
                .update(
                        ADMIN,
                        policy.id(),
                        QosPolicyUpdate.NONE.withShared(false).withDefault(false));
        begin("delete QoS policy");
        domain.qosPolicies().delete(ADMIN, policy.id());
    }

    private void ports(Domain domain, Network network, Subnet subnet, List<String> tags) {
        FixedIpRequest[] addresses = new FixedIpRequest[64];
        Arrays.fill(addresses, FixedIpRequest.on(subnet.id()));
        List<AddressPairRequest> pairs = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            pairs.add(new AddressPairRequest(new IpPrefix(subnet.cidr().address(), 64 + i), Optional.empty()));
        }
        List<DhcpOption> options = Collections.nCopies(64, new DhcpOption(IpFamily.IPV6, LONG, LONG));
        NewPort wanted = new NewPort(
                LONG,
                network.id(),
                LONG,
                LONG,
                tags,
                true,
                Optional.empty(),
                Optional.of(List.of(addresses)),
                LONG,
                LONG,
                pairs,
                Optional.empty(),
                Optional.empty(),
                options,
                new Binding(LONG, LONG, Map.of("profile", "x".repeat(4096))),
                new PortDns("p".repeat(63), LONG_DOMAIN),
                Optional.empty(),
                new PortExtras(false, "preferred", LONG, List.of()));
        begin("create port");
        Port port = domain.ports().create(ADMIN, wanted);
        begin("update port");
        domain.ports().bind(ADMIN, port.id(), Binding.NONE);
        domain.ports()
                .update(
                        ADMIN,
                        port.id(),
                        PortUpdate.NONE.withFixedIps(addresses[0]).withName("x" + LONG.substring(1)));
        begin("delete port");
        domain.ports().delete(ADMIN, port.id());
        bindings(domain, wanted);
    }

    private void bindings(Domain domain, NewPort wanted) {
        begin("create port");
        UUID port = domain.ports()
                .create(ADMIN, wanted.withDevice(LONG, "compute:" + LONG.substring(8)))
                .id();
        begin("register node");
        for (int i = 0; i < 4; i++) {
            domain.nodes().register("next" + i, List.of());
        }
        begin("create port binding");
        for (int i = 0; i < 4; i++) {
            domain.portBindings()
                    .create(
                            ADMIN,
                            port,
                            new Binding("next" + i, LONG, wanted.binding().profile()));
        }
        begin("update port binding");
        domain.portBindings()
                .update(ADMIN, port, "next3", Optional.empty(), Optional.of(Map.of("profile", "y".repeat(4096))));
        begin("activate port binding");
        domain.portBindings().activate(ADMIN, port, "next3");
        begin("delete port binding");
        domain.portBindings().delete(ADMIN, port, "next3");
        begin("delete port");
        domain.ports().delete(ADMIN, port);
    }

    private void groups(Domain domain, List<String> tags) {
        begin("create security group");
        UUID group = domain.securityGroups()
                .create(new NewSecurityGroup(LONG, LONG, LONG, tags, true, Precedence.NORMAL))
                .id();
        begin("create address group");
        UUID addresses = domain.addressGroups()
                .create(new NewAddressGroup(
                        LONG,
                        LONG,
                        LONG,
                        IntStream.range(0, 8000)
                                .mapToObj(i -> IpPrefix.parse("2001:db8:1111:2222:3333:4444:5555:"
                                        + Integer.toHexString(0x1111 + i) + "/128"))
                                .toList()))
                .id();
        begin("change address group");
        domain.addressGroups().addAddresses(ADMIN, addresses, List.of(IpPrefix.parse("192.0.2.0/24")));
        begin("create security group rule");
        for (int i = 0; i < 75; i++) {
            RuleMatch match = new RuleMatch(
                    Direction.INGRESS,
                    IpFamily.IPV6,
                    Optional.of(IpProtocol.parse("udplite")),
                    Optional.of(10000 + i),
                    Optional.of(65535),
                    new RuleRemote.Addresses(addresses));
            domain.securityGroupRules().create(ADMIN, new NewSecurityGroupRule(LONG, group, LONG, match));
        }
        begin("delete security group rule");
        domain.securityGroupRules()
                .delete(ADMIN, domain.view().world().rulesOf(group).getFirst().id());
        begin("update security group");
        domain.securityGroups().update(ADMIN, group, SecurityGroupUpdate.NONE.withName("x" + LONG.substring(1)));
        begin("delete security group");
        domain.securityGroups().delete(ADMIN, group);
        begin("delete address group");
        domain.addressGroups().delete(ADMIN, addresses);
        begin("change default rules");
        for (int i = 0; i < 20; i++) {
            RuleMatch match = new RuleMatch(
                    Direction.INGRESS,
                    IpFamily.IPV4,
                    Optional.of(IpProtocol.parse("tcp")),
                    Optional.of(10000 + i),
                    Optional.of(65535),
                    new RuleRemote.OwnGroup());
            domain.defaultSecurityGroupRules().create(List.of(new NewDefaultRule(LONG, match, true, false)));
        }
    }

    private void routers(Domain domain, Network network, Subnet subnet, List<String> tags) {
        begin("create router");
        Router router = domain.routers().create(ADMIN, new NewRouter(LONG, LONG, LONG, tags, true, Optional.empty()));
        begin("add router interface");
        domain.routers().addInterfaceBySubnet(ADMIN, router.id(), subnet.id());
        Port port = domain.ports().create(ADMIN, NewPort.of(LONG, network.id()));
        domain.ports().delete(ADMIN, port.id());
        begin("update router");
        List<Route> routes = new ArrayList<>();
        IpAddress hop = subnet.cidr().first().plus(0x7777_7777_7777L);
        for (int i = 0; i < 30; i++) {
            routes.add(new Route(new IpPrefix(hop, 128 - i), hop));
        }
        domain.routers().update(ADMIN, router.id(), RouterUpdate.NONE.withRoutes(routes));
        domain.routers().removeRoutes(ADMIN, router.id(), routes);
        begin("remove router interface");
        domain.routers().removeInterface(ADMIN, router.id(), Optional.empty(), Optional.of(subnet.id()));
        begin("delete router");
        domain.routers().delete(ADMIN, router.id());
    }

    private void waysOut(Domain domain, List<String> tags) {
        String physical = "p".repeat(Network.MAX_PHYSICAL_NAME);
        begin("");
        Network inside = domain.networks().create(ADMIN, NewNetwork.of(LONG, LONG));
        Subnet internal = domain.subnets().create(ADMIN, NewSubnet.of(LONG, inside.id(), "100.100.100.0/22"));
        Router router = domain.routers().create(ADMIN, new NewRouter(LONG, LONG, LONG, tags, true, Optional.empty()));
        domain.routers().addInterfaceBySubnet(ADMIN, router.id(), internal.id());
        begin("create external network");
        Network outside = domain.networks()
                .create(
                        ADMIN,
                        new NewNetwork(
                                LONG,
                                LONG,
                                LONG,
                                tags,
                                true,
                                true,
                                OptionalInt.empty(),
                                OptionalInt.empty(),
                                true,
                                LONG_DOMAIN,
                                true,
                                Optional.of(physical),
                                Optional.empty(),
                                true,
                                List.of()));
        begin("");
        Subnet external = domain.subnets().create(ADMIN, NewSubnet.of(LONG, outside.id(), "203.203.204.0/22"));
        for (int node = 0; node < 4; node++) {
            domain.nodes().register("n" + node + LONG.substring(2), List.of());
        }
        begin("connect node");
        List<String> physicals = new ArrayList<>(List.of(physical));
        for (int i = 0; i < 63; i++) {
            physicals.add(String.format("%02d", i) + physical.substring(2));
        }
        for (int node = 0; node < 4; node++) {
            domain.nodes().connect("n" + node + LONG.substring(2), physicals);
        }
        begin("set way out");
        FixedIpRequest[] addresses = new FixedIpRequest[64];
        Arrays.fill(addresses, FixedIpRequest.on(external.id()));
        domain.routers()
                .update(
                        ADMIN,
                        router.id(),
                        RouterUpdate.NONE.withGateway(
                                new GatewayInfo.On(outside.id(), Optional.of(true), Optional.of(List.of(addresses)))));
        begin("");
        Network further =
                domain.networks().create(ADMIN, NewNetwork.of(LONG, "further").withExternal(physicals.getLast()));
        Subnet block = domain.subnets().create(ADMIN, NewSubnet.of(LONG, further.id(), "198.51.100.0/24"));
        FixedIpRequest[] others = new FixedIpRequest[64];
        Arrays.fill(others, FixedIpRequest.on(block.id()));
        List<GatewayInfo.On> one =
                List.of(new GatewayInfo.On(further.id(), Optional.of(true), Optional.of(List.of(others))));
        begin("change ways out");
        domain.routers().addGateways(ADMIN, router.id(), one);
        domain.routers().removeGateways(ADMIN, router.id(), one);
        begin("");
        List<UUID> pools = List.of("203.203.0.0/24", "2001:db8:aaaa::/48").stream()
                .map(prefix -> NewSubnetPool.of(LONG, prefix)
                        .withLengths(24, prefix.contains(":") ? 64 : 26, prefix.contains(":") ? 64 : 26)
                        .asDefault())
                .map(pool -> domain.subnetPools().create(ADMIN, pool).id())
                .toList();
        begin("obtain topology");
        domain.topologies().obtain(ADMIN, LONG);
        begin("delete topology");
        domain.topologies().delete(LONG);
        begin("");
        pools.forEach(pool -> domain.subnetPools().delete(ADMIN, pool));
        Port port = domain.ports().create(ADMIN, NewPort.of(LONG, inside.id()));
        QosPolicy policy = domain.qosPolicies().create(ADMIN, new NewQosPolicy(LONG, "", "", true, false));
        begin("create floating ip");
        UUID floatingIp = domain.floatingIps()
                .create(
                        ADMIN,
                        new NewFloatingIp(
                                LONG,
                                outside.id(),
                                LONG,
                                tags,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(port.id()),
                                Optional.empty(),
                                Optional.of(policy.id())))
                .id();
        begin("update floating ip");
        domain.floatingIps().update(ADMIN, floatingIp, FloatingIpUpdate.NONE.withNothing());
        begin("change port forwardings");
        List<UUID> forwardings = new ArrayList<>();
        for (int i = 0; i < 128; i++) {
            forwardings.add(domain.portForwardings()
                    .create(
                            ADMIN,
                            floatingIp,
                            new NewPortForwarding(
                                    LONG,
                                    IpProtocol.parse("sctp"),
                                    new PortRange(10000 + i, 10000 + i),
                                    port.id(),
                                    port.fixedIps().getFirst().address(),
                                    new PortRange(10000 + i, 10000 + i)))
                    .id());
        }
        forwardings.forEach(id -> domain.portForwardings().delete(ADMIN, floatingIp, id));
        begin("delete floating ip");
        domain.floatingIps().delete(ADMIN, floatingIp);
        begin("create subnet pool");
        List<IpPrefix> blocks = IntStream.range(0, 1000)
                .mapToObj(i -> new IpPrefix(IpAddress.ofIpv6(0x20010db811112222L, 0x1111111111111100L + 2L * i), 128))
                .toList();
        UUID pool = domain.subnetPools()
                .create(
                        ADMIN,
                        new NewSubnetPool(
                                LONG,
                                LONG,
                                LONG,
                                true,
                                true,
                                blocks,
                                new PrefixLengths(OptionalInt.of(128), OptionalInt.of(128), OptionalInt.of(128)),
                                Optional.of(Integer.MAX_VALUE),
                                Optional.empty()))
                .id();
        operation = "";
        domain.tags().replace(ADMIN, Resource.Kind.SUBNET_POOL, pool, tags);
        begin("create address scope");
        UUID scope = domain.addressScopes()
                .create(new NewAddressScope(LONG, LONG, IpFamily.IPV6, true))
                .id();
        begin("update address scope");
        domain.addressScopes().update(ADMIN, scope, Optional.of("x" + LONG.substring(1)), Optional.empty());
        begin("delete address scope");
        domain.addressScopes().delete(ADMIN, scope);
        begin("update subnet pool");
        domain.subnetPools().update(ADMIN, pool, SubnetPoolUpdate.NONE.withDefault(false));
        domain.subnetPools().removePrefixes(ADMIN, pool, List.of(blocks.getFirst()));
        begin("delete subnet pool");
        domain.subnetPools().delete(ADMIN, pool);
        onboard(domain);
        trunks(domain, tags);
        loadBalancers(domain, tags);
        begin("settle gateways");
        for (int i = 0; i < 63; i++) {
            operation = "";
            domain.routers()
                    .create(
                            ADMIN,
                            new NewRouter(LONG, LONG, LONG, tags, true, Optional.of(GatewayInfo.on(outside.id()))));
        }
        operation = "settle gateways";
        for (int node = 0; node < 4; node++) {
            domain.nodes().connect("n" + node + LONG.substring(2), List.of());
        }
        begin("");
    }

    private void trunks(Domain domain, List<String> tags) {
        operation = "";
        UUID group =
                domain.networks().create(ADMIN, NewNetwork.of(LONG, "trunks")).id();
        List<UUID> ports =
                domain
                        .ports()
                        .create(
                                ADMIN,
                                IntStream.range(0, 51)
                                        .mapToObj(_ -> NewPort.of(LONG, group))
                                        .toList())
                        .stream()
                        .map(Port::id)
                        .toList();
        SubportRequest[] subports = IntStream.range(0, 50)
                .mapToObj(number -> SubportRequest.of(ports.get(number), 4000 + number))
                .toArray(SubportRequest[]::new);
        begin("create trunk");
        UUID trunk = domain.trunks()
                .create(ADMIN, new NewTrunk(LONG, LONG, LONG, true, ports.getLast(), List.of(subports)))
                .id();
        operation = "";
        domain.tags().replace(ADMIN, Resource.Kind.TRUNK, trunk, tags);
        begin("move a trunk's parent");
        domain.ports().bind(ADMIN, ports.getLast(), new Binding(LONG, "normal", Map.of()));
        begin("update trunk");
        domain.trunks().update(ADMIN, trunk, TrunkUpdate.NONE.withAdminState(false));
        operation = "";
        domain.trunks().update(ADMIN, trunk, TrunkUpdate.NONE.withAdminState(true));
        begin("change subports");
        domain.trunks().removeSubports(ADMIN, trunk, ports.subList(0, 50));
        domain.trunks().addSubports(ADMIN, trunk, List.of(subports));
        begin("delete trunk");
        domain.trunks().delete(ADMIN, trunk);
        operation = "";
        domain.ports().bind(ADMIN, ports.getLast(), Binding.NONE);
        runFlavors(domain);
    }

    private void onboard(Domain domain) {
        operation = "";
        UUID network =
                domain.networks().create(ADMIN, NewNetwork.of(LONG, LONG)).id();
        domain.subnets()
                .create(
                        ADMIN,
                        IntStream.range(0, 10)
                                .mapToObj(number -> NewSubnet.of(LONG, network, "192.0.2." + 16 * number + "/28")
                                        .withName(LONG))
                                .toList());
        UUID pool = domain.subnetPools()
                .create(ADMIN, NewSubnetPool.of(LONG, "10.0.0.0/8"))
                .id();
        begin("onboard subnets");
        domain.subnetOnboarding().onboard(ADMIN, pool, network);
        operation = "";
    }

    private void runFlavors(Domain domain) {
        begin("create service profile");
        UUID profile = domain.serviceProfiles()
                .create(List.of(
                        new NewServiceProfile(LONG, "weft", "\u20ac".repeat(ServiceProfile.MAX_METAINFO), true)))
                .getFirst()
                .id();
        begin("update service profile");
        domain.serviceProfiles()
                .update(
                        profile,
                        new ServiceProfileUpdate(
                                Optional.of("x"), Optional.empty(), Optional.empty(), Optional.of(false)));
        begin("");
        List<UUID> profiles = domain
                .serviceProfiles()
                .create(IntStream.range(0, 100)
                        .mapToObj(_ -> new NewServiceProfile("", "weft", "", true))
                        .toList())
                .stream()
                .map(ServiceProfile::id)
                .toList();
        begin("create flavor");
        UUID flavor = domain.flavors()
                .create(List.of(new NewFlavor(LONG, LONG, Flavor.ROUTERS, true, profiles)))
                .getFirst()
                .id();
        begin("update flavor");
        domain.flavors()
                .update(
                        flavor,
                        new FlavorUpdate(
                                Optional.of("x" + LONG.substring(1)),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(profiles.reversed())));
        domain.flavors().removeProfile(flavor, profiles.getLast());
        domain.flavors().addProfile(flavor, profiles.getLast());
        begin("delete flavor");
        domain.flavors().delete(flavor);
        begin("delete service profile");
        domain.serviceProfiles().delete(profile);
        begin("");
    }

    private void loadBalancers(Domain domain, List<String> tags) {
        operation = "";
        UUID network =
                domain.networks().create(ADMIN, NewNetwork.of(LONG, "services")).id();
        UUID subnet = domain.subnets()
                .create(ADMIN, NewSubnet.of(LONG, network, "2001:db8:1::/64"))
                .id();
        Labels labels = new Labels(LONG, LONG, tags);
        LabelsUpdate renamed =
                new LabelsUpdate(Optional.of("x" + LONG.substring(1)), Optional.empty(), Optional.empty());
        begin("create load balancer");
        UUID owner = domain.loadBalancers()
                .create(ADMIN, new NewLoadBalancer(LONG, labels, true, VipChoice.onSubnet(subnet)))
                .id();
        begin("update load balancer");
        domain.loadBalancers().update(ADMIN, owner, renamed, Optional.of(false));
        AllowedCallers callers = new AllowedCallers(
                IntStream.range(0, AllowedCallers.MOST)
                        .mapToObj(i ->
                                IpPrefix.parse("2001:db8:1111:2222:3333:4444:5555:" + Integer.toHexString(0x1000 + i)))
                        .toList(),
                AllowedCallers.Scope.FLOATING);
        begin("create listener");
        UUID listener = domain.listeners()
                .create(
                        ADMIN,
                        new NewListener(
                                owner,
                                labels,
                                true,
                                BalancedProtocol.UDP,
                                65535,
                                Optional.empty(),
                                callers,
                                Optional.empty()))
                .id();
        begin("create pool");
        UUID pool = domain.loadBalancerPools()
                .create(
                        ADMIN,
                        new NewPool(
                                Optional.empty(),
                                Optional.of(listener),
                                labels,
                                true,
                                BalancedProtocol.UDP,
                                86_400,
                                MemberLocality.LOCAL))
                .id();
        begin("update listener");
        domain.listeners()
                .update(
                        ADMIN,
                        listener,
                        new ListenerUpdate(
                                renamed, Optional.of(false), Optional.empty(), Optional.empty(), Optional.empty()));
        begin("update pool");
        domain.loadBalancerPools()
                .update(ADMIN, pool, new PoolUpdate(renamed, Optional.of(false), Optional.of(1), Optional.empty()));
        List<NewPoolMember> members = IntStream.range(0, 51)
                .mapToObj(number -> new NewPoolMember(
                        LONG,
                        number == 0 ? tags : List.of(),
                        true,
                        IpAddress.parse("2001:db8:1:0:1111:2222:3333:" + (1000 + number)),
                        65535,
                        256,
                        Optional.of(subnet)))
                .toList();
        begin("create member");
        UUID member =
                domain.poolMembers().create(ADMIN, pool, members.getFirst()).id();
        begin("update member");
        domain.poolMembers()
                .update(ADMIN, pool, member, new PoolMemberUpdate(renamed, Optional.of(false), Optional.of(1)));
        begin("delete member");
        domain.poolMembers().delete(ADMIN, pool, member);
        begin("replace members");
        domain.poolMembers().replace(ADMIN, pool, members.subList(1, 51), false);
        begin("delete pool");
        domain.loadBalancerPools().delete(ADMIN, pool);
        begin("delete listener");
        domain.listeners().delete(ADMIN, listener);
        operation = "";
        UUID whole = domain.loadBalancerPools()
                .create(ADMIN, NewPool.of(owner, BalancedProtocol.TCP))
                .id();
        domain.poolMembers().replace(ADMIN, whole, members.subList(1, 51), false);
        begin("delete load balancer");
        domain.loadBalancers().delete(ADMIN, owner, true);
        operation = "";
    }

    private void begin(String name) {
        operation = name;
    }

    /** Keeps the largest transaction of each operation. */
    private final class Recorder extends ForwardingStore {
        Recorder(Store store) {
            super(store);
        }

        @Override
        public CommitResult commit(Transaction transaction) {
            if (!operation.isEmpty()) {
                largest.merge(operation, transaction, (a, b) -> a.size() >= b.size() ? a : b);
            }
            return super.commit(transaction);
        }
    }
}
