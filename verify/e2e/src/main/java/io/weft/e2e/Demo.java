package io.weft.e2e;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/**
 * The demonstration: two hosts, two tenants with the same addresses, namespaces, a virtual machine, a pod and a Docker
 * container, and a proof of each thing that it claims. {@code --exit} ends after the proofs, with status 0 when all of them
 * held. Where no Docker engine can run it says why, and claims nothing of Docker.
 */
public final class Demo {
    private final PrintStream out;
    private final Cloud cloud;
    private int failed;
    private Optional<Engine> engine = Optional.empty();

    private Demo(PrintStream out, Cloud cloud) {
        this.out = out;
        this.cloud = cloud;
    }

    /** Runs it. */
    public static void main(String[] arguments) throws InterruptedException {
        boolean exit = List.of(arguments).contains("--exit");
        int failed;
        try (Cloud cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4)) {
            Demo demo = new Demo(System.out, cloud);
            demo.run();
            failed = demo.failed;
            if (!exit) {
                demo.suggest();
                new CountDownLatch(1).await();
            }
        }
        System.exit(failed == 0 ? 0 : 1);
    }

    private void run() {
        step("a server with its embedded store", () -> cloud.addServerWithTokens(Tenants.TOKENS));
        step("host1 and host2, in different subnets of a routed underlay, each with an agent", () -> {
            Path caller = cloud.containersApiWithToken(Tenants.ACME_HOSTS);
            cloud.addHost("host1", List.of("--containers-api", caller.toString()));
            cloud.addHost("host2", Engine.agentOptions(cloud, "host2", caller));
        });
        if (failed > 0) {
            return;
        }
        FutureTask<Engine> starting = new FutureTask<>(this::startEngine);
        Thread.ofVirtual().start(starting);
        Tenants tenants = new Tenants(cloud);
        step("tenant acme, by the stock openstack client: two networks, IPv4 and IPv6, a router", tenants::createAcme);
        step("tenant globex, with the same addresses: a network and a router", tenants::createGlobex);
        step("a Docker engine on host2", () -> awaitEngine(starting));
        step(
                "workloads on both hosts, with addresses by DHCP and SLAAC; on one subnet a virtual machine, a pod by CNI"
                        + (engine.isPresent() ? ", a Docker container" : ""),
                () -> {
                    List<Callable<Matrix.Member>> containers = new ArrayList<>();
                    containers.add(() -> tenants.startPod(cloud.host("host1")));
                    engine.ifPresent(e -> containers.add(() -> tenants.startContainer(e)));
                    tenants.start(containers);
                });
        if (failed > 0) {
            return;
        }
        List<Matrix.Cell> cells = tenants.measure();
        printTable(cells);
        check(
                cells.size() + " ways measured, each as the reference model expects",
                cells.stream().allMatch(Matrix.Cell::holds));
        check(
                "the virtual machine streams over the tunnel in 64 KB segments",
                tenants.streamFromGuest(Duration.ofSeconds(3)));
    }

    private Engine startEngine() {
        Engine started = Engine.start(cloud, cloud.host("host2"));
        started.incapacity().ifPresent(why -> {
            throw new IllegalStateException(why);
        });
        return started;
    }

    private void awaitEngine(Future<Engine> starting) {
        try {
            engine = Optional.of(starting.get());
        } catch (ExecutionException e) {
            String why = Optional.ofNullable(e.getCause())
                    .map(Throwable::getMessage)
                    .orElse("for no known reason")
                    .strip();
            throw new AbsentException(why.substring(why.lastIndexOf('\n') + 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** This machine cannot show something. */
    private static final class AbsentException extends RuntimeException {
        private static final long serialVersionUID = 1;

        AbsentException(String why) {
            super(why);
        }
    }

    private void printTable(List<Matrix.Cell> cells) {
        out.printf("%n  %-14s %-14s %-28s %-9s %-6s %s%n", "from", "to", "address", "expected", "TCP", "ping");
        for (Matrix.Cell cell : cells) {
            out.printf(
                    "  %-14s %-14s %-28s %-9s %-6s %-6s %s%n",
                    cell.from(),
                    cell.to(),
                    cell.address(),
                    cell.expected() ? "reaches" : "-",
                    cell.arrived() ? "yes" : "-",
                    cell.pinged() ? (cell.expected() ? "yes" : "own") : "-",
                    cell.holds() ? "" : "  <-- not as expected");
        }
        out.println("\n  (\"own\": a workload of the sender's own tenant has that address too, and answered)\n");
    }

    private void step(String what, Runnable action) {
        if (failed > 0) {
            return;
        }
        long start = System.nanoTime();
        out.print("  ..  " + what);
        out.flush();
        try {
            action.run();
            out.printf("\r  ok  %s (%.1f s)%n", what, (System.nanoTime() - start) / 1e9);
        } catch (AbsentException e) {
            out.printf("\r  --  not shown: %s: %s%n", what, e.getMessage());
        } catch (RuntimeException | AssertionError e) {
            failed++;
            out.println("\r FAIL " + what);
            e.printStackTrace(out);
        }
    }

    private void check(String what, boolean holds) {
        out.println((holds ? "  ok  " : " FAIL ") + what);
        if (!holds) {
            failed++;
        }
    }

    private void suggest() {
        String prefix = cloud.prefix();
        out.println("""

                It runs until Ctrl-C. In another terminal:

                  export %s
                  openstack network list
                  openstack port list --long
                  ip netns exec %sw-web1 ping 10.0.1.10        # routed, over the tunnel
                %s\
                  ./weft ports --socket %s
                  curl -s %s/metrics

                The API is at %s; there is no console yet.
                """.formatted(
                        String.join(" ", new OpenStackClient(cloud.server().api(), Tenants.ACME).environment()),
                        prefix,
                        engine.map(e -> "  docker -H " + e.address() + " exec container ping -c 3 10.0.1.10\n")
                                .orElse(""),
                        cloud.host("host1").socket(),
                        cloud.server().api(),
                        cloud.server().api()));
    }
}
