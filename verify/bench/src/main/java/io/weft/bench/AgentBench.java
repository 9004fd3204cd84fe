package io.weft.bench;

import io.weft.e2e.Cloud;
import io.weft.e2e.Host;
import io.weft.e2e.ServerProcess;
import io.weft.e2e.Shell;
import io.weft.kernel.bpf.BpfMap;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * What an agent costs its node: a real one, over a real server, with five hundred ports on the node and ninety-five
 * hundred on a hundred others, in ten networks behind one router; then with fifty thousand elsewhere. The five hundred
 * have devices, veth pairs whose other ends are in one namespace.
 */
final class AgentBench implements Bench {
    private static final int NETWORKS = 10;
    private static final int LOCAL_PORTS = 50;
    private static final int REMOTE_PORTS = 950;
    private static final int MANY_REMOTE_PORTS = 5_000;
    private static final int OTHER_NODES = 100;
    private static final int CHANGES = 100;

    /** Between changes: a server gathers those of one node that follow each other at less than a tenth of a second. */
    private static final long REST = 120_000_000;

    private static final int RESYNCS = 3;
    private static final String PROJECT = "bench";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Override
    public String name() {
        return "agent";
    }

    @Override
    public String about() {
        return "a real agent at 10,000 ports: memory, full resync, one change; memory at 50,000 remote addresses";
    }

