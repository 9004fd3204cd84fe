package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Trunks from the API to real packets. On the first host a virtual machine, whose kernel has 802.1Q, has devices on three
 * networks besides its own, and a namespace has one by a tag that a program puts on; on the second host each of these networks
 * has a workload.
 */
class TrunkTest {
    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final List<String> NETWORKS = List.of("red", "green", "blue");

    /** By network. */
    private static final Map<String, Integer> TAGS = Map.of("red", 101, "green", 202, "blue", 4094);

    private static final Map<String, Workload> others = new LinkedHashMap<>();
    private static final Map<String, String> subports = new LinkedHashMap<>();
    private static Cloud cloud;
    private static Api api;
    private static Host host;
    private static Guest guest;
    private static String parent;
    private static String trunk;

    @BeforeAll
    static void buildTheTrunk() {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServer();
        host = cloud.addHost("host1");
        Host far = cloud.addHost("host2");
        api = cloud.api("tenant");
        network("own", 0);
        int number = 1;
        for (String name : NETWORKS) {
            network(name, number++);
        }
        open();
        parent = port("own", Map.of("binding:host_id", "host1"));
        String mac = api.show("port", parent).get("mac_address").asString();
        subports.put("red", port("red", Map.of()));
        subports.put("green", port("green", Map.of("mac_address", mac)));
        trunk = id(api.create("trunk", Map.of("port_id", parent, "sub_ports", List.of(sub("red"), sub("green")))));
        host.attachTap("tap-vm", parent);
        guest = Guest.boot(cloud, host, "tap-vm", mac);
        for (String name : NETWORKS) {
            String port = port(name, Map.of("binding:host_id", "host2"));
            Workload workload = far.attach("far-" + name, port);
            workload.dhcp();
            workload.awaitAddresses(1);
            workload.serve();
            others.put(name, workload);
        }
        cloud.awaitActive(api, List.copyOf(subports.values()));
    }

    @AfterAll
    static void takeAllAway() {
        cloud.close();
    }

    private static void network(String name, int number) {
        String id = id(api.create("network", Map.of("name", name)));
        api.create("subnet", Map.of("network_id", id, "ip_version", 4, "cidr", "10.0." + number + ".0/24"));
    }

    /** Whoever may reach the default group's ports. */
    private static void open() {
        String group = id(api.list("security_group", "?name=default").get(0));
        api.create(
                "security_group_rule", Map.of("security_group_id", group, "direction", "ingress", "ethertype", "IPv4"));
    }

    private static String port(String network, Map<String, Object> more) {
        Map<String, Object> attributes = new LinkedHashMap<>(more);
        attributes.put("network_id", id(api.list("network", "?name=" + network).get(0)));
        return id(api.create("port", attributes));
    }

    private static Map<String, Object> sub(String network) {
        return Map.of(
                "port_id", of(subports, network), "segmentation_type", "vlan", "segmentation_id", of(TAGS, network));
    }

    private static <V> V of(Map<String, V> map, String network) {
        return Objects.requireNonNull(map.get(network));
    }

    private static String id(JsonNode resource) {
        return resource.get("id").asString();
    }

    private static String address(String port) {
        return api.show("port", port).get("fixed_ips").get(0).get("ip_address").asString();
    }

    private static void change(String action, Object subport) {
        Api.Answer answer =
                api.call("PUT", "/v2.0/trunks/" + trunk + "/" + action, Map.of("sub_ports", List.of(subport)));
        assertThat(answer.status()).as(String.valueOf(answer.body())).isEqualTo(200);
    }

    /** Gives the virtual machine a device behind a network's tag, which asks for its address by DHCP. */
    private static void join(String network) {
        int vlan = of(TAGS, network);
        String mac = api.show("port", of(subports, network)).get("mac_address").asString();
        String device = "eth0." + vlan;
        for (String line : List.of(
                "ip link add link eth0 name " + device + " type vlan id " + vlan,
                "ip link set " + device + " address " + mac,
                "ip link set " + device + " up",
                "udhcpc -i " + device + " -s /bin/lease -O mtu -n -q -t 20 -T 2")) {
            Shell.Result result = guest.run(line);
            assertThat(result.ok()).as(line + "\n" + result.output()).isTrue();
        }
        assertThat(guest.run("ip address show dev " + device).output())
                .contains(address(of(subports, network)) + "/24");
    }

    private static void assertThatTheGuestReaches(String network) {
        Workload other = of(others, network);
        String far = other.awaitAddresses(1).getFirst();
        assertThat(guest.pings(far)).as("the guest to " + network).isTrue();
        assertThat(other.pings(address(of(subports, network))))
                .as(network + " to the guest")
                .isTrue();
        assertThat(guest.sends(far, PATIENT)).isEqualTo("far-" + network);
    }

    private static String traced(String port, String destination) {
        Api.Answer answer = api.call("POST", "/weft/v1/traces", Map.of("port_id", port, "destination", destination));
        assertThat(answer.status()).as(String.valueOf(answer.body())).isEqualTo(200);
        return answer.body().get("trace").get("outcome").get("result").asString();
    }

