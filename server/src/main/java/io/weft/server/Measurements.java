package io.weft.server;

import io.weft.compiler.Fabric;
import io.weft.domain.Domain;
import io.weft.domain.replica.Replica;
import io.weft.model.Resource;
import io.weft.server.metrics.Metrics;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** What a server's parts tell its metrics. */
final class Measurements {
    private Measurements() {}

    static void register(Metrics metrics, Replica replica, Fabric fabric, Domain domain, DoubleSupplier streams) {
        metrics.gauge(
                "weft_replica_revision",
                "The store revision that reads see",
                () -> replica.current().revision());
        metrics.gauge("weft_compiler_revision", "The store revision that streams are at", fabric::revision);
        metrics.gauge("weft_streams", "Agents that are connected to this server", streams);
        Map<String, DoubleSupplier> resources = new LinkedHashMap<>();
        for (Resource.Kind kind : Resource.Kind.values()) {
            resources.put(
                    kind.name().toLowerCase(Locale.ROOT),
                    () -> replica.current().world().count(kind));
        }
        metrics.gauges("weft_resources", "Resources in the model", "kind", resources);
        metrics.gauge(
                "weft_nodes_alive",
                "Nodes that are connected to any server",
                () -> replica.current().world().nodes().stream()
                        .filter(node -> replica.current().isAlive(node.id()))
                        .count());
        metrics.counter(
                "weft_operations",
                "Operations on the model",
                () -> domain.attempts().operations());
        metrics.counter(
                "weft_commits",
                "Transactions sent to the store",
                () -> domain.attempts().commits());
        metrics.counter(
                "weft_retries",
                "Transactions that were worked out anew because others were quicker",
                () -> domain.attempts().retries());
    }
}