    @Override
    public List<Result> run() throws Exception {
        try (Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4)) {
            ServerProcess server = cloud.addServer();
            Host host = cloud.addHost("bench");
            try (NodeAgent agent = NodeAgent.replace(host, server.agents());
                    Devices devices = Devices.prepare(cloud, host)) {
                return measure(server, host, agent, devices);
            }
        }
    }

    private static List<Result> measure(ServerProcess server, Host host, NodeAgent agent, Devices devices)
            throws IOException {
        List<Result> results = new ArrayList<>();
        agent.awaitSettled(0, 0);
        results.add(Result.of("resident memory with nothing", Memory.residentMebibytes(agent.pid()), "MiB"));

        System.err.println("making 10,000 ports");
        try (HttpConnection api = HttpConnection.toApi(server.api(), PROJECT)) {
            for (int i = 0; i < OTHER_NODES; i++) {
                NodeIdentity.enrol(server.agents(), api, Fleet.host(i), IpAddress.parse("203.0.113." + (i + 1)));
            }
        }
        Population population = Population.of(server.api(), PROJECT);
        List<Population.Network> networks = new ArrayList<>();
        List<String> locals = new ArrayList<>();
        for (int i = 0; i < NETWORKS; i++) {
            Population.Network network = population.network("10." + i + ".0.0/16");
            networks.add(network);
            locals.addAll(population.ports(network.id(), LOCAL_PORTS, port -> host.name()));
            population.ports(network.id(), REMOTE_PORTS, port -> Fleet.host(port % OTHER_NODES));
        }
        population.router(networks.stream().map(Population.Network::subnet).toList());
        devices.add(locals);
        // The router has a port in each network too.
        int macs = NETWORKS * (LOCAL_PORTS + REMOTE_PORTS + 1);
        agent.awaitSettled(locals.size(), macs);
        results.add(Result.of("resident memory with 10,000 ports", Memory.residentMebibytes(agent.pid()), "MiB")
                .atMost(150));

        resync(agent, devices, locals, macs, results);
        change(server, networks.getFirst(), agent, results);

        System.err.println("making 50,000 remote ports");
        for (Population.Network network : networks) {
            population.ports(network.id(), MANY_REMOTE_PORTS - REMOTE_PORTS, port -> Fleet.host(port % OTHER_NODES));
        }
        int many = NETWORKS * (LOCAL_PORTS + MANY_REMOTE_PORTS + 1);
        agent.awaitSettled(locals.size(), many);
        require(agent.entries("macs") == many, agent);
        results.add(Result.of(
                "resident memory with 50,000 remote addresses, as they came",
                Memory.residentMebibytes(agent.pid()),
                "MiB"));
        agent.kill();
        agent.forgetRecords();
        agent.start();
        agent.awaitSettled(locals.size(), many);
        results.add(Result.of("  after a restart without records", Memory.residentMebibytes(agent.pid()), "MiB"));
        return results;
    }

    /**
     * From the start of a process to everything in force: of one that finds the kernel's state and nothing on disk, as
     * when the server asks for a fresh start; and of one that finds nothing at all, as after the host's own start.
     */
    private static void resync(NodeAgent agent, Devices devices, List<String> locals, int macs, List<Result> results) {
        Timings again = new Timings();
        Timings written = new Timings();
        Timings attached = new Timings();
        Timings cpu = new Timings();
        for (int i = 0; i < RESYNCS; i++) {
            System.err.printf("full resync %d of %d%n", i + 1, RESYNCS);
            agent.kill();
            agent.forgetRecords();
            long begin = agent.start();
            agent.awaitSettled(locals.size(), macs);
            again.add(System.nanoTime() - begin);

            agent.kill();
            agent.forgetRecords();
            devices.remove();
            agent.forgetKernel();
            devices.add(locals);
            begin = agent.start();
            agent.awaitWritten(locals.size(), macs);
            written.add(System.nanoTime() - begin);
            cpu.add(Cpu.busyNanos(agent.pid()));
            require(agent.entries("macs") == macs, agent);
            require(agent.entries("ports") == locals.size(), agent);
            agent.awaitSettled(locals.size(), macs);
            attached.add(System.nanoTime() - begin);
        }
        results.add(Result.of(
                        "full resync over what the kernel has, from the start of the process",
                        again.millis(.5) / 1e3,
                        "s")
                .atMost(3));
        results.add(Result.of(
                        "full resync from nothing, from the start of the process to all tables",
                        written.millis(.5) / 1e3,
                        "s")
                .atMost(3));
        results.add(Result.of("  the agent's CPU", cpu.millis(.5) / 1e3, "s"));
        results.add(Result.of("  until the last of 500 devices has its program", attached.millis(.5) / 1e3, "s"));
        results.add(Result.of("  resident memory after it", Memory.residentMebibytes(agent.pid()), "MiB")
                .atMost(150));
    }

    /** A port elsewhere is made and removed: from the request to the API to the node's kernel. */
    private static void change(ServerProcess server, Population.Network network, NodeAgent agent, List<Result> results)
            throws IOException {
        Timings whole = new Timings();
        Timings fromAnswer = new Timings();
        try (HttpConnection api = HttpConnection.toApi(server.api(), PROJECT);
                BpfMap macs = agent.map("macs")) {
            MacAddress mac = MacAddress.parse("02:00:00:00:be:ef");
            byte[] body = ("{\"port\":{\"network_id\":\"" + network.id() + "\",\"mac_address\":\"" + mac
                            + "\",\"binding:host_id\":\"" + Fleet.host(0) + "\"}}")
                    .getBytes(StandardCharsets.UTF_8);
            String first = api.expect(201, "POST", "/v2.0/ports", body).id();
            byte[] part = {2, 0, 0, 0, (byte) 0xbe, (byte) 0xef};
            Optional<byte[]> found = Optional.empty();
            for (int i = 0; i < 500 && found.isEmpty(); i++) {
                LockSupport.parkNanos(10_000_000);
                found = agent.keyWith("macs", part);
            }
            byte[] key = found.orElseThrow(() -> new IllegalStateException(agent.describe()));
            api.expect(204, "DELETE", "/v2.0/ports/" + first, HttpConnection.NOTHING);
            await(macs, key, false, agent);
            for (int i = 0; i < CHANGES; i++) {
                LockSupport.parkNanos(REST);
                long begin = System.nanoTime();
                String id = api.expect(201, "POST", "/v2.0/ports", body).id();
                long answered = System.nanoTime();
                await(macs, key, true, agent);
                long there = System.nanoTime();
                LockSupport.parkNanos(REST);
                if (i >= CHANGES / 4) {
                    whole.add(there - begin);
                    fromAnswer.add(there - answered);
                }
                api.expect(204, "DELETE", "/v2.0/ports/" + id, HttpConnection.NOTHING);
                await(macs, key, false, agent);
            }
        }
        results.add(Result.of("one change, from the API's answer to the kernel, p50", fromAnswer.millis(.5), "ms")
                .atMost(5));
        results.add(Result.of("  p99", fromAnswer.millis(.99), "ms"));
        results.add(Result.of("one change, from the request to the kernel, p50", whole.millis(.5), "ms"));
        results.add(Result.of("  p99", whole.millis(.99), "ms"));
    }

    private static void await(BpfMap map, byte[] key, boolean present, NodeAgent agent) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (map.lookup(key).isPresent() != present) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("a change does not come:\n" + agent.describe());
            }
            // Short enough not to count, long enough to leave the processor to those who work.
            LockSupport.parkNanos(50_000);
        }
    }

    private static void require(boolean condition, NodeAgent agent) {
        if (!condition) {
            throw new IllegalStateException("the kernel does not have what the agent says: " + agent.describe());
        }
    }

    /** The veth pairs of the ports of the node. */
    private record Devices(String hostNamespace, String namespace) implements AutoCloseable {
        private static final int GROUP = 77;

        static Devices prepare(Cloud cloud, Host host) {
            String namespace = cloud.prefix() + "agentbench";
            Shell.run("ip", "netns", "add", namespace);
            return new Devices(host.namespace(), namespace);
        }

        /** Makes a pair for each port and says by its alias whose it is, which the agent notices. */
        void add(List<String> ports) {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < ports.size(); i++) {
                lines.append("link add b")
                        .append(i)
                        .append(" type veth peer name p")
                        .append(i);
                lines.append(" netns ").append(namespace).append('\n');
                lines.append("link set b")
                        .append(i)
                        .append(" alias weft:")
                        .append(ports.get(i))
                        .append('\n');
                lines.append("link set b")
                        .append(i)
                        .append(" group ")
                        .append(GROUP)
                        .append(" up\n");
            }
            Shell.Result made = Shell.attempt(
                    Duration.ofMinutes(1), lines.toString(), List.of("ip", "-n", hostNamespace, "-batch", "-"));
            if (!made.ok()) {
                throw new IllegalStateException(made.output());
            }
        }

        /** Removes them all at once, and with them what runs on them. */
        void remove() {
            Shell.run("ip", "-n", hostNamespace, "link", "del", "group", Integer.toString(GROUP));
        }

        @Override
        public void close() {
            Shell.run("ip", "netns", "del", namespace);
        }
    }
}
