package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.domain.Settings;
import io.weft.domain.replica.Replica;
import io.weft.rest.Authenticator;
import io.weft.rest.Caller;
import io.weft.rest.FixedTokens;
import io.weft.rest.RestServer;
import io.weft.store.embedded.EmbeddedStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A whole API server with a store of its own, on a free loopback port. */
final class Cloud implements AutoCloseable {
    static final String NOW = "2026-01-01T00:00:00Z";

    private static final Settings PLAIN = Settings.DEFAULTS.withExternalNetworks(false);

    private final EmbeddedStore store;
    private final Replica replica;
    private final Domain domain;
    private final RestServer server;
    private final NeutronApi api;

    private Cloud(Path directory, Settings settings, Authenticator authenticator) {
        store = EmbeddedStore.open(directory);
        replica = Replica.start(store);
        domain = new Domain(store, replica, settings, Clock.fixed(Instant.parse(NOW), ZoneOffset.UTC));
        api = new NeutronApi(domain, authenticator, NeutronPolicy.with(List.of()));
        server = RestServer.start(RestServer.anyLoopbackPort(), api::register);
    }

    /**
     * Callers are known by the tokens {@code admin-token}, {@code service-token}, {@code bob-token} of one project, and of
     * another {@code alice-token}, who is a member, {@code controller-token}, a service that is one, {@code manager-token}, {@code reader-token} and {@code roleless-token}.
     */
    static Cloud withTokens(Path directory) {
        return new Cloud(directory, PLAIN, tokens());
    }

    /** The same, with security groups. */
    static Cloud withGroups(Path directory) {
        return withGroups(directory, tokens());
    }

    static Cloud withGroups(Path directory, Authenticator authenticator) {
        return new Cloud(directory, PLAIN.withSecurityGroups(true), authenticator);
    }

    /** The same, with external networks. */
    static Cloud withExternalNetworks(Path directory) {
        return withExternalNetworks(directory, tokens());
    }

    static Cloud withExternalNetworks(Path directory, Authenticator authenticator) {
        return new Cloud(directory, PLAIN.withExternalNetworks(true), authenticator);
    }

    /** The same, with both. */
    static Cloud withEverything(Path directory) {
        return new Cloud(directory, PLAIN.withSecurityGroups(true).withExternalNetworks(true), tokens());
    }

    private static FixedTokens tokens() {
        return new FixedTokens(Map.of(
                "admin-token", new Caller("admins", "root", Set.of("admin"), true),
                "alice-token", new Caller("alpha", "alice", Set.of("member"), false),
                "manager-token", new Caller("alpha", "mary", Set.of("manager"), false),
                "reader-token", new Caller("alpha", "rita", Set.of("reader"), false),
                "roleless-token", new Caller("alpha", "ned", Set.of(), false),
                "controller-token", new Caller("alpha", "controller", Set.of("member", "service"), false),
                "service-token", new Caller("services", "nova", Set.of("service"), false),
                "bob-token", new Caller("beta", "bob", Set.of("member"), false)));
    }

    /** The same, with security groups and external networks. */
    static Cloud withGroupsAndExternalNetworks(Path directory) {
        return withGroupsAndExternalNetworks(directory, tokens());
    }

    static Cloud withGroupsAndExternalNetworks(Path directory, Authenticator authenticator) {
        return new Cloud(directory, PLAIN.withSecurityGroups(true).withExternalNetworks(true), authenticator);
    }

    static Cloud withAuthenticator(Path directory, Authenticator authenticator) {
        return new Cloud(directory, PLAIN, authenticator);
    }

    Domain domain() {
        return domain;
    }

    /** The names of the rules that the API asks for. */
    Set<String> rules() {
        return api.rules();
    }

    String url() {
        return "http://127.0.0.1:" + server.port();
    }

    Client as(String token) {
        return new Client(url(), token);
    }

    @Override
    public void close() {
        server.close();
        domain.close();
        replica.close();
        store.close();
    }
}
