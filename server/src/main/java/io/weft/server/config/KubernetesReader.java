package io.weft.server.config;

import io.weft.server.kubernetes.KubernetesSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code enrolment.kubernetes-...}. */
final class KubernetesReader {
    private static final String ACCOUNT = "enrolment.kubernetes-service-account";
    private static final String URL = "enrolment.kubernetes-url";

    private KubernetesReader() {}

    static Optional<KubernetesSettings> read(Settings settings, Map<String, String> environment) {
        String account = settings.text(ACCOUNT, "");
        List<String> urls = settings.urls(URL);
        Path credentials = settings.path(
                "enrolment.kubernetes-credentials", Path.of("/var/run/secrets/kubernetes.io/serviceaccount"));
        if (account.isEmpty()) {
            return Optional.empty();
        }
        String[] parts = account.split("/", -1);
        if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
            settings.problem(ACCOUNT, "must be NAMESPACE/NAME");
            return Optional.empty();
        }
        Optional<String> url = urls.stream().findFirst().or(() -> inCluster(environment));
        if (url.isEmpty() || urls.size() > 1 || !url.get().startsWith("https:")) {
            settings.problem(URL, "one https URL is needed, or KUBERNETES_SERVICE_HOST as pods have it");
            return Optional.empty();
        }
        return Optional.of(new KubernetesSettings(parts[0], parts[1], URI.create(url.get()), credentials));
    }

    /** Where pods find their cluster's API. */
    private static Optional<String> inCluster(Map<String, String> environment) {
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
        if (host.isEmpty()) {
            return Optional.empty();
        }
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        return Optional.of("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
    }
}
