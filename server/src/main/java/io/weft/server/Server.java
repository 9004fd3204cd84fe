package io.weft.server;

import static java.lang.System.Logger.Level.INFO;

import io.weft.compiler.Fabric;
import io.weft.domain.Domain;
import io.weft.domain.Settings;
import io.weft.domain.WriterFormat;
import io.weft.domain.replica.Replica;
import io.weft.domain.replica.View;
import io.weft.loadbalancer.LoadBalancerApi;
import io.weft.loadbalancer.LoadBalancerPolicy;
import io.weft.neutron.NeutronApi;
import io.weft.neutron.NeutronPolicy;
import io.weft.operations.OperationsApi;
import io.weft.rest.Authenticator;
import io.weft.rest.NoAuthentication;
import io.weft.rest.RestServer;
import io.weft.rest.policy.Policy;
import io.weft.rest.policy.PolicyException;
import io.weft.rest.policy.Rule;
import io.weft.server.config.Configuration;
import io.weft.server.config.ConfigurationException;
import io.weft.server.config.ListenAddress;
import io.weft.server.identity.Authority;
import io.weft.server.identity.EnrolmentTokens;
import io.weft.server.identity.MasterKey;
import io.weft.server.identity.NodeCertificates;
import io.weft.server.identity.NodeWitness;
import io.weft.server.identity.Revocations;
import io.weft.server.identity.ServerTls;
import io.weft.server.inspection.Questions;
import io.weft.server.inspection.SharedQuestions;
import io.weft.server.inspection.Traces;
import io.weft.server.keystone.KeystoneAuthenticator;
import io.weft.server.kubernetes.KubernetesCluster;
import io.weft.server.metrics.Metrics;
import io.weft.server.metrics.RequestMetrics;
import io.weft.server.stream.AgentsListener;
import io.weft.store.MinWriter;
import io.weft.store.Store;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * A running server: its parts from the store at the bottom to the listeners at the top, each made from those before it,
 * and closed in the reverse order.
 */
