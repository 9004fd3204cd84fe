package io.weft.loadbalancer;

import io.weft.domain.Domain;
import io.weft.domain.Settings;
import io.weft.domain.replica.Replica;
import io.weft.neutron.Client;
import io.weft.neutron.NeutronApi;
import io.weft.neutron.NeutronPolicy;
import io.weft.rest.Authenticator;
import io.weft.rest.Caller;
import io.weft.rest.FixedTokens;
import io.weft.rest.RestServer;
import io.weft.rest.policy.Policy;
import io.weft.store.embedded.EmbeddedStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Both APIs with a store of their own, on a free loopback port. */
final class Cloud implements AutoCloseable {
    private final EmbeddedStore store;
    private final Replica replica;
    private final Domain domain;
    private final RestServer server;

    Cloud(Path directory, Authenticator authenticator) {
        store = EmbeddedStore.open(directory);
        replica = Replica.start(store);
        domain = new Domain(store, replica, Settings.DEFAULTS.withExternalNetworks(true), Clock.systemUTC());
        Policy policy = Policy.of(
                Stream.concat(NeutronPolicy.defaults().stream(), LoadBalancerPolicy.defaults().stream())
                        .toList(),
                List.of());
        NeutronApi neutron = new NeutronApi(domain, authenticator, policy);
        LoadBalancerApi api = new LoadBalancerApi(domain, authenticator, policy);
        server = RestServer.start(RestServer.anyLoopbackPort(), routing -> {
            api.register(routing);
            neutron.register(routing);
        });
    }

    /** Callers are known by {@code admin-token}, {@code alice-token}, {@code reader-token} of hers and {@code bob-token}. */
    static Cloud withTokens(Path directory) {
        return new Cloud(
                directory,
                new FixedTokens(Map.of(
                        "admin-token", new Caller("admins", "root", Set.of("admin"), true),
                        "alice-token", new Caller("alpha", "alice", Set.of("member"), false),
                        "reader-token", new Caller("alpha", "rita", Set.of("reader"), false),
                        "bob-token", new Caller("beta", "bob", Set.of("member"), false))));
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
