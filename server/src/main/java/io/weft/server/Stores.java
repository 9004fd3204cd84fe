package io.weft.server;

import io.weft.server.config.Configuration;
import io.weft.store.Store;
import io.weft.store.embedded.EmbeddedStore;
import io.weft.store.etcd.EtcdStore;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** Opens the store that a configuration names. */
public final class Stores {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private Stores() {}

    /** The store of a configuration; an embedded one is made when it is not there. */
    public static Store open(Configuration configuration) {
        return configuration.storeEndpoints().isEmpty()
                ? EmbeddedStore.open(configuration.dataDirectory().resolve("store"))
                : open(configuration.storeEndpoints(), configuration);
    }

    /** The store of an etcd cluster with these URLs, with a configuration's certificates. */
    public static Store open(List<String> endpoints, Configuration configuration) {
        return EtcdStore.open(endpoints.stream().map(URI::create).toList(), configuration.storeTls(), PATIENCE);
    }

    static String kind(Configuration configuration) {
        return configuration.storeEndpoints().isEmpty() ? "embedded" : "etcd";
    }
}
