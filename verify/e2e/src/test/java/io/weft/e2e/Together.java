package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.World;
import io.weft.reference.Forwarding;
import io.weft.reference.Outcome;
import io.weft.reference.OutsidePacket;
import io.weft.reference.Reachability;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Two networks behind a router with a way out, on two hosts: on each network a pod, a Docker container and a bare namespace,
 * and on the first a virtual machine. Those of the first network are on other hosts than those of their kind on the second.
 *
 * <p>Longer than most: one topology, each kind of workload in it made by what makes it in earnest.
 */
final class Together {
    static final String NEAR4 = "10.70.1.0/24";
    static final String NEAR6 = "fd70:0:0:1::/64";
    static final String FAR4 = "10.70.2.0/24";
    static final String FAR6 = "fd70:0:0:2::/64";

    /** The host outside. */
    static final Map<IpFamily, IpAddress> OUTSIDE =
            Map.of(IpFamily.IPV4, IpAddress.parse(WayOut.OUTSIDE), IpFamily.IPV6, IpAddress.parse("2001:db8:f::1"));

    private static final String PROJECT = "70ge70e0000000000000000000000001";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Cloud cloud;
    private final Api api;
    private final List<Member> members = new ArrayList<>();
    private final Workload outside;
    private final UUID external;
    private final IpAddress gateway6;
    private final Map<String, String> subnets = new HashMap<>();

    /** What a workload is. */
    enum Kind {
        VM(0),
        POD(1),
        CONTAINER(2),
        BARE(3);

        private final int first;

        /** @param first the part that it has to begin with */
        Kind(int first) {
            this.first = first;
        }

        /** The part that this kind has when the parts have been turned so many times. */
        int part(int turn) {
            return (first + turn) % values().length;
        }
    }

    /** @param shell runs a line in it */
    record Member(
            String name,
            Kind kind,
            boolean near,
            UUID port,
            List<IpAddress> addresses,
            Function<String, Shell.Result> shell) {
        IpAddress address(IpFamily family) {
            return addresses.stream()
                    .filter(each -> each.family() == family)
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Member member && member.port.equals(port);
        }

        @Override
        public int hashCode() {
            return port.hashCode();
        }
    }

    /** A kind that calls another. */
    record Pair(Kind from, Kind to) {}

    /** Between which kinds some call was answered, and between which some was not. */
    record Met(Set<Pair> answered, Set<Pair> refused) {
        Met() {
            this(new HashSet<>(), new HashSet<>());
        }

        void add(Met other) {
            answered.addAll(other.answered);
            refused.addAll(other.refused);
        }
    }

    private Together(Cloud cloud) {
        this.cloud = cloud;
        cloud.addServer();
        api = cloud.api(PROJECT);
        Path caller = cloud.containersApi(PROJECT);
        Host one = addHost("host1", caller);
        Host two = addHost("host2", caller);
        assertThat(api.call(
                                "PUT",
                                "/v2.0/quotas/" + PROJECT,
                                Map.of("quota", Map.of("security_group", -1, "security_group_rule", -1)))
                        .status())
                .isEqualTo(200);
        outside = WayOut.segment(cloud, "outside", WayOut.OUTSIDE, one, two);
        outside.run("ip", "address", "add", OUTSIDE.get(IpFamily.IPV6) + "/64", "dev", "eth0", "nodad");
        String publicNetwork = WayOut.external(api, "public", "203.0.113.");
        external = UUID.fromString(publicNetwork);
        api.create(
                "subnet",
                Map.of("network_id", publicNetwork, "ip_version", 6, "cidr", "2001:db8:f::/64", "enable_dhcp", false));
        JsonNode router = api.create(
                "router", Map.of("name", "gate", "external_gateway_info", Map.of("network_id", publicNetwork)));
        gateway6 = router.get("external_gateway_info")
                .get("external_fixed_ips")
                .valueStream()
                .map(ip -> IpAddress.parse(ip.get("ip_address").asString()))
                .filter(IpAddress::isIpv6)
                .findFirst()
                .orElseThrow();
        outside.run("ip", "route", "add", "fd70::/32", "via", gateway6.toString());
        outside.attempt(Duration.ofSeconds(10), "sh", "-c", Calls.serve("outside"));
        for (String name : List.of("near", "far")) {
            String network = id(api.create("network", Map.of("name", name)));
            boolean near = name.equals("near");
            connect(router, network, 4, near ? NEAR4 : FAR4, Map.of());
            connect(
                    router,
                    network,
                    6,
                    near ? NEAR6 : FAR6,
                    Map.of("ipv6_ra_mode", "slaac", "ipv6_address_mode", "slaac"));
        }
        // The virtual machine boots while the engines start.
        List<Throwable> failures = new ArrayList<>();
        List<Thread> starting = new ArrayList<>();
        for (Runnable each : List.<Runnable>of(() -> startGuest(one), () -> startContainers(one, two), () -> {
            startPod(two, "near");
            startPod(one, "far");
            startBare(two, "near");
            startBare(one, "far");
        })) {
            starting.add(Thread.ofVirtual()
                    .uncaughtExceptionHandler((_, e) -> failures.add(e))
                    .start(each));
        }
        for (Thread thread : starting) {
            join(thread);
        }
        assertThat(failures).isEmpty();
        cloud.awaitActive(api, members.stream().map(m -> m.port().toString()).toList());
    }

