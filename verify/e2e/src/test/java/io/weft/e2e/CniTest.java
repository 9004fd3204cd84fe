package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Containers by the CNI executable, driven as runtimes drive it. Host one makes its ports with credentials, host two has
 * none and waits for ports that are prepared for it.
 */
class CniTest {
    private static Cloud cloud;
    private static ServerProcess server;
    private static Host one;
    private static Host two;
    private static Api api;
    private static Cni cni;
    private static Cni prepared;
    private static String network;

    @BeforeAll
    static void build() {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        server = cloud.addServer();
        one = cloud.addHost(
                "host1",
                List.of("--containers-api", cloud.containersApi("alpha").toString()));
        two = cloud.addHost("host2");
        api = cloud.api("alpha");
        network = id(api.create("network", Map.of("name", "web")));
        api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.0.0.0/24"));
        api.create(
                "subnet",
                Map.of(
                        "network_id",
                        network,
                        "ip_version",
                        6,
                        "cidr",
                        "2001:db8:1::/64",
                        "ipv6_ra_mode",
                        "slaac",
                        "ipv6_address_mode",
                        "slaac"));
        cni = new Cni(one);
        prepared = new Cni(two);
        Wait.until(
                "the agents to be ready",
                () -> List.of(cni, prepared).stream()
                        .allMatch(each -> each.run(Map.of("COMMAND", "STATUS"), configuration("1.1.0"))
                                        .status()
                                == 0));
    }

    @AfterAll
    static void end() {
        cloud.close();
    }

    private static Map<String, Object> configuration(String version) {
        Map<String, Object> configuration = new HashMap<>();
        configuration.put("cniVersion", version);
        configuration.put("name", "pods");
        configuration.put("type", "weft");
        configuration.put("network", "web");
        return configuration;
    }

    private static Map<String, Object> with(Map<String, Object> configuration, String member, Object value) {
        Map<String, Object> more = new HashMap<>(configuration);
        more.put(member, value);
        return more;
    }

    private static String id(JsonNode resource) {
        return resource.get("id").asString();
    }

    private static Workload container(String name) {
        String namespace = cloud.prefix() + "c-" + name;
        Shell.run("ip", "netns", "add", namespace);
        Workload made = new Workload(name, namespace, cloud.makeDirectory("c-" + name));
        cloud.closeLater(made);
        return made;
    }

    private static Map<String, String> about(String command, Workload container, String name) {
        return Cni.about(command, container.name(), container.namespace(), name);
    }

    private static Map<String, String> about(String command, Workload container) {
        return about(command, container, "eth0");
    }

    private static JsonNode ports(String container) {
        return api.list("port", "?device_id=" + container + ":eth0");
    }

    private static void released(String container) {
        Wait.until(
                "the port of " + container + " to be deleted",
                () -> ports(container).isEmpty());
    }

    private static String address(JsonNode result, int index) {
        return result.get("ips").get(index).get("address").asString();
    }

    private static String bare(String prefixed) {
        return prefixed.substring(0, prefixed.indexOf('/'));
    }