public final class Server implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Server.class.getName());

    private final Parts parts;
    private final Health health;
    private final RestServer api;
    private final AgentsListener agents;

    private Server(Configuration configuration, Parts parts) {
        this.parts = parts;
        Clock clock = Clock.systemUTC();
        Metrics metrics = new Metrics(Version.text());
        health = new Health(metrics);
        Authenticator authenticator = authenticator(configuration, parts, clock);
        List<Rule> rules = configuration.policyFile().map(PolicyFile::read).orElse(List.of());
        Policy policy = policy(rules);

        Store store = parts.add(Stores.open(configuration));
        MinWriter.check(store, WriterFormat.CURRENT);
        parts.add(new History(store, configuration.history()));

        MasterKey masterKey = MasterKey.readOrCreate(configuration.masterKey());
        Authority authority = Authority.open(store, masterKey, clock);
        Optional<NodeWitness> witness = configuration
                .kubernetes()
                .map(cluster -> parts.add(KubernetesCluster.open(cluster, authority.fingerprint())));
        EnrolmentTokens tokens = new EnrolmentTokens(store, authority, clock, witness);
        NodeCertificates certificates =
                new NodeCertificates(store, authority, tokens, configuration.certificateLifetime(), clock);
        Revocations revocations = parts.add(Revocations.open(store, clock.instant()));

        Replica replica = parts.add(Replica.start(store));
        Settings settings = Settings.DEFAULTS
                .withMaxMtu(configuration.mtu())
                .withDnsDomain(configuration.dnsDomain())
                .withExternalNetworks(true);
        Fabric fabric = new Fabric(store.epoch(), settings.dnsDomain());
        parts.add(replica.subscribe("compiler", new Compilation(fabric)));
        Domain domain = parts.add(new Domain(store, replica, settings, clock, new Streams(fabric.log())));

        SSLContext tls = ServerTls.context(
                authority, ServerTls.names(configuration.serverNames()), configuration.certificateLifetime(), clock);
        ConnectedNodes nodes = new ConnectedNodes(domain);
        Questions questions = new Questions();
        agents = parts.add(listening(
                "agents.listen",
                configuration.agents(),
                address -> AgentsListener.start(
                        address,
                        tls,
                        certificates,
                        revocations,
                        nodes,
                        fabric::open,
                        questions,
                        configuration.heartbeat(),
                        configuration.grace())));

        SharedQuestions shared = parts.add(SharedQuestions.open(store, questions, host -> isAlive(replica, host)));
        NeutronApi neutron = new NeutronApi(domain, authenticator, policy);
        LoadBalancerApi loadBalancers = new LoadBalancerApi(domain, authenticator, policy);
        Set<String> asked = new HashSet<>(neutron.rules());
        asked.addAll(loadBalancers.rules());
        sayUnused(rules, asked);
        OperationsApi operations = new OperationsApi(
                new OwnInstallation(
                        store,
                        Stores.kind(configuration),
                        replica,
                        domain,
                        tokens,
                        certificates,
                        new Traces(shared, replica),
                        agents::streams),
                authenticator,
                Refusals::translate);
        RequestMetrics requests = new RequestMetrics(metrics);
        api = parts.add(listening(
                "api.listen",
                configuration.api(),
                address -> RestServer.start(address, routing -> {
                    routing.addFilter(requests);
                    health.register(routing);
                    loadBalancers.register(routing);
                    neutron.register(routing);
                    routing.register(OperationsApi.PATH, operations);
                })));

        health.require("store", () -> {
            store.revision();
            return Optional.empty();
        });
        health.require(
                "compiler",
                () -> fabric.revision() < 0 ? Optional.of("it has not compiled the model yet") : Optional.empty());
        Measurements.register(metrics, replica, fabric, domain, agents::streams);
        if (!api.running() || !agents.running()) {
            throw new ConfigurationException(List.of("api.listen, agents.listen: another process was quicker"));
        }
        LOGGER.log(
                INFO,
                "server started",
                Map.entry("version", Version.text()),
                Map.entry("store", Stores.kind(configuration)),
                Map.entry("revision", replica.current().revision()),
                Map.entry("api", configuration.api().address().getHostAddress() + ":" + api.port()),
                Map.entry("agents", configuration.agents().address().getHostAddress() + ":" + agents.port()));
    }

    private static boolean isAlive(Replica replica, String host) {
        View view = replica.current();
        return view.world().nodes().stream()
                .filter(node -> node.name().equals(host))
                .anyMatch(node -> view.isAlive(node.id()));
    }

    private static Policy policy(List<Rule> rules) {
        try {
            return Policy.of(defaults(), rules);
        } catch (PolicyException e) {
            throw new ConfigurationException(e.problems());
        }
    }

    private static List<Rule> defaults() {
        return Stream.concat(NeutronPolicy.defaults().stream(), LoadBalancerPolicy.defaults().stream())
                .toList();
    }

    /** A name that nothing asks for is most often a mistake, and as in oslo.policy it is none to have it. */
    private static void sayUnused(List<Rule> rules, Set<String> asked) {
        Set<String> known = new HashSet<>(asked);
        defaults().forEach(rule -> known.add(rule.name()));
        rules.stream()
                .filter(rule -> !known.contains(rule.name()))
                .filter(rule -> rules.stream().noneMatch(other -> other.text().contains("rule:" + rule.name())))
                .forEach(rule -> LOGGER.log(
                        System.Logger.Level.WARNING, rule.place() + ": nothing asks for rule '" + rule.name() + "'"));
    }

    private static Authenticator authenticator(Configuration configuration, Parts parts, Clock clock) {
        return switch (configuration.authentication()) {
            case NONE -> new NoAuthentication();
            case TOKENS -> TokensFile.read(configuration.tokensFile().orElseThrow());
            case KEYSTONE ->
                parts.add(new KeystoneAuthenticator(configuration.keystone().orElseThrow(), clock));
        };
    }

    /** Starts a server; when a part cannot be started, those before it are closed again. */
    public static Server start(Configuration configuration) {
        Parts parts = new Parts();
        try {
            return new Server(configuration, parts);
        } catch (RuntimeException | Error e) {
            parts.close();
            throw e;
        }
    }

    /** Starts a listener; asks the kernel first, since Helidon would only log why it cannot listen. */
    private static <T> T listening(String setting, ListenAddress address, Function<SocketAddress, T> start) {
        try (ServerSocketChannel probe = ServerSocketChannel.open()) {
            probe.bind(address.socketAddress());
        } catch (IOException e) {
            throw new ConfigurationException(List.of(setting + ": " + address + ": " + e.getMessage()));
        }
        return start.apply(address.socketAddress());
    }

    public int apiPort() {
        return api.port();
    }

    public int agentsPort() {
        return agents.port();
    }

    /** Stops being ready, answers what was accepted, ends the streams, then closes everything. */
    @Override
    public void close() {
        health.stop();
        parts.close();
        LOGGER.log(INFO, "server stopped");
    }
}
