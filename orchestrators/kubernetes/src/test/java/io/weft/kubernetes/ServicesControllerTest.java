package io.weft.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.LoadBalancerStatus;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServiceSpecBuilder;
import io.fabric8.kubernetes.api.model.ServiceStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.weft.client.FloatingIp;
import io.weft.client.Listener;
import io.weft.client.LoadBalancer;
import io.weft.client.NetworkAttributes;
import io.weft.client.NeutronClient;
import io.weft.client.NeutronException;
import io.weft.client.Pool;
import io.weft.client.Query;
import io.weft.client.RouterAttributes;
import io.weft.client.Subnet;
import io.weft.client.SubnetAttributes;
import io.weft.domain.quota.QuotaResource;
import io.weft.kubernetes.neutron.NetworkSettings;
import io.weft.kubernetes.neutron.ServiceSettings;
import io.weft.model.HostAccess.NodePorts;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Services, between fabric8's API server and Weft's own, with something unreliable before it. Longer than most: each test is a
 * story that needs all of it.
 */
class ServicesControllerTest {
    private static final ControllerSettings SETTINGS = new ControllerSettings(
            new NetworkSettings("pods", List.of(IpPrefix.parse("10.244.0.0/16")), Optional.of("cluster")),
            new ServiceSettings(
                    "kubernetes.services",
                    List.of(IpPrefix.parse("10.96.0.0/16"), IpPrefix.parse("fd45::/112")),
                    List.of(IpPrefix.parse("203.0.113.0/28")),
                    Optional.of("outside")),
            Optional.of(NodePorts.of(
                    "30000-32767", List.of(IpAddress.parse("10.96.255.254"), IpAddress.parse("fd45::fffe")))),
            false,
            "kube-system",
            "weft-controller");

    @TempDir
    private Path directory;

    private final List<Controller> controllers = new ArrayList<>();
    private Installation installation;
    private UnreliableApi unreliable;
    private NeutronClient throughIt;
    private NeutronClient neutron;
    private final KubernetesMockServer server;
    private final KubernetesClient cluster;

    ServicesControllerTest() {
        server = new KubernetesMockServer(
                new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
        server.init();
        cluster = server.createClient();
    }

    @BeforeEach
    void begin() throws IOException {
        installation = new Installation(directory);
        neutron = installation.client();
        unreliable = new UnreliableApi(installation.address());
        throughIt = Installation.client(unreliable.address());
        for (String name : List.of("kube-system", "x")) {
            cluster.resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .endMetadata()
                            .build())
                    .create();
        }
    }

    @AfterEach
    void end() {
        controllers.forEach(Controller::close);
        cluster.close();
        server.destroy();
        throughIt.close();
        neutron.close();
        unreliable.close();
        installation.close();
    }

    private Controller start() {
        Controller controller = Controller.start(cluster, throughIt, SETTINGS);
        controllers.add(controller);
        return controller;
    }

    private Service createService(String name, String spec) {
        return (Service) create("""
                apiVersion: v1
                kind: Service
                metadata: {namespace: x, name: %s}
                spec: {%s}
                """.formatted(name, spec));
    }

    private HasMetadata create(String text) {
        return cluster.resource("---\n" + text).create();
    }