    /** Builds it. */
    static Together build() {
        Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        try {
            return new Together(cloud);
        } catch (RuntimeException | Error e) {
            cloud.close();
            throw e;
        }
    }

    private Host addHost(String name, Path caller) {
        List<String> options = new ArrayList<>(WayOut.UPLINK);
        options.addAll(Engine.agentOptions(cloud, name, caller));
        return cloud.addHost(name, options);
    }

    private void connect(JsonNode router, String network, int version, String cidr, Map<String, ?> more) {
        Map<String, Object> subnet = new HashMap<>(more);
        subnet.putAll(Map.of("network_id", network, "ip_version", version, "cidr", cidr));
        String id = id(api.create("subnet", subnet));
        subnets.put(cidr, id);
        api.connect(id(router), id);
    }

    private String bound(Host host, String network) {
        String id = id(api.list("network", "?name=" + network).get(0));
        return id(api.create("port", Map.of("network_id", id, "binding:host_id", host.name())));
    }

    private void startGuest(Host host) {
        String port = bound(host, "near");
        host.attachTap("tap-vm", port);
        Guest guest = Guest.boot(
                cloud, host, "tap-vm", api.show("port", port).get("mac_address").asString());
        Wait.until("the guest to have its addresses", () -> guest.addresses().size() >= 2);
        add("vm", Kind.VM, true, port, guest::run);
    }

    private void startBare(Host host, String network) {
        String port = bound(host, network);
        Workload workload = host.attach("bare-" + network, port);
        workload.dhcp();
        add(workload, Kind.BARE, network, port);
    }

    private void startPod(Host host, String network) {
        Cni cni = new Cni(host);
        Map<String, String> configuration =
                Map.of("cniVersion", "1.1.0", "name", network, "type", "weft", "network", network);
        Wait.until(
                "the agent of " + host.name() + " to take containers",
                () -> cni.run(Map.of("COMMAND", "STATUS"), configuration).status() == 0);
        String name = "pod-" + network;
        add(cni.start(cloud, name, configuration), Kind.POD, network, Cni.port(api, name));
    }

    private void startContainers(Host one, Host two) {
        startContainer(Engine.start(cloud, one), "near", NEAR4, NEAR6);
        startContainer(Engine.start(cloud, two), "far", FAR4, FAR6);
    }

    private void startContainer(Engine engine, String network, String subnet4, String subnet6) {
        engine.docker(
                "network create --driver weft --ipam-driver weft --ipv6 --opt neutron.net.name=%s --subnet %s --subnet %s %s"
                        .formatted(network, subnet4, subnet6, network)
                        .split(" "));
        String name = "container-" + network;
        engine.run(name, "--network", network);
        add(engine.workload(cloud, name), Kind.CONTAINER, network, engine.port(api, name));
    }

    private void add(Workload workload, Kind kind, String network, String port) {
        workload.awaitAddresses(2);
        add(
                workload.name(),
                kind,
                network.equals("near"),
                port,
                line -> workload.attempt(Duration.ofMinutes(1), "sh", "-c", line));
    }

