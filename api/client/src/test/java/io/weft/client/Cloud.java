package io.weft.client;

import io.weft.domain.Domain;
import io.weft.domain.Settings;
import io.weft.domain.replica.Replica;
import io.weft.loadbalancer.LoadBalancerApi;
import io.weft.loadbalancer.LoadBalancerPolicy;
import io.weft.neutron.NeutronApi;
import io.weft.neutron.NeutronPolicy;
import io.weft.rest.Caller;
import io.weft.rest.FixedTokens;
import io.weft.rest.RestServer;
import io.weft.rest.policy.Policy;
import io.weft.store.embedded.EmbeddedStore;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Weft's API with a store of its own, on a free loopback port. */
final class Cloud implements AutoCloseable {
    private final EmbeddedStore store;
    private final Replica replica;
    private final Domain domain;
    private final RestServer server;

    Cloud(Path directory) {
        store = EmbeddedStore.open(directory);
        replica = Replica.start(store);
        Settings settings = Settings.DEFAULTS.withSecurityGroups(true).withExternalNetworks(true);
        domain = new Domain(store, replica, settings, Clock.systemUTC());
        FixedTokens tokens = new FixedTokens(Map.of(
                "admin-token", new Caller("admins", "root", Set.of("admin"), true),
                "alice-token", new Caller("alpha", "alice", Set.of("member"), false)));
        Policy policy = Policy.of(
                Stream.concat(NeutronPolicy.defaults().stream(), LoadBalancerPolicy.defaults().stream())
                        .toList(),
                List.of());
        NeutronApi api = new NeutronApi(domain, tokens, policy);
        LoadBalancerApi loadBalancers = new LoadBalancerApi(domain, tokens, policy);
        server = RestServer.start(RestServer.anyLoopbackPort(), routing -> {
            loadBalancers.register(routing);
            api.register(routing);
        });
    }

    NeutronClient as(String token) {
        URI endpoint = URI.create("http://127.0.0.1:" + server.port() + "/v2.0/");
        return NeutronClient.of(new Authentication.Token(endpoint, token), io.weft.client.Settings.DEFAULTS);
    }

    @Override
    public void close() {
        server.close();
        domain.close();
        replica.close();
        store.close();
    }
}