    @Test
    void containersOfTwoHostsTalkOverTheTunnelInBothFamilies() {
        Workload first = container("first");
        Workload second = container("second");
        Map<String, Object> known = with(configuration("1.0.0"), "network", network);
        // The port of the second is prepared while the runtime waits for it.
        List<Cni.Answer> answers = new ArrayList<>();
        Map<String, String> add = new HashMap<>(about("ADD", second));
        add.put("ARGS", "IgnoreUnknown=1;K8S_POD_UID=8c1c9bd6-6f3c-4e6b-9d6f-3f4a3a6a0001");
        Thread waiting = Thread.ofVirtual().start(() -> answers.add(prepared.run(add, known)));
        JsonNode result = cni.run(about("ADD", first), configuration("1.0.0")).done();
        JsonNode port = api.create(
                "port",
                Map.of(
                        "network_id",
                        network,
                        "binding:host_id",
                        "host2",
                        "device_id",
                        "8c1c9bd6-6f3c-4e6b-9d6f-3f4a3a6a0001"));
        join(waiting);
        JsonNode other = answers.getFirst().done();

        assertThat(result.get("cniVersion").asString()).isEqualTo("1.0.0");
        assertThat(result.get("ips")).hasSize(2);
        assertThat(result.get("interfaces").get(1).get("sandbox").asString())
                .isEqualTo("/run/netns/" + first.namespace());
        assertThat(result.get("routes").toString()).contains("0.0.0.0/0", "::/0");
        assertThat(other.get("interfaces").get(1).get("mac")).isEqualTo(port.get("mac_address"));
        JsonNode made = ports("first").get(0);
        assertThat(made.get("device_owner").asString()).isEqualTo("compute:container");
        assertThat(made.get("binding:host_id").asString()).isEqualTo("host1");
        assertThat(made.get("tags").toString()).contains("weft:cni", "weft:cni:network=pods");
        assertThat(first.run("ip", "-o", "link", "show", "eth0"))
                .contains(made.get("mac_address").asString(), "mtu 1450");
        for (int family = 0; family < 2; family++) {
            String target = bare(address(other, family));
            Wait.until("a ping over the tunnel to " + target, () -> first.pings(target));
        }
        second.serve();
        assertThat(first.sends(bare(address(other, 0)), Duration.ofSeconds(10))).isEqualTo("second");

        prepared.run(about("DEL", second), known).done();
        assertThat(api.show("port", id(port)).get("device_id").asString()).startsWith("8c1c9bd6");
        assertThat(second.run("ip", "-o", "link")).doesNotContain("eth0");
        cni.run(about("DEL", first), configuration("1.0.0")).done();
        released("first");
        api.delete("port", id(port));
    }

    @Test
    void aContainerHasSeveralInterfacesByCallsForEachOrByPortsThatWerePreparedForIt() {
        String storage = id(api.create("network", Map.of("name", "storage")));
        String subnet = id(api.create("subnet", Map.of("network_id", storage, "ip_version", 4, "cidr", "10.5.0.0/24")));
        api.create("subnet", Map.of("network_id", storage, "ip_version", 6, "cidr", "2001:db8:5::/64"));
        Workload first = container("several1");
        Map<String, Object> further = with(configuration("1.0.0"), "network", "storage");
        cni.run(about("ADD", first), configuration("1.0.0")).done();
        JsonNode one = cni.run(about("ADD", first, "net1"), with(further, "subnets", List.of(subnet)))
                .done();
        assertThat(one.get("ips")).hasSize(1);
        assertThat(one.get("routes")).isEmpty();

        Workload second = container("several2");
        String pod = "8c1c9bd6-6f3c-4e6b-9d6f-3f4a3a6a0002";
        Map<String, String> add = new HashMap<>(about("ADD", second));
        add.put("ARGS", "K8S_POD_UID=" + pod);
        // A runtime may ask before any port is there; whoever prepares them makes the container's own last.
        List<Cni.Answer> answers = new ArrayList<>();
        Thread waiting = Thread.ofVirtual().start(() -> answers.add(prepared.run(add, prepared())));
        List<String> ports = new ArrayList<>();
        for (Map<String, String> port : List.of(
                Map.of("network_id", storage, "device_id", pod + ":san"),
                Map.of("network_id", network, "device_id", pod))) {
            Map<String, Object> bound = new HashMap<>(port);
            bound.put("binding:host_id", "host2");
            ports.add(id(api.create("port", bound)));
        }
        join(waiting);
        JsonNode both = answers.getFirst().done();
        assertThat(both.get("interfaces")).hasSize(4);
        assertThat(both.get("interfaces").get(1).get("name").asString()).isEqualTo("eth0");
        assertThat(both.get("interfaces").get(3).get("name").asString()).isEqualTo("san");
        assertThat(both.get("ips")).hasSize(4);
        String target = addressOf(both, 3, "10.5.0.");
        assertThat(addressOf(both, 3, "2001:db8:5:")).isNotEmpty();
        Wait.until("a ping over the second network", () -> first.pings(target));
        Wait.until("a ping over the first", () -> first.pings(addressOf(both, 1, "10.0.0.")));
        second.serve();
        assertThat(first.sends(target, Duration.ofSeconds(10))).isEqualTo("several2");

        assertThat(prepared.run(add, prepared()).done()).isEqualTo(both);
        // Multus asks for the further one as well, by a definition that has the network's name.
        Map<String, String> multus = new HashMap<>(about("ADD", second, "san"));
        multus.put("ARGS", "K8S_POD_UID=" + pod);
        assertThat(prepared.run(multus, with(prepared(), "network", "storage"))
                        .done()
                        .get("interfaces")
                        .get(1))
                .isEqualTo(both.get("interfaces").get(3));
        prepared.run(withCommand(add, "CHECK"), with(prepared(), "prevResult", both))
                .done();
        prepared.run(
                        Map.of("COMMAND", "GC"),
                        with(
                                with(prepared(), "cniVersion", "1.1.0"),
                                "cni.dev/valid-attachments",
                                List.of(Map.of("containerID", "several2", "ifname", "eth0"))))
                .done();
        assertThat(second.run("ip", "-o", "link")).contains("san");
        second.run("ip", "link", "set", "san", "down");
        assertThat(code(prepared.run(withCommand(add, "CHECK"), with(prepared(), "prevResult", both))))
                .isEqualTo(101);
        prepared.run(withCommand(add, "DEL"), prepared()).done();
        assertThat(second.run("ip", "-o", "link")).doesNotContain("eth0", "san");
        assertThat(first.pings(target)).isFalse();
        ports.forEach(port -> api.delete("port", port));
        for (String name : List.of("net1", "eth0")) {
            cni.run(about("DEL", first, name), further).done();
        }
        released("several1");
    }

