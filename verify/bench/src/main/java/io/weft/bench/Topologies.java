package io.weft.bench;

import io.weft.e2e.Api;
import io.weft.e2e.Cloud;
import io.weft.e2e.Host;
import io.weft.e2e.Shell;
import io.weft.e2e.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The topologies that the path bench compares, all of them up at once. */
final class Topologies implements AutoCloseable {
    static final String RAW = "raw veth pair";
    static final String RIVAL = "two hosts, bridge + VXLAN + nftables";
    static final String ONE_HOST = "Weft, one host";
    static final String TWO_HOSTS = "Weft, two hosts";

    private final Cloud cloud;
    private final List<Pair> pairs = new ArrayList<>();
    private final List<String> namespaces = new ArrayList<>();

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
     */
    record Pair(String name, String client, String server, String address) {
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

    static Topologies build() {
        Topologies topologies = new Topologies(Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4));
        try {
            topologies.raw();
            topologies.rival();
            topologies.weft();
            return topologies;
        } catch (RuntimeException e) {
            topologies.close();
            throw e;
        }
    }

    List<Pair> pairs() {
        return List.copyOf(pairs);
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

    private void rival() {
        String hostA = namespace("ra");
        String hostB = namespace("rb");
        String workA = namespace("rwa");
        String workB = namespace("rwb");
        veth(hostA, "wire", hostB, "wire");
        rivalHost(hostA, "198.51.100.1", "198.51.100.2", workA, "10.78.0.1");
        rivalHost(hostB, "198.51.100.2", "198.51.100.1", workB, "10.78.0.2");
        pairs.add(new Pair(RIVAL, workA, workB, "10.78.0.2"));
    }

    private static void rivalHost(String host, String local, String remote, String workload, String address) {
        Shell.run("ip", "-n", host, "address", "add", local + "/24", "dev", "wire");
        Shell.run("ip", "-n", host, "link", "add", "br0", "type", "bridge");
        Shell.run(
                "ip", "-n", host, "link", "add", "vx0", "type", "vxlan", "id", "77", "local", local, "remote", remote,
                "dstport", "4789", "dev", "wire");
        veth(host, "w0", workload, "eth0");
        for (String port : List.of("vx0", "w0")) {
            Shell.run("ip", "-n", host, "link", "set", port, "master", "br0");
            Shell.run("ip", "-n", host, "link", "set", port, "up");
        }
        Shell.run("ip", "-n", host, "link", "set", "br0", "up");
        Shell.run("ip", "-n", workload, "address", "add", address + "/24", "dev", "eth0");
        Shell.run("ip", "-n", workload, "link", "set", "eth0", "mtu", "1450");
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
        String network = text(api.create("network", Map.of("name", "bench")));
        api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.79.0.0/24"));
        List<Workload> workloads = new ArrayList<>();
        List<String> ports = new ArrayList<>();
        for (Host host : List.of(one, one, two)) {
            String address = "10.79.0." + (10 + workloads.size());
            String port = text(api.create(
                    "port",
                    Map.of(
                            "network_id", network,
                            "fixed_ips", List.of(Map.of("ip_address", address)),
                            "binding:host_id", host.name())));
            Workload workload = host.attach("b" + workloads.size(), port);
            workload.run("ip", "address", "add", address + "/24", "dev", "eth0");
            workloads.add(workload);
            ports.add(port);
        }
        cloud.awaitActive(api, ports);
        pairs.add(new Pair(
                ONE_HOST, workloads.get(0).namespace(), workloads.get(1).namespace(), "10.79.0.11"));
        pairs.add(new Pair(
                TWO_HOSTS, workloads.get(0).namespace(), workloads.get(2).namespace(), "10.79.0.12"));
    }

    private static String text(JsonNode resource) {
        return resource.get("id").asString();
    }

    @Override
    public void close() {
        namespaces.forEach(n -> Shell.sh("ip netns pids " + n + " | xargs -r kill -9; ip netns del " + n));
        cloud.close();
    }
}
