package io.weft.agent.services;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the services can be told.
 *
 * @param nova Nova's metadata service, such as {@code http://192.0.2.20:8775}, for the instances that Nova made; none:
 *     they get the built-in documents as all others
 * @param secret the secret that Nova shares; not empty when there is a Nova, and never logged
 * @param userData a directory in which the file with a port's or a device's id is what its workload reads as user data
 * @param dnsForwarders the resolvers that are asked what no port is called, in this order; none: that is refused
 */
public record ServicesConfiguration(
        Optional<URI> nova, String secret, Path userData, List<InetSocketAddress> dnsForwarders) {
    /** The most resolvers; a guest would not wait for more. */
    private static final int MAX_FORWARDERS = 3;

    /**
     * Checks what can be checked without the machine.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public ServicesConfiguration {
        nova.ifPresent(url -> {
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            boolean bare = url.getRawQuery() == null && url.getRawFragment() == null && url.getUserInfo() == null;
            String path = url.getRawPath();
            if (!http || url.getHost() == null || !bare || !List.of("", "/").contains(path == null ? "" : path)) {
                throw new IllegalArgumentException(url + " is no URL of a metadata service, such as http://host:8775");
            }
        });
        if (nova.isPresent() && secret.isEmpty()) {
            throw new IllegalArgumentException("a metadata service needs a shared secret");
        }
        dnsForwarders = List.copyOf(dnsForwarders);
        if (dnsForwarders.size() > MAX_FORWARDERS) {
            throw new IllegalArgumentException("at most " + MAX_FORWARDERS + " resolvers can be asked");
        }
    }

    /** Without Nova and resolvers. */
    public static ServicesConfiguration builtIn(Path userData) {
        return new ServicesConfiguration(Optional.empty(), "", userData, List.of());
    }

    @Override
    public String toString() {
        return "ServicesConfiguration[nova=" + nova + ", userData=" + userData + ", dnsForwarders=" + dnsForwarders
                + "]";
    }
}