    private void add(String name, Kind kind, boolean near, String port, Function<String, Shell.Result> shell) {
        List<IpAddress> addresses = new ArrayList<>();
        api.show("port", port)
                .get("fixed_ips")
                .forEach(
                        ip -> addresses.add(IpAddress.parse(ip.get("ip_address").asString())));
        assertThat(shell.apply(Calls.serve(name)).ok()).isTrue();
        Wait.until(
                name + " to listen", () -> shell.apply("netstat -ltnu").output().contains(":" + Calls.PORT));
        synchronized (members) {
            members.add(new Member(name, kind, near, UUID.fromString(port), addresses, shell));
        }
    }

    Cloud cloud() {
        return cloud;
    }

    Api api() {
        return api;
    }

    List<Member> members() {
        return members;
    }

    /** Those of the first network: one of each kind. */
    List<Member> near() {
        return members.stream().filter(Member::near).toList();
    }

    /** The subnet with this prefix. */
    String subnet(String cidr) {
        return Optional.ofNullable(subnets.get(cidr)).orElseThrow();
    }

    /** The external network. */
    String external() {
        return external.toString();
    }

    /** All pairs of kinds of which there are two workloads. */
    Set<Pair> pairs() {
        return Arrays.stream(Kind.values())
                .flatMap(from -> Arrays.stream(Kind.values()).map(to -> new Pair(from, to)))
                .filter(pair -> !pair.equals(new Pair(Kind.VM, Kind.VM)))
                .collect(Collectors.toSet());
    }

    /** Each member is in these groups, or where none are said in the project's default group. */
    void putIntoGroups(Function<Member, List<String>> groups) {
        String byDefault = id(api.list("security_group", "?name=default&project_id=" + PROJECT)
                .get(0));
        for (Member member : members) {
            List<String> wanted = groups.apply(member);
            api.update(
                    "port",
                    member.port().toString(),
                    Map.of("security_groups", wanted.isEmpty() ? List.of(byDefault) : wanted));
        }
    }

    private record Try(String from, String call) {}

    /**
     * Makes calls until they are answered, or not, as the reference says of the network as it is now.
     *
     * @param calls of each member
     */
    Met holds(String what, Map<Member, ? extends Collection<Calls.Call>> calls) {
        return holds(what, calls, List.of());
    }

    /** The same with calls of the host outside. */
    Met holds(String what, Map<Member, ? extends Collection<Calls.Call>> calls, Collection<Calls.Call> fromOutside) {
        return holds(what, calls, fromOutside, Optional.empty());
    }

    /** The same where somebody else knows, too, what shall be let through; of pings he knows nothing. */
    Met holds(String what, Map<Member, ? extends Collection<Calls.Call>> calls, Truth truth) {
        return holds(what, calls, List.of(), Optional.of(truth));
    }

    /** Who knows without the reference whether a call is let through. */
    interface Truth {
        boolean lets(Member from, Member to, Calls.Call call);
    }

