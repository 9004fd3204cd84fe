package io.weft.e2e;

import io.weft.model.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Two tenants that know nothing of each other and use the same addresses. Acme has two networks behind a router, with a
 * virtual machine on the second, and containers beside that one where hosts have runtimes; globex has one network and a
 * router.
 */
final class Tenants {
    static final String ADMIN = "demo-admin";
    static final String ACME = "demo-acme";
    static final String GLOBEX = "demo-globex";

    /** What hosts make the ports of acme's containers with. */
    static final String ACME_HOSTS = "demo-acme-hosts";

    /** The fixed tokens' file: token, project, user, roles. */
    static final List<String> TOKENS = List.of(
            ADMIN + " operators admin admin",
            ACME + " acme alice member",
            ACME_HOSTS + " acme hosts member,service",
            GLOBEX + " globex bob member");

    private static final String IPV6 = " --ip-version 6 --ipv6-ra-mode slaac --ipv6-address-mode slaac --subnet-range ";

    private final Cloud cloud;
    private final Api admin;
    private final Map<String, String> ports = new LinkedHashMap<>();
    private final List<Matrix.Member> members = new ArrayList<>();
    private @Nullable Guest guest;

    Tenants(Cloud cloud) {
        this.cloud = cloud;
        this.admin = cloud.apiWithToken(ADMIN);
    }

    void createAcme() {
        new OpenStackClient(cloud.server().api(), ACME)
                .run(List.of(
                        "network create web",
                        "network create db",
                        "subnet create web4 --network web --subnet-range 10.0.0.0/24",
                        "subnet create web6 --network web" + IPV6 + "fd00:0:0:1::/64",
                        "subnet create db4 --network db --subnet-range 10.0.1.0/24",
                        "subnet create db6 --network db" + IPV6 + "fd00:0:0:2::/64",
                        "router create gate",
                        "router add subnet gate web4",
                        "router add subnet gate web6",
                        "router add subnet gate db4",
                        "router add subnet gate db6",
                        "port create web1 --network web",
                        "port create web2 --network web",
                        "port create db1 --network db --fixed-ip subnet=db4,ip-address=10.0.1.10 --fixed-ip subnet=db6",
                        "port create vm --network db"));
        bind(cloud.apiWithToken(ACME), Map.of("web1", "host1", "web2", "host2", "db1", "host2", "vm", "host1"));
    }

    void createGlobex() {
        Api api = cloud.apiWithToken(GLOBEX);
        String network = id(api.create("network", Map.of("name", "shop")));
        String four = id(api.create(
                "subnet", Map.of("network_id", network, "name", "shop4", "ip_version", 4, "cidr", "10.0.0.0/24")));
        String six = id(api.create(
                "subnet",
                Map.of(
                        "network_id", network,
                        "name", "shop6",
                        "ip_version", 6,
                        "cidr", "fd00:0:0:1::/64",
                        "ipv6_ra_mode", "slaac",
                        "ipv6_address_mode", "slaac")));
        String router = id(api.create("router", Map.of("name", "door")));
        api.connect(router, four);
        api.connect(router, six);
        // The first workload has the very address of acme's; the second has one that acme does not use.
        String same = ipv4(cloud.apiWithToken(ACME).list("port", "?name=web1").get(0));
        api.create(
                "port",
                Map.of("name", "shop1", "network_id", network, "fixed_ips", List.of(Map.of("ip_address", same))));
        api.create("port", Map.of("name", "shop2", "network_id", network));
        bind(api, Map.of("shop1", "host1", "shop2", "host2"));
    }

    /** What Nova would do: say on which host each port is. */
    private void bind(Api api, Map<String, String> hosts) {
        for (JsonNode port : api.list("port", "")) {
            String host = hosts.get(port.get("name").asString());
            if (host != null) {
                ports.put(port.get("name").asString(), id(port));
                admin.update("port", id(port), Map.of("binding:host_id", host));
            }
        }
    }

    void start() {
        start(List.of());
    }

