package io.weft.bench;

import io.weft.e2e.Api;
import io.weft.e2e.Background;
import io.weft.e2e.Cloud;
import io.weft.e2e.Host;
import io.weft.e2e.Shell;
import io.weft.e2e.Wait;
import io.weft.e2e.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The topologies that the path bench compares, all of them up at once. */
final class Topologies implements AutoCloseable {
    static final String RAW = "raw veth pair";
    static final String RIVAL = "two hosts, bridge + VXLAN + nftables";
    static final String ONE_HOST = "Weft, one host";
    static final String TWO_HOSTS = "Weft, two hosts";
    static final String RAW_TAP = "raw tap pair";
    static final String ONE_HOST_TAP = "Weft, one host, to a tap";
    static final String TWO_HOSTS_TAP = "Weft, two hosts, to a tap";

    /** How many rules the stateful security group of Weft's workloads has. */
    private static final int RULES = 100;

    private final Cloud cloud;
    private final List<Pair> pairs = new ArrayList<>();
    private final List<String> namespaces = new ArrayList<>();
    private final List<Background> relays = new ArrayList<>();
    private final List<Flood> floods = new ArrayList<>();

    private Topologies(Cloud cloud) {
        this.cloud = cloud;
    }

    /**
     * Two ends between which is measured.
     *
     * @param name of the topology
     * @param client the namespace that asks
     * @param server the namespace that answers
     * @param address where it answers
     * @param relay the process that carries what a tap takes, if there is one
     */
    record Pair(String name, String client, String server, String address, Optional<Background> relay) {
        Pair(String name, String client, String server, String address) {
            this(name, client, server, address, Optional.empty());
        }

        /** Whether an end is behind a tap. */
        boolean hasTap() {
            return relay.isPresent();
        }

        List<String> inClient(String... command) {
            return in(client, command);
        }

        List<String> inServer(String... command) {
            return in(server, command);
        }

