package io.weft.kubernetes;

import io.weft.client.Authentication;
import io.weft.client.NeutronClient;
import io.weft.domain.Domain;
import io.weft.domain.Settings;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.replica.Replica;
import io.weft.neutron.NeutronApi;
import io.weft.neutron.NeutronPolicy;
import io.weft.rest.Caller;
import io.weft.rest.FixedTokens;
import io.weft.rest.RestServer;
import io.weft.store.embedded.EmbeddedStore;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Weft's API with a store of its own, and one caller who may bind ports. */
final class Installation implements AutoCloseable {
    private static final String PROJECT = "alpha";

    private final EmbeddedStore store;
    private final Replica replica;
    private final Domain domain;
    private final RestServer server;

    Installation(Path directory) {
        store = EmbeddedStore.open(directory);
        replica = Replica.start(store);
        Settings settings = Settings.DEFAULTS.withSecurityGroups(true);
        domain = new Domain(store, replica, settings, Clock.systemUTC());
        FixedTokens tokens =
                new FixedTokens(Map.of("controller-token", new Caller(PROJECT, "controller", Set.of("admin"), true)));
        NeutronApi api = new NeutronApi(domain, tokens, NeutronPolicy.with(List.of()));
        server = RestServer.start(RestServer.anyLoopbackPort(), api::register);
    }

    NeutronClient client() {
        URI endpoint = URI.create("http://127.0.0.1:" + server.port());
        return NeutronClient.of(
                new Authentication.Token(endpoint, "controller-token"), io.weft.client.Settings.DEFAULTS);
    }

    /** Sets the project's limit. */
    void limit(QuotaResource resource, int limit) {
        domain.quotas().update(io.weft.domain.Caller.SYSTEM, PROJECT, Map.of(resource, limit));
    }

    @Override
    public void close() {
        server.close();
        domain.close();
        replica.close();
        store.close();
    }
}