    /** Starts all workloads at once, with these besides. */
    void start(List<Callable<Matrix.Member>> others) {
        Map<String, String> places =
                Map.of("web1", "host1", "web2", "host2", "db1", "host2", "shop1", "host1", "shop2", "host2");
        List<Thread> starting = new ArrayList<>();
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Matrix.Member> made = Collections.synchronizedList(new ArrayList<>());
        places.forEach((name, host) -> starting.add(Thread.ofVirtual()
                .uncaughtExceptionHandler((t, e) -> failures.add(e))
                .start(() -> made.add(startWorkload(name, cloud.host(host))))));
        starting.add(Thread.ofVirtual()
                .uncaughtExceptionHandler((t, e) -> failures.add(e))
                .start(() -> made.add(startGuest("vm", cloud.host("host1")))));
        others.forEach(other -> starting.add(Thread.ofVirtual()
                .uncaughtExceptionHandler((t, e) -> failures.add(e))
                .start(() -> made.add(called(other)))));
        for (Thread thread : starting) {
            join(thread);
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException("a workload did not start", failures.getFirst());
        }
        made.stream().sorted(Comparator.comparing(Matrix.Member::name)).forEach(members::add);
        cloud.awaitActive(admin, List.copyOf(ports.values()));
    }

    private Matrix.Member startWorkload(String name, Host host) {
        String port = Objects.requireNonNull(ports.get(name));
        Workload workload = host.attach(name, port);
        workload.dhcp();
        workload.awaitAddresses(admin.show("port", port).get("fixed_ips").size());
        workload.serve();
        return Matrix.Member.of(workload, port);
    }

    private Matrix.Member startGuest(String name, Host host) {
        String port = Objects.requireNonNull(ports.get(name));
        host.attachTap("tap-" + name, port);
        Guest booted = Guest.boot(
                cloud,
                host,
                "tap-" + name,
                admin.show("port", port).get("mac_address").asString());
        int addresses = admin.show("port", port).get("fixed_ips").size();
        Wait.until("the guest to have its addresses", () -> booted.addresses().size() >= addresses);
        booted.serve(name);
        guest = booted;
        return new Matrix.Member(name, UUID.fromString(port), booted);
    }

    private static Matrix.Member called(Callable<Matrix.Member> start) {
        try {
            return start.call();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** A pod of acme's on the virtual machine's network, by a host's CNI executable. */
    Matrix.Member startPod(Host host) {
        Cni cni = new Cni(host);
        Map<String, String> configuration =
                Map.of("cniVersion", "1.1.0", "name", "db", "type", "weft", "network", "db");
        Wait.until(
                "the agent of " + host.name() + " to take containers",
                () -> cni.run(Map.of("COMMAND", "STATUS"), configuration).status() == 0);
        return served(cni.start(cloud, "pod", configuration), Cni.port(admin, "pod"));
    }

    /** A container of acme's on the virtual machine's network, by a Docker engine. */
    Matrix.Member startContainer(Engine engine) {
        engine.docker(("network create --driver weft --ipam-driver weft --opt neutron.net.name=db --ipv6"
                        + " --subnet 10.0.1.0/24 --subnet fd00:0:0:2::/64 db")
                .split(" "));
        engine.run("container", "--network", "db");
        return served(engine.workload(cloud, "container"), engine.port(admin, "container"));
    }

    private static Matrix.Member served(Workload workload, String port) {
        workload.awaitAddresses(2);
        workload.serve();
        return Matrix.Member.of(workload, port);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Every ordered pair, measured. */
    List<Matrix.Cell> measure() {
        World world = WorldReader.read(admin);
        return Matrix.measure(world, members);
    }

    /** Whether a stream from the guest to a workload on the other host runs for this long. */
    boolean streamFromGuest(Duration length) {
        Guest from = Objects.requireNonNull(guest);
        String address = "10.0.1.10";
        Matrix.Member db =
                members.stream().filter(m -> m.name().equals("db1")).findFirst().orElseThrow();
        ((Workload) db.prober()).start("iperf3", "-s", "-1");
        return Wait.until("iperf3 in the workload", Duration.ofSeconds(20), () -> {
            Shell.Result result = from.run("iperf3 -c " + address + " -t " + length.toSeconds() + " -l 64K");
            return result.ok() ? Optional.of(true) : Optional.empty();
        });
    }

    /** What the node's metadata service tells the virtual machine at a path. */
    String metadataInGuest(String path) {
        return Objects.requireNonNull(guest)
                .run("printf 'GET /" + path + " HTTP/1.0\\r\\n\\r\\n' | socat -t 20 - TCP4:169.254.169.254:80; echo")
                .output();
    }

    private static String ipv4(JsonNode port) {
        for (JsonNode ip : port.get("fixed_ips")) {
            if (!ip.get("ip_address").asString().contains(":")) {
                return ip.get("ip_address").asString();
            }
        }
        throw new IllegalStateException("no IPv4 address: " + port);
    }

    private static String id(JsonNode resource) {
        return resource.get("id").asString();
    }
}