    private Met holds(
            String what,
            Map<Member, ? extends Collection<Calls.Call>> calls,
            Collection<Calls.Call> fromOutside,
            Optional<Truth> truth) {
        World world = WorldReader.read(api);
        Map<Try, Set<String>> expected =
                new TreeMap<>(Comparator.comparing(Try::from).thenComparing(Try::call));
        Met met = new Met();
        Map<String, Member> names = members.stream().collect(Collectors.toMap(Member::name, m -> m));
        Reachability reachability = new Reachability(world);
        calls.forEach((from, all) -> all.forEach(call -> {
            Outcome outcome = reachability.send(from.port(), call.address(), call.transport());
            Set<String> whom = answerers(outcome);
            expected.put(new Try(from.name(), call.toString()), heard(call, outcome, whom));
            truth.filter(_ -> call.protocol() != Calls.Protocol.PING)
                    .ifPresent(other -> assertThat(!whom.isEmpty())
                            .as("%s: the reference about %s to %s", what, from.name(), call)
                            .isEqualTo(other.lets(from, owners(call).getFirst(), call)));
            for (Member to : whom.isEmpty()
                    ? owners(call)
                    : whom.stream()
                            .flatMap(name -> Optional.ofNullable(names.get(name)).stream())
                            .toList()) {
                (whom.isEmpty() ? met.refused() : met.answered()).add(new Pair(from.kind(), to.kind()));
            }
        }));
        Forwarding forwarding = new Forwarding(world);
        for (Calls.Call call : fromOutside) {
            IpAddress via = call.address().isIpv4() ? call.address() : gateway6;
            IpAddress source = Optional.ofNullable(OUTSIDE.get(call.family())).orElseThrow();
            Outcome outcome = forwarding.enter(
                    new OutsidePacket(external, via, source, call.address(), call.transport(), 64, 84));
            expected.put(new Try("outside", call.toString()), heard(call, outcome, answerers(outcome)));
        }
        Map<String, List<Calls.Call>> left = new HashMap<>();
        calls.forEach((from, all) -> left.put(from.name(), List.copyOf(all)));
        left.put("outside", List.copyOf(fromOutside));
        long end = System.nanoTime() + PATIENCE.toNanos();
        Map<Try, String> wrong = wrong(expected, measure(left));
        while (!wrong.isEmpty() && System.nanoTime() < end) {
            // What is right stays so: the rest has more of the machine.
            Set<Try> again = wrong.keySet();
            left.replaceAll((from, all) -> all.stream()
                    .filter(call -> again.contains(new Try(from, call.toString())))
                    .toList());
            Map<Try, Set<String>> rest = new HashMap<>(expected);
            rest.keySet().retainAll(again);
            wrong = wrong(rest, measure(left));
        }
        assertThat(wrong).as(what).isEmpty();
        return met;
    }

    /** The members that have the address of a call themselves. */
    private List<Member> owners(Calls.Call call) {
        return members.stream()
                .filter(member -> member.addresses().contains(call.address()))
                .toList();
    }

    /** By whom a packet is received. */
    private Set<String> answerers(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Delivered delivered ->
                delivered.exits().stream().map(exit -> name(exit.port())).collect(Collectors.toSet());
            case Outcome.Left left when OUTSIDE.containsValue(left.neighbour()) -> Set.of("outside");
            default -> Set.of();
        };
    }

    private String name(UUID port) {
        return members.stream()
                .filter(member -> member.port().equals(port))
                .map(Member::name)
                .findFirst()
                .orElseThrow();
    }

    /** What the caller hears: one of these, or nothing if there are none. */
    private static Set<String> heard(Calls.Call call, Outcome outcome, Set<String> whom) {
        if (call.protocol() != Calls.Protocol.PING) {
            return whom;
        }
        boolean answered = outcome instanceof Outcome.Answered(Outcome.Answer answer, IpAddress from)
                && answer == Outcome.Answer.LOCAL
                && from.equals(call.address());
        return answered || !whom.isEmpty() ? Set.of(Calls.ALIVE) : Set.of();
    }

    private static Map<Try, String> wrong(Map<Try, Set<String>> expected, Map<Try, String> measured) {
        Map<Try, String> wrong = new HashMap<>();
        expected.forEach((one, names) -> {
            String name = measured.getOrDefault(one, "");
            if (names.isEmpty() ? !name.isEmpty() : !names.contains(name)) {
                wrong.put(one, "'" + name + "' instead of " + names);
            }
        });
        return wrong;
    }

    private Map<Try, String> measure(Map<String, List<Calls.Call>> calls) {
        Map<Try, String> measured = new ConcurrentHashMap<>();
        List<Thread> threads = new ArrayList<>();
        calls.forEach((from, all) -> threads.add(Thread.ofVirtual()
                .start(() -> Calls.answers(shell(from).apply(Calls.ask(all)).output())
                        .forEach((call, name) -> measured.put(new Try(from, call), name)))));
        threads.forEach(Together::join);
        return measured;
    }

    private Function<String, Shell.Result> shell(String name) {
        return members.stream()
                .filter(member -> member.name().equals(name))
                .map(Member::shell)
                .findFirst()
                .orElse(line -> outside.attempt(Duration.ofMinutes(1), "sh", "-c", line));
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    static String id(JsonNode resource) {
        return resource.get("id").asString();
    }
}