    private static int unknownTags() {
        String drops = host.weft("port", "show", parent, "--json").replaceAll("\\s", "");
        int at = drops.indexOf("\"VLAN_UNKNOWN\":");
        return at < 0
                ? 0
                : Integer.parseInt(drops.substring(at + 15).split("[,}]")[0].strip());
    }

    @Test
    void aVirtualMachineIsOnThreeNetworksBesidesItsOwnAsTheyComeAndGo() {
        guest.serve("vm");
        join("red");
        join("green");
        assertThatTheGuestReaches("red");
        assertThatTheGuestReaches("green");
        // Into the guest, in large pieces: what the far kernel left to devices is right behind the tag, too.
        assertThat(of(others, "red").sends(address(of(subports, "red")), PATIENT))
                .isEqualTo("vm");
        assertThat(of(others, "red").pings(address(parent)))
                .as("another network")
                .isFalse();
        // The guest's full packets fit: the tag takes nothing of the network's MTU.
        String far = of(others, "red").awaitAddresses(1).getFirst();
        assertThat(guest.run("ping -c 2 -W 2 -s 1422 " + far).output()).contains("1430 bytes from " + far);

        // A tag without a subport ends at the parent; then it is one's.
        int before = unknownTags();
        guest.run("ip link add link eth0 name early type vlan id " + of(TAGS, "blue"));
        guest.run("ip link set early up");
        guest.run("udhcpc -i early -s /bin/lease -n -q -t 2 -T 1");
        assertThat(unknownTags()).isGreaterThan(before);
        guest.run("ip link del early");
        subports.put("blue", port("blue", Map.of()));
        change("add_subports", sub("blue"));
        cloud.awaitActive(api, List.of(of(subports, "blue")));
        join("blue");
        assertThatTheGuestReaches("blue");
        assertThat(api.show("trunk", trunk).get("status").asString()).isEqualTo("ACTIVE");
        assertThat(host.weft("ports")).contains("tap-vm." + of(TAGS, "blue"));

        String shown = host.weft("port", "show", of(subports, "blue"), "--json").replaceAll("\\s", "");
        assertThat(shown).contains("\"vlan\":" + of(TAGS, "blue")).contains("\"parent_port_id\":\"" + parent + "\"");

        // Traced by the programs that forward, in both directions.
        String blue = of(others, "blue").awaitAddresses(1).getFirst();
        assertThat(traced(of(subports, "blue"), blue)).isEqualTo("delivered");
        String farPort = id(api.list("port", "?fixed_ips=ip_address=" + blue).get(0));
        assertThat(traced(farPort, address(of(subports, "blue")))).isEqualTo("delivered");

        change("remove_subports", Map.of("port_id", of(subports, "blue")));
        Wait.until(
                "the guest to lose blue",
                () -> !guest.pings(of(others, "blue").awaitAddresses(1).getFirst()));
        assertThatTheGuestReaches("red");
    }

    @Test
    void aNamespaceHasASubportBehindTheTagThatAProgramPutsOn(@TempDir Path directory) throws IOException {
        String own = port("own", Map.of("binding:host_id", "host1"));
        String pod = port("red", Map.of());
        JsonNode made = api.create(
                "trunk",
                Map.of(
                        "port_id",
                        own,
                        "sub_ports",
                        List.of(Map.of("port_id", pod, "segmentation_type", "vlan", "segmentation_id", 5))));
        Workload machine = host.attach("machine", own);
        Path script = directory.resolve("vlan_device.py");
        try (InputStream in = TrunkTest.class.getResourceAsStream("vlan_device.py")) {
            Files.write(script, Objects.requireNonNull(in).readAllBytes());
        }
        String mac = api.show("port", pod).get("mac_address").asString();
        Background device = machine.start("/usr/bin/python3", script.toString(), "eth0", "5", "pod0", mac, "1450");
        Wait.until("the VLAN device", () -> device.output().contains("ready"));
        List<String> dhcp = new ArrayList<>(List.of("dhclient", "-4", "-1", "-sf", "/bin/true"));
        dhcp.addAll(List.of("-lf", directory + "/lease", "-pf", directory + "/pid", "pod0"));
        assertThat(machine.attempt(Duration.ofMinutes(1), dhcp.toArray(String[]::new))
                        .ok())
                .isTrue();
        String address = address(pod);
        assertThat(Files.readString(directory.resolve("lease"))).contains("fixed-address " + address);
        machine.run("ip", "address", "add", address + "/24", "dev", "pod0");
        assertThat(machine.pings(of(others, "red").awaitAddresses(1).getFirst()))
                .isTrue();
        assertThat(of(others, "red").pings(address)).isTrue();
        assertThat(machine.run("ip", "neighbour", "show", "dev", "pod0")).contains("lladdr");
        api.delete("trunk", id(made));
        assertThat(api.show("port", pod).get("binding:host_id").asString()).isEmpty();
    }
}