        private static List<String> in(String namespace, String... command) {
            List<String> line = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace));
            line.addAll(List.of(command));
            return line;
        }
    }

    /**
     * Beside a pair, two workloads of the same hosts of which one floods the other.
     *
     * @param pair between whose ends is measured
     * @param flooder the namespace that floods
     * @param address whom, who answers nothing
     */
    record Flood(Pair pair, String flooder, String address) {
        List<String> inFlooder(String... command) {
            return Pair.in(flooder, command);
        }
    }

    static Topologies build() {
        Topologies topologies = new Topologies(Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4));
        try {
            topologies.raw();
            topologies.rival();
            topologies.rawTap();
            topologies.weft();
            topologies.pairs.forEach(Topologies::unpaced);
            return topologies;
        } catch (RuntimeException e) {
            topologies.close();
            throw e;
        }
    }

    List<Pair> pairs() {
        return List.copyOf(pairs);
    }

    /**
     * Lets both ends send as fast as the path takes it. Under a congestion control that paces (BBR) a stream measures that
     * control's estimates and timers; Reno is the one that every namespace allows.
     */
    private static void unpaced(Pair pair) {
        for (String end : List.of(pair.client(), pair.server())) {
            Shell.run(Pair.in(end, "sysctl", "-qw", "net.ipv4.tcp_congestion_control=reno")
                    .toArray(String[]::new));
        }
    }

    /** The two-host topologies with somebody who floods. */
    List<Flood> floods() {
        return List.copyOf(floods);
    }

    private void flood(Pair pair, String flooder, String from, String victim, String to) {
        // What the victim would answer must not reach the flooder: the connections stay half-open.
        Shell.run("ip", "-n", victim, "route", "add", "blackhole", from + "/32");
        floods.add(new Flood(pair, flooder, to));
    }

    private String namespace(String name) {
        String full = cloud.prefix() + "b-" + name;
        Shell.run("ip", "netns", "add", full);
        Shell.run("ip", "-n", full, "link", "set", "lo", "up");
        namespaces.add(full);
        return full;
    }

    private static void veth(String one, String oneName, String other, String otherName) {
        Shell.run(
                "ip", "link", "add", oneName, "netns", one, "type", "veth", "peer", "name", otherName, "netns", other);
        Shell.run("ip", "-n", one, "link", "set", oneName, "up");
        Shell.run("ip", "-n", other, "link", "set", otherName, "up");
    }

    private void raw() {
        String one = namespace("raw1");
        String other = namespace("raw2");
        veth(one, "eth0", other, "eth0");
        Shell.run("ip", "-n", one, "address", "add", "10.77.0.1/24", "dev", "eth0");
        Shell.run("ip", "-n", other, "address", "add", "10.77.0.2/24", "dev", "eth0");
        pairs.add(new Pair(RAW, one, other, "10.77.0.2"));
    }

    private void rawTap() {
        String one = namespace("tap1");
        String other = namespace("tap2");
        tap(one, "10.76.0.1/24", Optional.empty());
        tap(other, "10.76.0.2/24", Optional.empty());
        Background relay = relay(one, "eth0", other);
        pairs.add(new Pair(RAW_TAP, one, other, "10.76.0.2", Optional.of(relay)));
    }

    /** A tap as the only device of a namespace. */
    private static void tap(String namespace, String address, Optional<String> mac) {
        Shell.run("ip", "-n", namespace, "tuntap", "add", "mode", "tap", "name", "eth0", "vnet_hdr");
        mac.ifPresent(m -> Shell.run("ip", "-n", namespace, "link", "set", "eth0", "address", m));
        Shell.run("ip", "-n", namespace, "link", "set", "eth0", "mtu", "1450", "up");
        Shell.run("ip", "-n", namespace, "address", "add", address, "dev", "eth0");
    }

    /** Carries frames between a device and the tap of a namespace. */
    private Background relay(String namespace, String device, String workload) {
        Background relay = Background.start(
                cloud.log("relay" + relays.size()),
                List.of(
                        System.getProperty("java.home") + "/bin/java",
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Relay.class.getName(),
                        namespace,
                        device,
                        workload,
                        "eth0"));
        relays.add(relay);
        for (String[] end : new String[][] {{namespace, device}, {workload, "eth0"}}) {
            Wait.until("the relay to hold " + end[1] + " of " + end[0], () -> {
                if (!relay.isAlive()) {
                    throw new IllegalStateException("the relay ended: " + relay.output());
                }
                return Shell.run("ip", "-n", end[0], "link", "show", end[1]).contains("LOWER_UP");
            });
        }
        return relay;
    }

    private void rival() {
        String hostA = namespace("ra");
        String hostB = namespace("rb");
        String workA = namespace("rwa");
        String workB = namespace("rwb");
        veth(hostA, "wire", hostB, "wire");
        rivalHost(hostA, "198.51.100.1", "198.51.100.2", workA, "10.78.0.1");
        rivalHost(hostB, "198.51.100.2", "198.51.100.1", workB, "10.78.0.2");
        Pair pair = new Pair(RIVAL, workA, workB, "10.78.0.2");
        pairs.add(pair);
        String flooder = namespace("rwc");
        String victim = namespace("rwd");
        rivalWorkload(hostA, "w1", flooder, "10.78.0.3");
        rivalWorkload(hostB, "w1", victim, "10.78.0.4");
        flood(pair, flooder, "10.78.0.3", victim, "10.78.0.4");
    }

    private static void rivalWorkload(String host, String port, String workload, String address) {
        veth(host, port, workload, "eth0");
        Shell.run("ip", "-n", host, "link", "set", port, "master", "br0");
        Shell.run("ip", "-n", workload, "address", "add", address + "/24", "dev", "eth0");
        Shell.run("ip", "-n", workload, "link", "set", "eth0", "mtu", "1450");
    }

    private static void rivalHost(String host, String local, String remote, String workload, String address) {
        Shell.run("ip", "-n", host, "address", "add", local + "/24", "dev", "wire");
        Shell.run("ip", "-n", host, "link", "add", "br0", "type", "bridge");
        Shell.run(
                "ip", "-n", host, "link", "add", "vx0", "type", "vxlan", "id", "77", "local", local, "remote", remote,
                "dstport", "4789", "dev", "wire");
        Shell.run("ip", "-n", host, "link", "set", "vx0", "master", "br0");
        Shell.run("ip", "-n", host, "link", "set", "vx0", "up");
        Shell.run("ip", "-n", host, "link", "set", "br0", "up");
        rivalWorkload(host, "w0", workload, address);
        // Bridged packets pass the inet hooks: br_netfilter is on in a new namespace.
        StringBuilder rules = new StringBuilder("table inet weft { chain forward {"
                + " type filter hook forward priority 0; policy drop;\n"
                + " ct state established,related accept\n ct state invalid drop\n");
        for (int i = 0; i < 18; i++) {
            rules.append(" ip saddr 203.0.113.")
                    .append(i)
                    .append(" tcp dport ")
                    .append(9000 + i)
                    .append(" accept\n");
        }
        rules.append(" ip saddr 10.78.0.0/24 accept\n}\n}\n");
        Shell.Result loaded = Shell.attempt(
                Duration.ofSeconds(20),
                rules.toString(),
                List.of("nsenter", "--net=/run/netns/" + host, "nft", "-f", "-"));
        if (!loaded.ok()) {
            throw new IllegalStateException(loaded.output());
        }
    }

    private void weft() {
        cloud.addServer();
        List<Host> hosts = cloud.addCabledHosts("b1", "b2");
        Host one = hosts.get(0);
        Host two = hosts.get(1);
        Api api = cloud.api("bench");
        String network = text(api.create("network", Map.of("name", "bench")), "id");
        api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.79.0.0/24"));
        fillDefaultGroup(api);
        List<String> ports = new ArrayList<>();
        List<String> clients = new ArrayList<>();
        for (Host host : List.of(one, one, two, two)) {
            int last = 10 + ports.size();
            String id = text(port(api, network, host, last), "id");
            Workload workload = host.attach("b" + last, id);
            workload.run("ip", "address", "add", "10.79.0." + last + "/24", "dev", "eth0");
            clients.add(workload.namespace());
            ports.add(id);
        }
        List<Background> taps = new ArrayList<>();
        for (Host host : List.of(one, two)) {
            int last = 10 + ports.size();
            JsonNode port = port(api, network, host, last);
            String workload = namespace("t" + last);
            tap(workload, "10.79.0." + last + "/24", Optional.of(text(port, "mac_address")));
            host.attachTap("tap" + last, text(port, "id"));
            taps.add(relay(host.namespace(), "tap" + last, workload));
            clients.add(workload);
            ports.add(text(port, "id"));
        }
        cloud.awaitActive(api, ports);
        String client = clients.get(0);
        pairs.add(new Pair(ONE_HOST, client, clients.get(1), "10.79.0.11"));
        Pair pair = new Pair(TWO_HOSTS, client, clients.get(2), "10.79.0.12");
        pairs.add(pair);
        flood(pair, clients.get(1), "10.79.0.11", clients.get(3), "10.79.0.13");
        pairs.add(new Pair(ONE_HOST_TAP, client, clients.get(4), "10.79.0.14", Optional.of(taps.get(0))));
        pairs.add(new Pair(TWO_HOSTS_TAP, client, clients.get(5), "10.79.0.15", Optional.of(taps.get(1))));
    }

    /** The ports' group, whose members may talk, gets more rules, until it has {@link #RULES}. */
    private static void fillDefaultGroup(Api api) {
        JsonNode group =
                api.list("security_group", "?name=default&project_id=bench").get(0);
        for (int i = group.get("security_group_rules").size(); i < RULES; i++) {
            api.create(
                    "security_group_rule",
                    Map.of(
                            "security_group_id",
                            text(group, "id"),
                            "direction",
                            "ingress",
                            "ethertype",
                            "IPv4",
                            "protocol",
                            "tcp",
                            "port_range_min",
                            9000 + i,
                            "port_range_max",
                            9000 + i,
                            "remote_ip_prefix",
                            "203.0.113." + i + "/32"));
        }
    }

    private static JsonNode port(Api api, String network, Host host, int last) {
        return api.create(
                "port",
                Map.of(
                        "network_id", network,
                        "fixed_ips", List.of(Map.of("ip_address", "10.79.0." + last)),
                        "binding:host_id", host.name()));
    }

    private static String text(JsonNode resource, String attribute) {
        return resource.get(attribute).asString();
    }

    @Override
    public void close() {
        relays.forEach(Background::kill);
        namespaces.forEach(n -> Shell.sh("ip netns pids " + n + " | xargs -r kill -9; ip netns del " + n));
        cloud.close();
    }
}