    private static Map<String, Object> prepared() {
        return Map.of("cniVersion", "1.0.0", "name", "pods", "type", "weft");
    }

    private static Map<String, String> withCommand(Map<String, String> environment, String command) {
        Map<String, String> other = new HashMap<>(environment);
        other.put("COMMAND", command);
        return other;
    }

    private static String addressOf(JsonNode result, int place, String prefix) {
        return result.get("ips")
                .valueStream()
                .filter(ip -> ip.get("interface").asInt() == place)
                .map(ip -> bare(ip.get("address").asString()))
                .filter(address -> address.startsWith(prefix))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anInterfaceIsCheckedAndMadeAgainAndOnceOnly() {
        Workload box = container("again");
        JsonNode result = cni.run(about("ADD", box), configuration("0.3.1")).done();
        assertThat(result.get("ips").get(0).get("version").asString()).isIn("4", "6");
        assertThat(cni.run(about("ADD", box), configuration("0.3.1")).done()).isEqualTo(result);
        assertThat(ports("again")).hasSize(1);
        Map<String, Object> checked = with(configuration("0.4.0"), "prevResult", result);
        cni.run(about("CHECK", box), checked).done();

        box.run("ip", "address", "flush", "dev", "eth0");
        assertThat(cni.run(about("CHECK", box), checked).json().get("code").asInt())
                .isEqualTo(101);
        cni.run(about("ADD", box), configuration("0.3.1")).done();
        cni.run(about("CHECK", box), checked).done();

        JsonNode more = cni.run(
                        about("ADD", box, "net1"),
                        with(
                                configuration("1.1.0"),
                                "args",
                                Map.of("weft", Map.of("security_groups", List.of("default")))))
                .done();
        assertThat(more.get("interfaces").get(1).get("mtu").asInt()).isEqualTo(1450);
        assertThat(more.get("routes")).isEmpty();
        assertThat(box.run("ip", "-o", "link")).contains("eth0", "net1");

        // What is not in use any more is collected; the other interface stays.
        Map<String, Object> collected = with(
                configuration("1.1.0"),
                "cni.dev/valid-attachments",
                List.of(Map.of("containerID", "again", "ifname", "eth0")));
        cni.run(Map.of("COMMAND", "GC"), with(collected, "name", "others")).done();
        assertThat(box.run("ip", "-o", "link")).contains("net1");
        cni.run(Map.of("COMMAND", "GC"), collected).done();
        assertThat(box.run("ip", "-o", "link")).contains("eth0").doesNotContain("net1");
        for (int i = 0; i < 2; i++) {
            cni.run(about("DEL", box), configuration("1.1.0")).done();
        }
        released("again");
    }

    @Test
    void aPortThatIsThereIsBorrowedAndAnAddressIsGivenOnRequest() {
        String port = id(api.create("port", Map.of("network_id", network)));
        Workload box = container("borrower");
        Map<String, String> add = new HashMap<>(about("ADD", box));
        add.put("ARGS", "WEFT_PORT=" + port);
        JsonNode result = cni.run(add, configuration("1.0.0")).done();
        assertThat(result.get("interfaces").get(1).get("mac"))
                .isEqualTo(api.show("port", port).get("mac_address"));
        Workload thief = container("thief");
        Map<String, String> stolen = new HashMap<>(about("ADD", thief));
        stolen.put("ARGS", "WEFT_PORT=" + port);
        assertThat(cni.run(stolen, configuration("1.0.0")).text()).contains("is in use by device 'borrower:eth0'");
        cni.run(about("DEL", box), configuration("1.0.0")).done();
        Wait.until(
                "the port to be let go",
                () -> api.show("port", port).get("binding:host_id").asString().isEmpty());
        api.delete("port", port);

        Map<String, String> wish = new HashMap<>(about("ADD", thief));
        wish.put("ARGS", "IP=10.0.0.9;MAC=02:00:00:00:00:99");
        JsonNode wished = cni.run(wish, configuration("1.0.0")).done();
        assertThat(wished.get("ips").toString()).contains("10.0.0.9/24");
        assertThat(wished.get("interfaces").get(1).get("mac").asString()).isEqualTo("02:00:00:00:00:99");
        cni.run(about("DEL", thief), configuration("1.0.0")).done();
    }

    @Test
    void whatMakesNoSenseIsRefusedInTheWordsOfCni() {
        Workload box = container("refused");
        assertThat(cni.run(Map.of("COMMAND", "VERSION"), Map.of()).done().get("supportedVersions"))
                .hasSize(4);
        assertThat(code(cni.run(about("ADD", box), configuration("0.1.0")))).isEqualTo(1);
        assertThat(code(cni.run(Cni.about("ADD", "gone", "weft-no-such", "eth0"), configuration("1.0.0"))))
                .isEqualTo(3);
        assertThat(code(cni.run(about("ADD", box, "a/b"), configuration("1.0.0"))))
                .isEqualTo(4);
        assertThat(code(cni.run(Map.of("COMMAND", "ADD"), configuration("1.0.0"))))
                .isEqualTo(4);
        assertThat(code(cni.run(about("ADD", box), with(configuration("1.0.0"), "network", 7))))
                .isEqualTo(7);
        Cni.Answer nowhere = cni.run(about("ADD", box), with(configuration("1.0.0"), "network", "nowhere"));
        assertThat(code(nowhere)).isEqualTo(100);
        assertThat(nowhere.text()).contains("there is no network 'nowhere'");
        assertThat(box.run("ip", "-o", "link")).doesNotContain("eth0");
    }

    private static int code(Cni.Answer answer) {
        assertThat(answer.status()).isEqualTo(1);
        return answer.json().get("code").asInt();
    }

    @Test
    void twentyAtOnceAreJoinedAlthoughSomeAreKilledAndTheRuntimeAsksAgain() {
        List<Workload> boxes =
                IntStream.range(0, 20).mapToObj(i -> container("many" + i)).toList();
        each(boxes, box -> {
            if (box.name().endsWith("3")) {
                try {
                    cni.start(about("ADD", box), configuration("1.0.0"))
                            .destroyForcibly()
                            .waitFor();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            cni.run(about("ADD", box), configuration("1.0.0")).done();
        });
        assertThat(api.list("port", "?tags=weft:cni&device_owner=compute:container"))
                .extracting(port -> port.get("device_id").asString())
                .contains(boxes.stream().map(box -> box.name() + ":eth0").toArray(String[]::new));
        boxes.forEach(box -> assertThat(ports(box.name())).hasSize(1));
        String target =
                ports("many1").get(0).get("fixed_ips").get(0).get("ip_address").asString();
        // In force when ADD answered, rules included: the first packet arrives.
        assertThat(boxes.getFirst()
                        .attempt(Duration.ofSeconds(20), "ping", "-n", "-c", "1", "-W", "10", target)
                        .output())
                .contains("bytes from " + target);
        each(boxes, box -> cni.run(about("DEL", box), configuration("1.0.0")).done());
        boxes.forEach(box -> released(box.name()));
        assertThat(Shell.run(one.enter(List.of("ip", "-o", "link"))))
                .doesNotContain("link-netns " + cloud.prefix() + "c-many");
    }

    @Test
    void afterTheDeathOfTheAgentAndWithTheServerAwayNothingIsLostAndNothingStays() throws Exception {
        Workload stays = container("stays");
        Workload leaves = container("leaves");
        Workload vanishes = container("vanishes");
        for (Workload box : List.of(stays, leaves, vanishes)) {
            cni.run(about("ADD", box), configuration("1.0.0")).done();
        }
        Workload torn = container("torn");
        Workload given = container("given-up");
        // The pair of devices is made while the API is asked, which does not answer.
        Shell.sh("kill -STOP " + server.process().pid());
        List<Process> requests = new ArrayList<>();
        for (Workload box : List.of(torn, given)) {
            requests.add(cni.start(about("ADD", box), configuration("1.0.0")));
            Wait.until(
                    "a pair for " + box.name(),
                    () -> box.run("ip", "-o", "link").contains("eth0"));
        }
        one.agent().kill();
        for (Process request : requests) {
            assertThat(new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("\"code\":11");
            assertThat(request.waitFor()).isEqualTo(1);
        }
        Cni.Answer alone = cni.run(about("DEL", leaves), configuration("1.0.0"));
        assertThat(alone.status()).isEqualTo(1);
        assertThat(alone.json().get("code").asInt()).isEqualTo(11);
        // A container whose namespace goes while nobody looks.
        Shell.run("ip", "netns", "del", vanishes.namespace());

        server.kill();
        one.startAgent();
        Wait.until(
                "the agent to listen",
                () -> cni.run(about("DEL", leaves), configuration("1.0.0")).status() == 0);
        assertThat(leaves.run("ip", "-o", "link")).doesNotContain("eth0");
        assertThat(stays.run("ip", "-o", "address")).contains("eth0", "10.0.0.");
        assertThat(code(cni.run(Map.of("COMMAND", "STATUS"), configuration("1.1.0"))))
                .isEqualTo(50);

        server.start();
        Wait.until(
                "the ports to be released",
                () -> ports("leaves").isEmpty() && ports("vanishes").isEmpty());
        Wait.until(
                "the agent to be ready",
                () -> cni.run(Map.of("COMMAND", "STATUS"), configuration("1.1.0"))
                                .status()
                        == 0);
        cni.run(about("CHECK", stays), configuration("1.0.0")).done();
        cni.run(about("DEL", given), configuration("1.0.0")).done();
        released("given-up");
        assertThat(given.run("ip", "-o", "link")).doesNotContain("eth0");
        cni.run(about("ADD", torn), configuration("1.0.0")).done();
        assertThat(Shell.run(one.enter(List.of("ip", "-o", "link")))).doesNotContainPattern("weft-[0-9a-f]{10}");
        assertThat(ports("torn")).hasSize(1);
        String target =
                ports("torn").get(0).get("fixed_ips").get(0).get("ip_address").asString();
        Wait.until("a ping to the one that was torn", () -> stays.pings(target));
        for (Workload box : List.of(stays, torn, vanishes)) {
            cni.run(about("DEL", box), configuration("1.0.0")).done();
            released(box.name());
        }
    }

    @Test
    void aFullDiskRefusesNewContainersAndLetsOldOnesGo() {
        Workload old = container("old");
        Path records = one.directory().resolve("state/containers");
        Shell.run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", records.toString());
        try {
            cni.run(about("ADD", old), configuration("1.0.0")).done();
            Shell.sh("cat /dev/zero > " + records + "/filler 2>/dev/null || true");
            Workload fresh = container("fresh");
            Cni.Answer refused = cni.run(about("ADD", fresh), configuration("1.0.0"));
            assertThat(code(refused)).isEqualTo(11);
            assertThat(refused.text()).contains("cannot be recorded");
            released("fresh");
            cni.run(about("DEL", old), configuration("1.0.0")).done();
            released("old");
            assertThat(old.run("ip", "-o", "link")).doesNotContain("eth0");
            Shell.run("rm", records + "/filler");
            cni.run(about("ADD", fresh), configuration("1.0.0")).done();
            cni.run(about("DEL", fresh), configuration("1.0.0")).done();
        } finally {
            Shell.run("umount", records.toString());
        }
    }

    private static void each(List<Workload> boxes, Consumer<Workload> action) {
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = boxes.stream()
                .map(box -> Thread.ofVirtual().start(() -> {
                    try {
                        action.accept(box);
                    } catch (RuntimeException | Error e) {
                        failures.add(e);
                    }
                }))
                .toList();
        threads.forEach(CniTest::join);
        assertThat(failures).isEmpty();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
