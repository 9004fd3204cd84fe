package io.weft.agent.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.agent.attach.LocalSocket;
import io.weft.client.Authentication;
import io.weft.client.NeutronClient;
import io.weft.client.Port;
import io.weft.client.PortAttributes;
import io.weft.client.Query;
import io.weft.client.SandboxTags;
import io.weft.client.Settings;
import io.weft.client.Trunk;
import io.weft.client.TrunkAttributes;
import io.weft.e2e.Api;
import io.weft.e2e.Cloud;
import io.weft.e2e.Host;
import io.weft.e2e.Shell;
import io.weft.e2e.Wait;
import io.weft.e2e.Workload;
import io.weft.kernel.namespace.NetworkNamespace;
import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.kernel.netlink.RouteNetlink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent of a virtual machine against a server and the agent of its host. The machine is a namespace, and since this
 * machine's kernel need not have 802.1Q, pairs of devices stand for those with tags: what is looked at is who has which id and
 * what is left, not packets.
 */
class NestedEndpointTest {
    @TempDir
    private static Path directory;

    private static Cloud cloud;
    private static NeutronClient tenant;
    private static NeutronClient reader;
    private static RouteNetlink machine;
    private static UUID network;
    private static UUID parent;
    private static UUID trunk;

    @BeforeAll
    static void build() {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServerWithTokens(List.of(
                "operator-token operators root admin",
                "alice-token alpha alice member",
                "rita-token alpha rita reader"));
        Host host = cloud.addHost("host1");
        Api api = cloud.apiWithToken("alice-token");
        network = UUID.fromString(
                api.create("network", Map.of("name", "pods")).get("id").asString());
        api.create("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.0.0.0/24"));
        tenant = NeutronClient.of(new Authentication.Token(cloud.server().api(), "alice-token"), Settings.DEFAULTS);
        reader = NeutronClient.of(new Authentication.Token(cloud.server().api(), "rita-token"), Settings.DEFAULTS);
        parent = tenant.ports().create(PortAttributes.on(network)).id();
        cloud.apiWithToken("operator-token").update("port", parent.toString(), Map.of("binding:host_id", "host1"));
        Workload workload = host.attach("machine", parent.toString());
        machine = RouteNetlink.open(NetworkNamespace.open(workload.namespace()));
        trunk = tenant.trunks().create(TrunkAttributes.of(parent)).id();
    }

    @AfterAll
    static void end() {
        machine.close();
        tenant.close();
        reader.close();
        cloud.close();
    }

    /** Pairs of devices in place of 802.1Q: the machine's end is named after the VLAN id. */
    private static final class Pairs implements VlanLinks {
        private final IntConsumer asked;

        /** @param asked gets the VLAN id before and after each device is made, and 0 for other questions */
        Pairs(IntConsumer asked) {
            this.asked = asked;
        }

        @Override
        public synchronized Link lower() {
            asked.accept(0);
            return machine.link("eth0").orElseThrow();
        }

        @Override
        public synchronized boolean create(LinkEnd end, int vlan) {
            // As the kernel, which looks at the name in the machine's own namespace too.
            if (machine.link("v" + vlan).isPresent() || machine.link(end.name()).isPresent()) {
                return false;
            }
            asked.accept(vlan);
            machine.createVeth(LinkEnd.of("v" + vlan), end);
            asked.accept(vlan);
            return true;
        }

        @Override
        public synchronized Optional<Integer> vlan(Link link) {
            asked.accept(0);
            return machine.link(link.peerIndex())
                    .filter(peer -> peer.name().startsWith("v"))
                    .map(peer -> Integer.valueOf(peer.name().substring(1)));
        }
    }

    private static ContainerEndpoint start(IntConsumer asked) throws IOException {
        return ContainerEndpoint.nested(tenant, Optional.empty(), directory.resolve("state"), new Pairs(asked));
    }

    private static String namespace(String container) {
        String name = cloud.prefix() + container;
        Shell.run("ip", "netns", "add", name);
        return name;
    }

    private static LocalSocket.Answer ask(ContainerEndpoint endpoint, String verb, String container, String more) {
        return endpoint.answer(("CNI_COMMAND=" + verb + "\0CNI_CONTAINERID=" + container + "\0CNI_NETNS=/run/netns/"
                        + cloud.prefix() + container
                        + "\0CNI_IFNAME=eth0\0\0{\"cniVersion\":\"1.1.0\",\"name\":\"pods\""
                        + more + "}")
                .getBytes(StandardCharsets.UTF_8));
    }

    private static void done(LocalSocket.Answer answer) {
        assertThat(answer.status()).as(String.valueOf(answer.body())).isEqualTo(200);
    }

    private static void end(ContainerEndpoint endpoint, String container) {
        done(ask(endpoint, "DEL", container, ""));
        Shell.run("ip", "netns", "del", cloud.prefix() + container);
    }

    private static List<Port> ports(String container) {
        return tenant.ports().list(Query.tagged("weft:cni:attachment=" + container + ":eth0"));
    }

    private static void awaitNothingLeft() {
        Wait.until(
                "all to be released",
                () -> tenant.ports().list(Query.tagged("weft:cni")).isEmpty());
        assertThat(tenant.trunks().show(trunk).subPorts()).isEmpty();
    }

    @Test
    void manyAtOnceHaveIdsOfTheirOwnWhileSomebodyElseTakesSome() throws Exception {
        List<UUID> others = new ArrayList<>();
        Set<Integer> taken = new HashSet<>();
        ContainerEndpoint endpoint = start(vlan -> {
            // Between the agent's choice and its call somebody else is first, a few times.
            if (vlan != 0 && others.size() < 3 && taken.add(vlan)) {
                UUID port = tenant.ports().create(PortAttributes.on(network)).id();
                others.add(port);
                tenant.trunks().addSubport(trunk, port, vlan);
            }
        });
        List<String> names = IntStream.range(0, 12).mapToObj(i -> "many" + i).toList();
        names.forEach(NestedEndpointTest::namespace);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<LocalSocket.Answer>> answers = new ArrayList<>();
            names.forEach(
                    name -> answers.add(threads.submit(() -> ask(endpoint, "ADD", name, ",\"network\":\"pods\""))));
            for (Future<LocalSocket.Answer> each : answers) {
                done(each.get());
            }
        }
        Trunk now = tenant.trunks().show(trunk);
        assertThat(now.subPorts()).hasSize(names.size() + others.size());
        for (String name : names) {
            Port port = ports(name).getFirst();
            assertThat(port.status()).isEqualTo("ACTIVE");
            assertThat(machine.link("v" + now.vlan(port.id()).orElseThrow())).isPresent();
            done(ask(endpoint, "CHECK", name, ""));
            // Asked again, it answers the same.
            done(ask(endpoint, "ADD", name, ",\"network\":\"pods\""));
            end(endpoint, name);
        }
        others.forEach(port -> {
            tenant.trunks().removeSubport(trunk, port);
            tenant.ports().delete(port);
        });
        awaitNothingLeft();
        endpoint.close();
    }

    /** Ends whoever asks for the n-th time, as {@code kill -9} does: nothing is undone. */
    private static IntConsumer killedAt(int[] left) {
        return _ -> {
            if (--left[0] == 0) {
                throw new AssertionError("killed");
            }
        };
    }

    @Test
    void anAgentThatIsKilledAnywhereLeavesNothingBehindWhetherItIsAskedAgainOrNot() throws IOException {
        boolean killed = true;
        for (int at = 1; killed; at++) {
            String again = "again" + at;
            String never = "never" + at;
            killed = false;
            for (String name : List.of(again, never)) {
                namespace(name);
                try (ContainerEndpoint first = start(killedAt(new int[] {at}))) {
                    done(ask(first, "ADD", name, ",\"network\":\"pods\""));
                } catch (AssertionError e) {
                    assertThat(e).hasMessage("killed");
                    killed = true;
                }
            }
            Shell.run("ip", "netns", "del", cloud.prefix() + never);
            try (ContainerEndpoint next = start(_ -> {})) {
                done(ask(next, "ADD", again, ",\"network\":\"pods\""));
                assertThat(ports(again)).hasSize(1);
                done(ask(next, "CHECK", again, ""));
                end(next, again);
                awaitNothingLeft();
            }
        }
    }

    @Test
    void aPortThatIsThereBecomesASubportAndIsFreeAgain() throws IOException {
        UUID port = tenant.ports().create(PortAttributes.on(network)).id();
        namespace("borrows");
        namespace("too-late");
        try (ContainerEndpoint endpoint = start(_ -> {})) {
            done(ask(endpoint, "STATUS", "nobody", ""));
            done(ask(endpoint, "ADD", "borrows", ",\"port\":\"" + port + "\""));
            assertThat(tenant.trunks().show(trunk).vlan(port)).isPresent();
            LocalSocket.Answer refused = ask(endpoint, "ADD", "too-late", ",\"port\":\"" + port + "\"");
            assertThat(refused.body().toString()).contains("in use");
            end(endpoint, "borrows");
            Wait.until(
                    "the port to be free",
                    () -> tenant.ports().show(port).deviceId().isEmpty()
                            && tenant.ports().show(port).tags().isEmpty());
            assertThat(tenant.trunks().show(trunk).subPorts()).isEmpty();
        }
        Shell.run("ip", "netns", "del", cloud.prefix() + "too-late");
        tenant.ports().delete(port);
    }

    /** Asks for a pod's interface without naming a network. */
    private static LocalSocket.Answer askForPrepared(ContainerEndpoint endpoint, String verb, String container) {
        return endpoint.answer(("CNI_COMMAND=" + verb + "\0CNI_CONTAINERID=" + container + "\0CNI_NETNS=/run/netns/"
                        + cloud.prefix() + container + "\0CNI_IFNAME=eth0\0CNI_ARGS=K8S_POD_UID=pod-" + container
                        + "\0\0{\"cniVersion\":\"1.1.0\",\"name\":\"weft\"}")
                .getBytes(StandardCharsets.UTF_8));
    }

    /** As a controller does. */
    private static UUID prepare(String container, Optional<String> interfaceName, UUID where, int vlan) {
        UUID port = tenant.ports()
                .create(PortAttributes.on(network).with("tags", SandboxTags.of("pod-" + container, interfaceName)))
                .id();
        tenant.trunks().addSubport(where, port, vlan);
        return port;
    }

    @Test
    void preparedSubportsAreWaitedForAndLeftWithAReadersCredentials() throws Exception {
        namespace("waits");
        UUID elsewhere = tenant.ports().create(PortAttributes.on(network)).id();
        UUID otherTrunk = tenant.trunks().create(TrunkAttributes.of(elsewhere)).id();
        UUID notOurs = prepare("waits", Optional.empty(), otherTrunk, 1000);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                ContainerEndpoint endpoint = ContainerEndpoint.nested(
                        reader, Optional.empty(), directory.resolve("reader"), new Pairs(_ -> {}))) {
            assertThat(endpoint.isReady()).isTrue();
            Future<LocalSocket.Answer> answer = threads.submit(() -> askForPrepared(endpoint, "ADD", "waits"));
            Path record = directory.resolve("reader").resolve("waits@eth0.json");
            Wait.until("the request to be taken up", () -> Files.exists(record));
            UUID further = prepare("waits", Optional.of("net1"), trunk, 1001);
            UUID own = prepare("waits", Optional.empty(), trunk, 1002);
            done(answer.get());
            assertThat(machine.link("v1002")).isPresent();
            assertThat(machine.link("v1001")).isPresent();
            assertThat(machine.link("v1000")).isEmpty();
            for (UUID port : List.of(own, further)) {
                assertThat(tenant.ports().show(port).status()).isEqualTo("ACTIVE");
            }
            assertThat(Shell.run("ip", "-n", cloud.prefix() + "waits", "-4", "address"))
                    .contains(tenant.ports().show(own).fixedIps().getFirst().ipAddress() + "/24", "net1");
            // Asked again, it answers the same; who asks for the further interface by its network gets the same one.
            done(askForPrepared(endpoint, "ADD", "waits"));
            done(endpoint.answer(("CNI_COMMAND=ADD\0CNI_CONTAINERID=waits\0CNI_NETNS=/run/netns/" + cloud.prefix()
                            + "waits\0CNI_IFNAME=net1\0CNI_ARGS=K8S_POD_UID=pod-waits"
                            + "\0\0{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"network\":\"pods\"}")
                    .getBytes(StandardCharsets.UTF_8)));
            done(askForPrepared(endpoint, "CHECK", "waits"));
            done(askForPrepared(endpoint, "DEL", "waits"));
            assertThat(machine.link("v1002")).isEmpty();
            assertThat(machine.link("v1001")).isEmpty();
            assertThat(tenant.trunks().show(trunk).subPorts())
                    .as("the controller's")
                    .hasSize(2);
            // What somebody else has the id of is not taken from him.
            Shell.run("ip", "netns", "del", cloud.prefix() + "waits");
            namespace("waits");
            machine.createVeth(LinkEnd.of("v1002"), LinkEnd.of("somebody"));
            assertThat(askForPrepared(endpoint, "ADD", "waits").body().toString())
                    .contains("code=11", "VLAN id 1002 of port " + own);
            machine.deleteLink("v1002");
            done(askForPrepared(endpoint, "ADD", "waits"));
            done(askForPrepared(endpoint, "DEL", "waits"));
            // A reader makes no ports.
            assertThat(ask(endpoint, "ADD", "waits", ",\"network\":\"pods\"").status())
                    .isNotEqualTo(200);
            tenant.trunks().removeSubport(trunk, own);
            tenant.trunks().removeSubport(trunk, further);
            List.of(own, further).forEach(tenant.ports()::delete);
        }
        Shell.run("ip", "netns", "del", cloud.prefix() + "waits");
        tenant.trunks().delete(otherTrunk);
        List.of(notOurs, elsewhere).forEach(tenant.ports()::delete);
    }

    @Test
    void withoutATrunkItSaysSo() throws IOException {
        UUID alone = tenant.ports().create(PortAttributes.on(network)).id();
        try (ContainerEndpoint endpoint =
                ContainerEndpoint.nested(tenant, Optional.of(alone), directory.resolve("alone"), new Pairs(_ -> {}))) {
            LocalSocket.Answer status = ask(endpoint, "STATUS", "nobody", "");
            assertThat(status.body().toString()).contains("code=50", "no trunk", alone.toString());
        }
        tenant.ports().delete(alone);
    }
}
