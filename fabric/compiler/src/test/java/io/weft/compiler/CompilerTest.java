package io.weft.compiler;

import static io.weft.compiler.Fixtures.groupId;
import static io.weft.compiler.Fixtures.host;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.compiler.Fixtures.Step;
import io.weft.model.Binding;
import io.weft.model.Change;
import io.weft.model.DnsNames;
import io.weft.model.FloatingIp;
import io.weft.model.HostAccess;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.model.Meta;
import io.weft.model.Port;
import io.weft.model.PortDns;
import io.weft.model.RbacPolicy;
import io.weft.model.Resource;
import io.weft.model.RuleRemote;
import io.weft.model.SecurityGroup;
import io.weft.model.Sharing;
import io.weft.model.World;
import io.weft.model.WorldBuilder;
import io.weft.protocol.Endpoint;
import io.weft.protocol.Fact;
import io.weft.protocol.FloatingIpFact;
import io.weft.protocol.LocalPort;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.NetworkNames;
import io.weft.protocol.PortName;
import io.weft.protocol.RouterGateway;
import io.weft.protocol.RouterInterface;
import io.weft.protocol.Topic;
import io.weft.protocol.TopicChanges;
import io.weft.protocol.TopicLog;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Which records nodes get of a world and of its changes, and that an increment and a calculation from nothing say the same.
 *
 * <p>Longer than most: a test for each kind of change, over one small cloud.
 */
class CompilerTest {
    /** A compiler, what comes of its changes, and the log that they go to. */
    private static final class Machine {
        final Compiler compiler = new Compiler(Fixtures.DOMAIN);
        final TopicLog log = new TopicLog(Fixtures.EPOCH, compiler.format(), 20);
        final Map<Topic, Map<String, Fact>> topics = new TreeMap<>();

        void apply(World before, World after, List<Change> changes) {
            TopicChanges result = compiler.apply(before, after, changes);
            for (TopicChanges.RecordChange change : result.records()) {
                Map<String, Fact> records = topics.computeIfAbsent(change.topic(), t -> new TreeMap<>());
                if (change.fact().isPresent()) {
                    assertThat(change.fact().get().key()).isEqualTo(change.key());
                    assertThat(records.put(change.key(), change.fact().get()))
                            .as("a record that changed")
                            .isNotEqualTo(change.fact().get());
                } else {
                    assertThat(records.remove(change.key()))
                            .as("a record that went")
                            .isNotNull();
                }
                topics.values().removeIf(Map::isEmpty);
            }
            log.publish(result);
        }

        void apply(Step step) {
            apply(step.before(), step.after(), step.changes());
        }

        /** The record of router 0 with this key. */
        Fact fact(String key) {
            return Objects.requireNonNull(topics.getOrDefault(Topic.router(Fixtures.routerId(0)), Map.of())
                    .get(key));
        }

        void load(World world) {
            apply(World.empty(), world, Fabric.everything(world));
        }

        void assertEqualsFull(World world, Object situation) {
            Compilation full = Compilation.of(world, Fixtures.DOMAIN);
            assertThat(topics).as("records at %s", situation).isEqualTo(full.topics());
            for (int i = 0; i < RandomModel.HOSTS; i++) {
                var expected = Compilation.interest(world, host(i));
                assertThat(compiler.interest(host(i)))
                        .as("interest at %s", situation)
                        .isEqualTo(expected);
                assertThat(log.interest(host(i)))
                        .as("interest in the log at %s", situation)
                        .isEqualTo(expected);
            }
            full.topics()
                    .forEach((topic, records) -> assertThat(log.lines(topic)).hasSameSizeAs(records.keySet()));
        }

        /** All bytes of all topics. */
        Map<Topic, List<String>> bytes() {
            Map<Topic, List<String>> bytes = new TreeMap<>();
            for (Topic topic : new TreeSet<>(topics.keySet())) {
                bytes.put(
                        topic,
                        log.lines(topic).stream()
                                .map(line -> new String(line, StandardCharsets.UTF_8))
                                .toList());
            }
            return bytes;
        }
    }

