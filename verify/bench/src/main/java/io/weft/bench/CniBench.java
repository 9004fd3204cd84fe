package io.weft.bench;

import io.weft.e2e.Api;
import io.weft.e2e.Cloud;
import io.weft.e2e.Cni;
import io.weft.e2e.Host;
import io.weft.e2e.Shell;
import io.weft.e2e.Wait;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.json.JsonMapper;

/**
 * How long a runtime waits for a container's interface: ADD at twenty a second, from the start of the executable to its
 * end, port made by the API and in force in the data path. Beside it Debian's bridge plug-in with host-local addresses,
 * which asks nobody.
 *
 * <p>A server and an agent run for months, and the JVM makes their code faster for minutes. So some hundred interfaces come
 * and go before the first that is counted.
 */
final class CniBench implements Bench {
    private static final int A_SECOND = 20;
    /** How often all interfaces come and go before they are counted. */
    private static final int WARM = 3;

    private static final int COUNTED = 200;
    private static final Path BRIDGE = Path.of("/usr/lib/cni");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Override
    public String name() {
        return "cni";
    }

    @Override
    public String about() {
        return "how long ADD takes at twenty containers a second, beside Debian's bridge plug-in";
    }

    @Override
    public List<Result> run() throws Exception {
        try (Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4)) {
            cloud.addServer();
            Host host = cloud.addHost(
                    "c1",
                    List.of("--containers-api", cloud.containersApi("bench").toString()));
            Api api = cloud.api("bench");
            String network =
                    api.create("network", Map.of("name", "bench")).get("id").asString();
            api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.80.0.0/20"));
            Cni cni = new Cni(host);
            Map<String, Object> weft =
                    Map.of("cniVersion", "1.0.0", "name", "bench", "type", "weft", "network", network);
            Wait.until(
                    "the agent",
                    () -> cni.run(Map.of("COMMAND", "STATUS"), weft).status() == 0);
            List<String> namespaces = new ArrayList<>();
            try {
                for (int i = 0; i < COUNTED; i++) {
                    String name = cloud.prefix() + "cni" + i;
                    Shell.run("ip", "netns", "add", name);
                    namespaces.add(name);
                }
                Wave ours = (command, namespace) -> cni.run(Cni.about(command, namespace, namespace, "eth0"), weft)
                        .done();
                for (int i = 0; i < WARM; i++) {
                    wave(ours, "ADD", namespaces);
                    wave(ours, "DEL", namespaces);
                }
                Timings added = wave(ours, "ADD", namespaces);
                Timings removed = wave(ours, "DEL", namespaces);
                Wave theirs = (command, namespace) -> bridge(host, command, namespace, cloud.log("bridge"));
                Timings baseline = wave(theirs, "ADD", namespaces);
                wave(theirs, "DEL", namespaces);
                return List.of(
                        Result.of("ADD p50", added.millis(0.5), "ms").atMost(15),
                        Result.of("ADD p99", added.millis(0.99), "ms").atMost(60),
                        Result.of("DEL p50", removed.millis(0.5), "ms"),
                        Result.of("DEL p99", removed.millis(0.99), "ms"),
                        Result.of("ADD p50 of bridge", baseline.millis(0.5), "ms"),
                        Result.of("ADD p99 of bridge", baseline.millis(0.99), "ms"));
            } finally {
                namespaces.forEach(name -> Shell.run("ip", "netns", "del", name));
            }
        }
    }

    private interface Wave {
        void run(String command, String namespace) throws Exception;
    }

    /** Begins one every twentieth of a second, however long those before take. */
    private static Timings wave(Wave wave, String command, List<String> namespaces) throws Exception {
        long step = Duration.ofSeconds(1).toNanos() / A_SECOND;
        List<Future<Long>> times = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long next = System.nanoTime();
            for (String namespace : namespaces) {
                LockSupport.parkNanos(next - System.nanoTime());
                next += step;
                times.add(threads.submit(() -> {
                    long start = System.nanoTime();
                    wave.run(command, namespace);
                    return System.nanoTime() - start;
                }));
            }
        }
        Timings counted = new Timings();
        for (Future<Long> time : times) {
            counted.add(time.get());
        }
        return counted;
    }

    private static void bridge(Host host, String command, String namespace, Path data) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(host.enter(List.of(BRIDGE.resolve("bridge").toString())));
        builder.environment().put("CNI_PATH", BRIDGE.toString());
        Cni.about(command, namespace, namespace, "eth0")
                .forEach((name, value) -> builder.environment().put("CNI_" + name, value));
        Process process = builder.start();
        try (var stdin = process.getOutputStream()) {
            stdin.write(JSON.writeValueAsBytes(Map.of(
                    "cniVersion", "1.0.0",
                    "name", "baseline",
                    "type", "bridge",
                    "bridge", "cnibench",
                    "ipam", Map.of("type", "host-local", "subnet", "10.81.0.0/20", "dataDir", data + ".d"))));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(output);
        }
    }
}