    /** The service's IPv4 endpoints, each as ADDRESS or with {@code !} in front when it is not ready. */
    private void endpoints(String service, String... addresses) {
        List<String> endpoints = new ArrayList<>();
        for (String address : addresses) {
            endpoints.add("{addresses: ['%s'], conditions: {ready: %s}}"
                    .formatted(address.replace("!", ""), !address.startsWith("!")));
        }
        cluster.resource("""
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {namespace: x, name: %s-1, labels: {kubernetes.io/service-name: %s}}
                addressType: IPv4
                ports: [{name: '', port: 8080}]
                endpoints: [%s]
                """.formatted(service, service, String.join(", ", endpoints)))
                .createOr(NonDeletingOperation::update);
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited a minute for " + what).isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }

    /** What is there: {@code NAME ADDRESS tcp-80 member=weight} of each listener, and load balancers without any. */
    private List<String> present() {
        List<String> lines = new ArrayList<>();
        for (LoadBalancer balancer : neutron.loadBalancers().list(Query.ALL)) {
            String name = balancer.name() + " " + balancer.vipAddress();
            List<Listener> listeners = neutron.listeners().list(Query.ALL).stream()
                    .filter(listener -> listener.loadbalancers().getFirst().id().equals(balancer.id()))
                    .toList();
            if (listeners.isEmpty()) {
                lines.add(name);
            }
            for (Listener listener : listeners) {
                TreeSet<String> members = new TreeSet<>();
                listener.defaultPoolId()
                        .ifPresent(pool -> neutron.members(pool)
                                .list(Query.ALL)
                                .forEach(member -> members.add(
                                        member.address() + "+" + member.protocolPort() + "=" + member.weight())));
                lines.add(name + " " + listener.protocol().toLowerCase(Locale.ROOT) + "-" + listener.protocolPort()
                        + " " + String.join(" ", members));
            }
        }
        lines.sort(null);
        return lines;
    }

    private void awaitPresent(String... lines) {
        List<String> wanted = List.of(lines).stream().sorted().toList();
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        List<String> seen = quietly();
        while (System.nanoTime() < end && !seen.equals(wanted)) {
            LockSupport.parkNanos(10_000_000);
            seen = quietly();
        }
        assertThat(seen).containsExactlyElementsOf(wanted);
    }

    /** What is there, unless something went away between two questions. */
    private List<String> quietly() {
        try {
            return present();
        } catch (NeutronException e) {
            return List.of();
        }
    }

    private void awaitEvent(Service service, String reason, String message) {
        await(
                "an event " + reason + " about " + service.getMetadata().getName(),
                () -> cluster.v1().events().inNamespace("x").list().getItems().stream()
                        .filter(event -> service.getMetadata()
                                .getUid()
                                .equals(event.getInvolvedObject().getUid()))
                        .anyMatch(event -> event.getReason().equals(reason)
                                && event.getMessage().contains(message)));
    }

    private void delete(String service) {
        cluster.services().inNamespace("x").withName(service).delete();
    }

    @Test
    void aServiceHasLoadBalancersFromItsBeginningToItsEnd() {
        start();
        Service web = createService(
                "web",
                "clusterIP: 10.96.0.7, clusterIPs: [10.96.0.7, 'fd45::7'], sessionAffinity: ClientIP, ports: [{port: 80}]");
        awaitPresent("x/web 10.96.0.7 tcp-80 ", "x/web fd45::7 tcp-80 ");
        endpoints("web", "10.244.0.5", "!10.244.0.6", "192.0.2.9");
        awaitPresent(
                "x/web 10.96.0.7 tcp-80 10.244.0.5+8080=1 10.244.0.6+8080=0 192.0.2.9+8080=1", "x/web fd45::7 tcp-80 ");
        String uid =
                cluster.namespaces().withName("kube-system").get().getMetadata().getUid();
        assertThat(neutron.loadBalancers().list(Query.ALL))
                .allSatisfy(balancer -> assertThat(balancer.tags())
                        .containsExactlyInAnyOrder(
                                "weft:kubernetes:cluster=" + uid,
                                "weft:kubernetes:namespace=x",
                                "weft:kubernetes:service=web",
                                "weft:kubernetes:uid=" + web.getMetadata().getUid()));
        assertThat(neutron.pools().list(Query.ALL))
                .extracting(Pool::sessionPersistence)
                .containsOnly(Optional.of(new Pool.SessionPersistence("SOURCE_IP", 10_800)));
        assertThat(neutron.subnets()
                        .list(Query.where(
                                "network_id",
                                neutron.networks().named("kubernetes.services").id())))
                .extracting(Subnet::gatewayIp)
                .containsExactlyInAnyOrder(
                        Optional.of(IpAddress.parse("10.96.255.253")),
                        Optional.of(IpAddress.parse("fd45::fffd")),
                        Optional.of(IpAddress.parse("203.0.113.13")));
        cluster.services()
                .inNamespace("x")
                .withName("web")
                .edit(service -> new ServiceBuilder(service)
                        .editSpec()
                        .withSessionAffinity("None")
                        .withPorts(service.getSpec().getPorts().getFirst().toBuilder()
                                .withPort(81)
                                .build())
                        .endSpec()
                        .build());
        awaitPresent(
                "x/web 10.96.0.7 tcp-81 10.244.0.5+8080=1 10.244.0.6+8080=0 192.0.2.9+8080=1", "x/web fd45::7 tcp-81 ");
        await(
                "the pools of port 80 to go",
                () -> neutron.pools().list(Query.ALL).size() == 2);
        assertThat(neutron.pools().list(Query.ALL))
                .extracting(Pool::sessionPersistence)
                .containsOnly(Optional.empty());
        delete("web");
        awaitPresent();
        await("its pools to go", () -> neutron.pools().list(Query.ALL).isEmpty());
    }

    @Test
    void externalIpsAreOnesServicesAloneAndOfPrefixesThatAreMeantForThem() {
        start();
        String ports = "ports: [{port: 80}]";
        createService("web", "clusterIP: 10.96.0.7, externalIPs: [203.0.113.9], " + ports);
        endpoints("web", "10.244.0.5");
        awaitPresent("x/web 10.96.0.7 tcp-80 10.244.0.5+8080=1", "x/web 203.0.113.9 tcp-80 10.244.0.5+8080=1");
        Service thief = createService("thief", "clusterIP: 10.96.0.8, externalIPs: [203.0.113.9], " + ports);
        awaitEvent(thief, "NetworkServiceRefused", "203.0.113.9");
        Service other = createService("other", "clusterIP: 10.96.0.9, externalIPs: [192.0.2.9], " + ports);
        awaitEvent(other, "NotEnforced", "192.0.2.9 is in no prefix of kubernetes.external-ip-cidrs");
        delete("web");
        awaitPresent("x/other 10.96.0.9 tcp-80 ", "x/thief 10.96.0.8 tcp-80 ", "x/thief 203.0.113.9 tcp-80 ");
    }

    @Test
    void anEndpointsChangeIsOneCallHoweverManyThereAre() {
        String[] many = new String[60];
        for (int i = 0; i < many.length; i++) {
            many[i] = "10.244.1." + (i + 1);
            createService("other" + i, "clusterIP: 10.96.1." + (i + 1) + ", ports: [{port: 80}]");
        }
        createService("web", "clusterIP: 10.96.0.7, ports: [{port: 80}]");
        endpoints("web", many);
        start();
        await("all", () -> neutron.listeners().list(Query.ALL).size() == 61);
        await(
                "its members",
                () -> neutron.pools().list(Query.ALL).stream()
                        .anyMatch(pool ->
                                neutron.members(pool.id()).list(Query.ALL).size() == 60));
        unreliable.takeChanges();
        many[7] = "!10.244.1.8";
        expectOneCall("PUT /v2/lbaas/pools/ID/members/ID", many);
        many[7] = "10.244.1.8";
        expectOneCall("PUT /v2/lbaas/pools/ID/members/ID", many);
        String[] fewer = Arrays.copyOf(many, 59);
        expectOneCall("DELETE /v2/lbaas/pools/ID/members/ID", fewer);
        expectOneCall("POST /v2/lbaas/pools/ID/members", many);
        expectOneCall("PUT /v2/lbaas/pools/ID/members", "10.244.2.1", "10.244.2.2");
    }

    private void expectOneCall(String call, String... endpoints) {
        endpoints("web", endpoints);
        await("a call", () -> !unreliable.changesSoFar().isEmpty());
        // Whatever came of it is over when the next Service is there.
        Service next = createService("next", "clusterIP: 10.96.0.99, ports: [{port: 80}]");
        await("the next Service", () -> unreliable.changesSoFar().contains("POST /v2/lbaas/listeners"));
        cluster.resource(next).delete();
        await("it to go", () -> unreliable.changesSoFar().contains("DELETE /v2/lbaas/loadbalancers/ID"));
        assertThat(unreliable.takeChanges().stream().filter(each -> each.contains("/members")))
                .containsExactly(call);
    }

    @Test
    void whatHappenedWhileNobodyLedOrAnsweredIsMadeGood() {
        Map.of("stays", 5, "goes", 3, "lost", 4).forEach((name, address) -> {
            createService(name, "clusterIP: 10.96.0." + address + ", ports: [{port: 80}]");
            endpoints(name, "10.244.0.1", "10.244.0.2");
        });
        Controller first = start();
        await(
                "all three",
                () -> quietly().size() == 3 && quietly().stream().allMatch(line -> line.contains("0.2+8080")));
        LoadBalancer stays = neutron.loadBalancers().named("x/stays");
        first.close();
        delete("goes");
        endpoints("stays", "10.244.0.2");
        // What somebody else has spoilt.
        neutron.loadBalancers()
                .deleteWhole(neutron.loadBalancers().named("x/lost").id());
        Controller second = start();
        awaitPresent(
                "x/stays 10.96.0.5 tcp-80 10.244.0.2+8080=1",
                "x/lost 10.96.0.4 tcp-80 10.244.0.1+8080=1 10.244.0.2+8080=1");
        assertThat(neutron.loadBalancers().named("x/stays").id()).isEqualTo(stays.id());

        unreliable.away(true);
        delete("lost");
        Service comes = createService("comes", "clusterIP: 10.96.0.9, ports: [{port: 80}]");
        endpoints("stays", "10.244.0.3", "10.244.0.4");
        awaitEvent(comes, "NetworkServiceUnavailable", "");
        unreliable.away(false);
        awaitPresent("x/comes 10.96.0.9 tcp-80 ", "x/stays 10.96.0.5 tcp-80 10.244.0.3+8080=1 10.244.0.4+8080=1");
        second.close();
    }

    @Test
    void endpointsThatFlapComeToRest() {
        createService("web", "clusterIP: 10.96.0.7, ports: [{port: 80}]");
        start();
        for (int i = 0; i < 50; i++) {
            endpoints("web", "10.244.0.1", (i % 2 == 0 ? "!" : "") + "10.244.0." + (2 + i % 3));
        }
        endpoints("web", "10.244.0.1", "10.244.0.2");
        awaitPresent("x/web 10.96.0.7 tcp-80 10.244.0.1+8080=1 10.244.0.2+8080=1");
    }

    @Test
    void anotherServiceMayHaveTheAddressOrTheNodePortOfOneThatGoes() {
        start();
        createService("one", "type: NodePort, clusterIP: 10.96.0.7, ports: [{port: 80, nodePort: 30080}]");
        endpoints("one", "10.244.0.1");
        awaitPresent(
                "node-ports 10.96.255.254 tcp-30080 10.244.0.1+8080=1", "x/one 10.96.0.7 tcp-80 10.244.0.1+8080=1");
        delete("one");
        createService("two", "type: NodePort, clusterIP: 10.96.0.7, ports: [{port: 80, nodePort: 30080}]");
        endpoints("two", "10.244.0.2");
        awaitPresent(
                "node-ports 10.96.255.254 tcp-30080 10.244.0.2+8080=1", "x/two 10.96.0.7 tcp-80 10.244.0.2+8080=1");
        assertThat(neutron.loadBalancers().list(Query.named("node-ports")))
                .hasSize(1)
                .allSatisfy(balancer -> assertThat(balancer.tags()).contains("weft:kubernetes:node-ports"));
        delete("two");
        awaitPresent();
    }

    @Test
    void nodesTellOfAServiceAtItsHealthCheckNodePortAsLongAsItHasOne() {
        start();
        createService(
                "web",
                "type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 31000, "
                        + "clusterIP: 10.96.0.7, ports: [{port: 80, nodePort: 30080}]");
        endpoints("web", "10.244.0.1", "!10.244.0.2");
        awaitPresent(
                "node-ports 10.96.255.254 tcp-30080 10.244.0.1+8080=1 10.244.0.2+8080=0",
                "node-ports 10.96.255.254 tcp-31000 10.244.0.1+31000=1",
                "x/web 10.96.0.7 tcp-80 10.244.0.1+8080=1 10.244.0.2+8080=0");
        assertThat(nodeHealth()).containsExactly("31000 x/web");
        edit(
                "web",
                spec -> spec.withHealthCheckNodePort(30080)
                        .editFirstPort()
                        .withNodePort(31000)
                        .endPort());
        await("the ports to be swapped", () -> nodeHealth().equals(List.of("30080 x/web")));
        edit("web", spec -> spec.withExternalTrafficPolicy("Cluster").withHealthCheckNodePort(null));
        awaitPresent(
                "node-ports 10.96.255.254 tcp-31000 10.244.0.1+8080=1 10.244.0.2+8080=0",
                "x/web 10.96.0.7 tcp-80 10.244.0.1+8080=1 10.244.0.2+8080=0");
        assertThat(nodeHealth()).isEmpty();
    }

    private void edit(String service, UnaryOperator<ServiceSpecBuilder> change) {
        cluster.services()
                .inNamespace("x")
                .withName(service)
                .edit(before -> new ServiceBuilder(before)
                        .withSpec(change.apply(new ServiceSpecBuilder(before.getSpec()))
                                .build())
                        .build());
    }

    private List<String> nodeHealth() {
        return neutron.listeners().list(Query.ALL).stream()
                .filter(listener -> !listener.nodeHealth().isEmpty())
                .map(listener -> listener.protocolPort() + " " + listener.nodeHealth())
                .toList();
    }

    @Test
    void aServiceIsToldWhatItDoesNotGet() {
        installation.limit(QuotaResource.LISTENER, 1);
        start();
        Service odd = createService("odd", "clusterIP: 10.96.0.7, externalIPs: [192.0.2.9], ports: [{port: 80}]");
        awaitEvent(odd, "NotEnforced", "externalIPs");
        Service second = createService("second", "clusterIP: 10.96.0.8, ports: [{port: 80}]");
        awaitEvent(second, "QuotaExceeded", "listener");
        installation.limit(QuotaResource.LISTENER, -1);
        awaitPresent("x/odd 10.96.0.7 tcp-80 ", "x/second 10.96.0.8 tcp-80 ");
        Service elsewhere = createService("elsewhere", "clusterIP: 10.99.0.8, ports: [{port: 80}]");
        awaitEvent(elsewhere, "Refused", "kubernetes.service-cidrs");
        Service thief = createService("thief", "clusterIP: 10.96.0.8, ports: [{port: 80}]");
        awaitEvent(thief, "NetworkServiceRefused", "10.96.0.8");
        delete("second");
        awaitPresent("x/odd 10.96.0.7 tcp-80 ", "x/thief 10.96.0.8 tcp-80 ");
    }

    @Test
    void anAddressOutsideNeedsARouterWithAGateway() {
        start();
        neutron.networks().create(NetworkAttributes.NONE.name("outside").with("router:external", true));
        Service web = createService("web", "type: LoadBalancer, clusterIP: 10.96.0.7, ports: [{port: 80}]");
        awaitEvent(web, "NetworkNotReady", "has no gateway");
        awaitPresent("x/web 10.96.0.7 tcp-80 ");
        assertThat(neutron.floatingIps().list(Query.ALL)).isEmpty();
        assertThat(ingress()).isEmpty();
    }

    @Test
    void anAddressOutsideIsAFloatingIpThatTheStatusShows() {
        UUID outside = neutron.networks()
                .create(NetworkAttributes.NONE.name("outside").with("router:external", true))
                .id();
        neutron.subnets().create(SubnetAttributes.of(outside, 4).cidr(IpPrefix.parse("192.0.2.0/24")));
        neutron.routers().create(RouterAttributes.NONE.name("cluster").externalGateway(outside));
        createService(
                "web", "type: LoadBalancer, loadBalancerIP: 192.0.2.77, clusterIP: 10.96.0.7, ports: [{port: 80}]");
        Controller first = start();
        await("the status", () -> ingress().equals(List.of("192.0.2.77")));
        for (List<String> ranges : List.of(List.of("192.0.2.0/25"), List.of("10.0.0.0/8", "::/0"), List.<String>of())) {
            cluster.services()
                    .inNamespace("x")
                    .withName("web")
                    .edit(service -> new ServiceBuilder(service)
                            .editSpec()
                            .withLoadBalancerSourceRanges(ranges)
                            .endSpec()
                            .build());
            List<IpPrefix> wanted =
                    ranges.stream().limit(1).map(IpPrefix::parse).toList();
            await(
                    "the callers " + ranges,
                    () -> neutron.listeners().list(Query.ALL).stream()
                            .allMatch(listener -> listener.allowedCidrs().equals(wanted)
                                    && (wanted.isEmpty()
                                            || listener.allowedCidrsScope().equals("floating"))));
            assertThat(ingress()).containsExactly("192.0.2.77");
        }
        assertThat(neutron.floatingIps().list(Query.ALL))
                .extracting(FloatingIp::portId)
                .containsExactly(
                        Optional.of(neutron.loadBalancers().named("x/web").vipPortId()));
        first.close();
        cluster.services()
                .inNamespace("x")
                .withName("web")
                .edit(service -> new ServiceBuilder(service)
                        .editSpec()
                        .withType("ClusterIP")
                        .endSpec()
                        .build());
        start();
        await(
                "the floating IP to go",
                () -> neutron.floatingIps().list(Query.ALL).isEmpty());
        assertThat(ingress()).isEmpty();
        awaitPresent("x/web 10.96.0.7 tcp-80 ");
    }

    private List<String> ingress() {
        return Optional.ofNullable(cluster.services()
                        .inNamespace("x")
                        .withName("web")
                        .get()
                        .getStatus())
                .map(ServiceStatus::getLoadBalancer)
                .map(LoadBalancerStatus::getIngress)
                .orElse(List.of())
                .stream()
                .map(LoadBalancerIngress::getIp)
                .toList();
    }
}
