package io.weft.kubernetes;

import io.weft.kubernetes.neutron.NetworkSettings;
import io.weft.model.InvalidException;
import io.weft.model.IpPrefix;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/**
 * How a controller works.
 *
 * @param leaseNamespace where the lease is by which one of several controllers leads
 * @param lease its name
 */
public record ControllerSettings(NetworkSettings network, String leaseNamespace, String lease) {
    private static final String NETWORK = "kubernetes.network";
    private static final String PREFIXES = "kubernetes.pod-cidrs";
    private static final String ROUTER = "kubernetes.router";
    private static final String LEASE_NAMESPACE = "kubernetes.lease-namespace";
    private static final String LEASE = "kubernetes.lease";
    private static final Set<String> NAMES = Set.of(NETWORK, PREFIXES, ROUTER, LEASE_NAMESPACE, LEASE);

    /**
     * What a file says, and variables such as {@code WEFT_KUBERNETES_POD_CIDRS}, which win.
     *
     * @throws IOException naming what is wrong
     */
    public static ControllerSettings read(Optional<Path> file, Map<String, String> environment) throws IOException {
        Map<String, String> values = new TreeMap<>();
        if (file.isPresent()) {
            Properties properties = new Properties();
            try (Reader in = Files.newBufferedReader(file.get())) {
                properties.load(in);
            } catch (IllegalArgumentException e) {
                throw new IOException(file.get() + ": " + e.getMessage(), e);
            }
            for (String name : properties.stringPropertyNames()) {
                if (!NAMES.contains(name)) {
                    throw new IOException(file.get() + ": " + name + ": no such setting");
                }
                values.put(name, properties.getProperty(name));
            }
        }
        for (String name : NAMES) {
            String variable = "WEFT_" + name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
            Optional.ofNullable(environment.get(variable)).ifPresent(value -> values.put(name, value));
        }
        return new ControllerSettings(
                new NetworkSettings(text(values, NETWORK).orElse("kubernetes"), prefixes(values), text(values, ROUTER)),
                text(values, LEASE_NAMESPACE).orElse("kube-system"),
                text(values, LEASE).orElse("weft-controller"));
    }

    private static Optional<String> text(Map<String, String> values, String name) {
        return Optional.ofNullable(values.get(name)).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static List<IpPrefix> prefixes(Map<String, String> values) throws IOException {
        try {
            return text(values, PREFIXES).stream()
                    .flatMap(text -> Arrays.stream(text.split(",", -1)))
                    .map(String::strip)
                    .map(IpPrefix::parse)
                    .toList();
        } catch (InvalidException e) {
            throw new IOException(PREFIXES + ": " + e.getMessage(), e);
        }
    }
}
