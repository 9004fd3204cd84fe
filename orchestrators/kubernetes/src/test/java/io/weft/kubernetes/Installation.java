package io.weft.kubernetes;

import io.weft.client.Authentication;
import io.weft.client.NeutronClient;
import io.weft.domain.Domain;
import io.weft.domain.Settings;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.replica.Replica;
import io.weft.loadbalancer.LoadBalancerApi;
import io.weft.loadbalancer.LoadBalancerPolicy;
import io.weft.model.World;
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

/** Weft's API with a store of its own, one caller who may bind ports, and members of two projects. */
final class Installation implements AutoCloseable {
    /** The token of whoever is a member of the project and nothing more. */
    static final String MEMBER = "member-token";

    /** The same of another project. */
    static final String OTHER_MEMBER = "other-member-token";

    private static final String PROJECT = "alpha";

    private final EmbeddedStore store;
    private final Replica replica;
    private final Domain domain;
    private final RestServer server;

    Installation(Path directory) {
        store = EmbeddedStore.open(directory);
        replica = Replica.start(store);
        Settings settings = Settings.DEFAULTS.withSecurityGroups(true).withExternalNetworks(true);
        domain = new Domain(store, replica, settings, Clock.systemUTC());
        FixedTokens tokens = new FixedTokens(Map.of(
                "controller-token",
                new Caller(PROJECT, "controller", Set.of("admin", "service"), true),
                MEMBER,
                new Caller(PROJECT, "alice", Set.of("member", "reader"), false),
                OTHER_MEMBER,
                new Caller("beta", "bob", Set.of("member", "reader"), false)));
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

    URI address() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    NeutronClient client() {
        return client(address());
    }

    /** One in the name of whoever has this token. */
    NeutronClient client(String token) {
        return NeutronClient.of(new Authentication.Token(address(), token), io.weft.client.Settings.DEFAULTS);
    }

    /** One whose calls go to another address. */
    static NeutronClient client(URI endpoint) {
        return NeutronClient.of(
                new Authentication.Token(endpoint, "controller-token"), io.weft.client.Settings.DEFAULTS);
    }

    /** What the API has made. */
    World world() {
        return replica.current().world();
    }

    /** Sets the project's limit. */
    void limit(QuotaResource resource, int limit) {
        domain.quotas().update(PROJECT, Map.of(resource, limit));
    }

    @Override
    public void close() {
        server.close();
        domain.close();
        replica.close();
        store.close();
    }
}