    @Test
    void aPortsNameIsRelativeToTheOperatorsDomainOnTheWire() {
        World world = new WorldBuilder(World.empty())
                .put(Fixtures.withDomain("example.org.", Fixtures.network(1, true)))
                .put(Fixtures.called(
                        new PortDns("www." + Fixtures.DOMAIN, "example.net."),
                        Fixtures.port(1, 1, host(1), Fixtures.ip(1, "10.0.0.5"))))
                .put(Fixtures.port(2, 1, host(1), Fixtures.ip(1, "10.0.0.6")))
                .build(1);
        Map<Topic, Map<String, Fact>> topics =
                Compilation.of(world, Fixtures.DOMAIN).topics();
        Map<String, Fact> network = topics.getOrDefault(Topic.network(Fixtures.networkId(1)), Map.of());
        assertThat(network.get("network"))
                .isInstanceOfSatisfying(
                        NetworkFact.class,
                        fact -> assertThat(fact.names())
                                .isEqualTo(new NetworkNames("project", Fixtures.DOMAIN, "example.org.")));
        assertThat(network.get("endpoint/" + Fixtures.portId(1)))
                .isInstanceOfSatisfying(
                        Endpoint.class, fact -> assertThat(fact.dns()).isEqualTo(new PortName("www", "example.net.")));
        Map<String, Fact> node = topics.getOrDefault(Topic.node(host(1)), Map.of());
        assertThat(node.get("port/" + Fixtures.portId(1))).isInstanceOfSatisfying(LocalPort.class, fact -> {
            assertThat(fact.hostname()).isEqualTo("www");
            assertThat(fact.domain()).isEqualTo("example.net.");
        });
        assertThat(node.get("port/" + Fixtures.portId(2)))
                .isInstanceOfSatisfying(
                        LocalPort.class, fact -> assertThat(fact.hostname()).isEqualTo("host-10-0-0-6"));
    }

    @Test
    void aNodeIsBehindAPortWhoseProfileSaysSoAndNoDeviceOwnerMakesItSo() {
        Port port = Fixtures.port(1, 1, host(1), Fixtures.ip(1, "10.0.0.5"));
        HostAccess access = new HostAccess(Optional.empty());
        assertThat(local(port.withDevice("node", "compute:kubernetes-host")).host())
                .isEmpty();
        assertThat(local(port.withBinding(new Binding(host(1), "normal", access.written())))
                        .host())
                .contains(access);
    }

    private static LocalPort local(Port port) {
        World world = new WorldBuilder(World.empty())
                .put(Fixtures.network(1, true))
                .put(port)
                .build(1);
        return (LocalPort) Optional.ofNullable(Compilation.of(world, Fixtures.DOMAIN)
                        .topics()
                        .getOrDefault(Topic.node(host(1)), Map.of())
                        .get("port/" + port.id()))
                .orElseThrow();
    }

    @Test
    void anotherDomainIsAnotherFormat() {
        assertThat(new Compiler(DnsNames.DEFAULT_DOMAIN).format()).isEqualTo(Compiler.FORMAT);
        assertThat(new Compiler(Fixtures.DOMAIN).format())
                .isPositive()
                .isNotEqualTo(Compiler.FORMAT)
                .isEqualTo(new Compiler(Fixtures.DOMAIN).format())
                .isNotEqualTo(new Compiler("other.example.").format());
    }

    @Test
    void incrementalEqualsFullAfterEveryStep() {
        incrementalEqualsFull(0, 20);
    }

    @Test
    @Tag("long")
    void incrementalEqualsFullForLong() {
        int from = new Random().nextInt(1_000_000_000);
        System.out.println("seeds from " + from);
        incrementalEqualsFull(from, from + 2_000);
    }

    private static void incrementalEqualsFull(int from, int to) {
        for (int seed = from; seed < to; seed++) {
            RandomModel model = new RandomModel(seed);
            Machine machine = new Machine();
            for (int i = 0; i < 120; i++) {
                machine.apply(model.step());
                machine.assertEqualsFull(model.world(), "seed " + seed + ", step " + i);
            }
        }
    }

    @Test
    void theWayToAWorldDoesNotMatter() {
        for (int seed = 100; seed < 115; seed++) {
            RandomModel model = new RandomModel(seed);
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                steps.add(model.step());
            }
            World end = model.world();
            Machine plain = new Machine();
            steps.forEach(plain::apply);
            List<Machine> others = List.of(
                    squashed(end),
                    split(steps, new Random(seed)),
                    repeated(steps),
                    reversed(steps),
                    restarted(steps, 30),
                    grouped(steps, 7));
            for (int i = 0; i < others.size(); i++) {
                others.get(i).assertEqualsFull(end, "seed " + seed + ", way " + i);
                assertThat(others.get(i).bytes()).as("seed %s, way %s", seed, i).isEqualTo(plain.bytes());
            }
        }
    }

    private static Machine squashed(World end) {
        Machine machine = new Machine();
        machine.load(end);
        return machine;
    }

    /** Each change at a revision of its own, in random order. */
    private static Machine split(List<Step> steps, Random random) {
        Machine machine = new Machine();
        long revision = 0;
        World world = World.empty();
        for (Step step : steps) {
            List<Change> changes = new ArrayList<>(step.changes());
            Collections.shuffle(changes, random);
            for (Change change : changes) {
                World next = change.after()
                        .map(world::with)
                        .orElse(world.without(
                                change.subject().kind(), change.subject().id()))
                        .at(++revision);
                machine.apply(world, next, List.of(change));
                world = next;
            }
        }
        return machine;
    }

    private static Machine repeated(List<Step> steps) {
        Machine machine = new Machine();
        for (Step step : steps) {
            machine.apply(step);
            machine.apply(step.after(), step.after(), step.changes());
        }
        return machine;
    }

    /** To the end, back to nothing, and to the end again. */
    private static Machine reversed(List<Step> steps) {
        Machine machine = new Machine();
        long revision = 0;
        for (Step step : steps) {
            machine.apply(step.before(), step.after().at(++revision), step.changes());
        }
        for (Step step : steps.reversed()) {
            machine.apply(step.after(), step.before().at(++revision), step.changes());
        }
        assertThat(machine.topics).isEmpty();
        for (Step step : steps) {
            machine.apply(step.before(), step.after().at(++revision), step.changes());
        }
        return machine;
    }

    private static Machine restarted(List<Step> steps, int at) {
        Machine machine = new Machine();
        machine.load(steps.get(at).before());
        steps.subList(at, steps.size()).forEach(machine::apply);
        return machine;
    }

    /** Several steps at once, as a server sees them that catches up. */
    private static Machine grouped(List<Step> steps, int size) {
        Machine machine = new Machine();
        for (int i = 0; i < steps.size(); i += size) {
            List<Step> group = steps.subList(i, Math.min(steps.size(), i + size));
            machine.apply(
                    group.getFirst().before(),
                    group.getLast().after(),
                    group.stream().flatMap(step -> step.changes().stream()).toList());
        }
        return machine;
    }

    @Test
    void aChangeCostsTheSameAtAThousandAndAtAHundredThousandPorts() {
        assertThat(workOfChanges(1_000, 100)).isEqualTo(workOfChanges(100_000, 1_000));
    }

    /** The records derived and the changes made for each of some typical changes. */
    private static List<String> workOfChanges(int ports, int networks) {
        Machine machine = new Machine();
        World world = Shapes.manyNetworks(ports, ports / networks, 10).at(1);
        machine.compiler.apply(World.empty(), world, Fabric.everything(world));
        List<String> work = new ArrayList<>();
        int free = ports + 1_000_000;
        for (Resource change : List.of(
                Fixtures.port(free, 3, "", Fixtures.ip(3, "10.0.0.250")),
                Fixtures.port(free, 3, Shapes.hostOf(3, 0, 10, networks), Fixtures.ip(3, "10.0.0.250")),
                Fixtures.port(free, 3, Shapes.hostOf(3, 1, 10, networks), Fixtures.ip(3, "10.0.0.250")),
                Fixtures.port(free, 3, Shapes.hostOf(3, 1, 10, networks), Fixtures.ip(3, "10.0.0.251")),
                Fixtures.router(7, Fixtures.route("10.9.0.0/16", "10.0.0.250")),
                Fixtures.face(free + 1, 3, 7, Fixtures.ip(3, "10.0.0.1")),
                Fixtures.face(free + 2, 4, 7, Fixtures.ip(4, "10.0.0.1")),
                Fixtures.subnet(free, 3, "10.3.0.0/16"))) {
            Step step = Step.of(world, change);
            work.add(count(machine.compiler, step));
            world = step.after();
        }
        Step gone = Step.without(world, Fixtures.face(free + 2, 4, 7, Fixtures.ip(4, "10.0.0.1")));
        work.add(count(machine.compiler, gone));
        return work;
    }

    /** Host 0 has the port, 1 and 2 have the physical network, 3 has nothing to do with it. */
    private static World wayOut() {
        return Step.of(
                        World.empty(),
                        Fixtures.network(0, true),
                        Fixtures.network(1, true),
                        Fixtures.external(2, true, "physnet0"),
                        Fixtures.subnet(0, 0, "10.0.0.0/24"),
                        Fixtures.subnet(1, 1, "10.1.0.0/24"),
                        Fixtures.subnet(2, 2, "203.0.113.0/24", Optional.of(IpAddress.parse("203.0.113.1"))),
                        Fixtures.port(0, 0, host(0), Fixtures.ip(0, "10.0.0.5")),
                        Fixtures.port(1, 1, host(3), Fixtures.ip(1, "10.1.0.5")),
                        Fixtures.face(2, 0, 0, Fixtures.ip(0, "10.0.0.1")),
                        Fixtures.gatewayPort(3, 2, 0, Fixtures.ip(2, "203.0.113.9")),
                        Fixtures.floatingPort(4, 2, 0, Fixtures.ip(2, "203.0.113.20")),
                        Fixtures.router(0, Fixtures.out(2, 3, 2, 1)),
                        Fixtures.floatingIp(0, 2, 4, "203.0.113.20")
                                .withFixed(
                                        Fixtures.routerId(0),
                                        new FloatingIp.Fixed(Fixtures.portId(0), IpAddress.parse("10.0.0.5"))),
                        Fixtures.node(0, "192.0.2.1"),
                        Fixtures.node(1, List.of("physnet0"), "192.0.2.2"),
                        Fixtures.node(2, List.of("physnet0"), "192.0.2.3"),
                        Fixtures.node(3, "192.0.2.4"))
                .after();
    }

    @Test
    void aGatewaysHostsNeedWhatIsBehindItAndExternalNetworksEndTheClosure() {
        Machine machine = new Machine();
        World world = wayOut();
        machine.load(world);
        machine.assertEqualsFull(world, "the way out");
        for (int host : List.of(0, 1, 2)) {
            assertThat(machine.compiler.interest(host(host)))
                    .containsExactlyInAnyOrder(
                            Topic.node(host(host)),
                            Topic.peer(host(0)),
                            Topic.peer(host(1)),
                            Topic.peer(host(2)),
                            Topic.network(Fixtures.networkId(0)),
                            Topic.network(Fixtures.networkId(2)),
                            Topic.router(Fixtures.routerId(0)));
        }
        assertThat(machine.compiler.interest(host(3)))
                .containsExactlyInAnyOrder(
                        Topic.node(host(3)), Topic.peer(host(3)), Topic.network(Fixtures.networkId(1)));
        assertThat(machine.topics.get(Topic.network(Fixtures.networkId(2))))
                .containsOnlyKeys("network", "subnet/" + Fixtures.subnetId(2));
    }

    @Test
    void theRecordsOfAWayOutSayWhatTheModelSays() {
        Machine machine = new Machine();
        World world = wayOut();
        machine.load(world);
        assertThat(machine.fact("gateway/" + Fixtures.portId(3)))
                .isEqualTo(new RouterGateway(
                        Fixtures.portId(3),
                        Fixtures.routerId(0),
                        Fixtures.networkId(2),
                        new MacAddress(0xfa163e000003L),
                        List.of(new RouterInterface.InterfaceAddress(
                                IpAddress.parse("203.0.113.9"), IpPrefix.parse("203.0.113.0/24"))),
                        List.of(IpAddress.parse("203.0.113.1")),
                        true,
                        503,
                        List.of(host(2), host(1)),
                        true));
        FloatingIpFact onTheGateway = new FloatingIpFact(
                Fixtures.floatingIpId(0),
                Fixtures.routerId(0),
                Fixtures.portId(3),
                Fixtures.networkId(2),
                new MacAddress(0xfa163e000004L),
                IpAddress.parse("203.0.113.20"),
                Fixtures.portId(0),
                IpAddress.parse("10.0.0.5"),
                Optional.empty());
        String floating = "floating/" + Fixtures.floatingIpId(0);
        assertThat(machine.fact(floating)).isEqualTo(onTheGateway);

        // The port's own node gets the physical network.
        Step connected = Step.of(world, Fixtures.node(0, List.of("physnet0"), "192.0.2.1"));
        machine.apply(connected);
        assertThat(((FloatingIpFact) machine.fact(floating)).host()).contains(host(0));
        // A node of the list loses it.
        Step lost = Step.of(connected.after(), Fixtures.node(2, "192.0.2.3"));
        machine.apply(lost);
        assertThat(((RouterGateway) machine.fact("gateway/" + Fixtures.portId(3))).hosts())
                .containsExactly(host(1));
        machine.assertEqualsFull(lost.after(), "a node without the physical network");
        assertThat(machine.compiler.interest(host(2))).hasSize(2);
    }

    /** A change of groups touches the records and the interests that it must, and no others. */
    @Test
    void aRuleIsOneRecordAndAPortThatJoinsOneMember() {
        Machine machine = new Machine();
        World world = World.empty();
        List<Resource> many = new ArrayList<>();
        many.add(Fixtures.group(0, true));
        many.add(Fixtures.group(1, true));
        for (int port = 0; port < 100; port++) {
            many.add(inGroups(port, 0));
        }
        Step start = Step.of(world, many.toArray(Resource[]::new));
        machine.apply(start);
        assertThat(machine.topics.keySet()).noneMatch(topic -> topic.kind() == Topic.Kind.MEMBERS);
        world = start.after();
        List<String> work = new ArrayList<>();
        for (Resource change : List.of(
                // A rule for anyone: one record.
                Fixtures.rule(1, 0, new RuleRemote.Anyone()),
                // The first rule that names a group: its members become known.
                Fixtures.rule(2, 0, new RuleRemote.Group(groupId(0))),
                // The second one.
                Fixtures.rule(3, 0, new RuleRemote.Group(groupId(0))),
                // A port joins: its place, itself and what it is to the group.
                inGroups(200, 0),
                // A port joins a group that nobody names; its host needs that group from now on.
                inGroups(201, 1),
                // A rule of a group that has ports names another one that has none.
                Fixtures.rule(4, 1, new RuleRemote.Group(groupId(2))))) {
            Step step = Step.of(world, change);
            work.add(count(machine.compiler, step));
            world = step.after();
        }
        assertThat(work)
                .containsExactly(
                        "1 derived, 1 records, 0 domain changes",
                        "201 derived, 101 records, 1 domain changes",
                        "1 derived, 1 records, 0 domain changes",
                        "1 derived, 3 records, 0 domain changes",
                        "1 derived, 2 records, 2 domain changes",
                        "1 derived, 1 records, 1 domain changes");
    }

    /** A group is its rules and its members: whose it is, whose its ports are and whom it is shared with says nothing. */
    @Test
    void aSharedGroupIsForAnotherProjectsPortsWhatItIsForItsOwners() {
        Machine own = new Machine();
        Machine foreign = new Machine();
        SecurityGroup group = Fixtures.group(0, true);
        Step start = Step.of(
                World.empty(),
                Fixtures.network(0, true),
                Fixtures.subnet(0, 0, "10.0.0.0/8"),
                group,
                Fixtures.rule(1, 0, new RuleRemote.Group(groupId(0))));
        own.apply(start);
        foreign.apply(start);
        Sharing sharing = new Sharing(
                List.of(new RbacPolicy(new UUID(9, 9), "project", RbacPolicy.Action.ACCESS_AS_SHARED, "other", false)));
        Step shared = Step.of(start.after(), group.withSharing(sharing));
        assertThat(count(foreign.compiler, shared)).endsWith(" 0 records, 0 domain changes");

        Port port = inGroups(1, 0);
        Port others = inGroups(2, 0);
        Meta meta = Meta.create(others.id(), "other", "", "", others.meta().createdAt());
        own.apply(Step.of(start.after(), port, others));
        foreign.apply(Step.of(shared.after(), port, others.withMeta(meta)));
        for (Topic topic : List.of(Topic.group(groupId(0)), Topic.members(groupId(0)))) {
            assertThat(foreign.topics.get(topic))
                    .as(topic.toString())
                    .isNotEmpty()
                    .isEqualTo(own.topics.get(topic));
        }
        assertThat(foreign.topics.get(Topic.members(groupId(0)))).hasSize(2);
        assertThat(foreign.compiler.interest(host(0))).isEqualTo(own.compiler.interest(host(0)));
    }

    private static Port inGroups(int number, int group) {
        return Fixtures.in(
                Optional.of(List.of(groupId(group))),
                Fixtures.port(number, 0, host(0), Fixtures.ip(0, "10.0." + number + ".1")));
    }

    private static String count(Compiler compiler, Step step) {
        long derived = compiler.derived();
        TopicChanges changes = compiler.apply(step.before(), step.after(), step.changes());
        return (compiler.derived() - derived) + " derived, " + changes.records().size() + " records, "
                + changes.domains().size() + " domain changes";
    }
}
