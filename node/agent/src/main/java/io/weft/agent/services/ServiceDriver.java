package io.weft.agent.services;

import io.weft.agent.drivers.Retry;
import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.RouteNetlink;
import io.weft.responders.dns.Directory;
import io.weft.vrouter.Services;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that the service namespace is there and the services listen in it. For the node's thread.
 */
public final class ServiceDriver implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(ServiceDriver.class.getName());

    private final RouteNetlink netlink;
    private final ServicesConfiguration configuration;
    private final Clients clients;
    private final Directory directory;
    private final Retry retry = new Retry();
    private Optional<Services> present = Optional.empty();
    private Optional<String> problem = Optional.empty();
    private @Nullable ServiceNamespace namespace;
    private @Nullable MetadataServer metadata;
    private @Nullable DnsServer dns;
    private boolean pending = true;

    /**
     * @param netlink of the host's namespace
     * @param clients who the askers are
     * @param directory the names that they may ask for
     */
    public ServiceDriver(
            RouteNetlink netlink, ServicesConfiguration configuration, Clients clients, Directory directory) {
        this.netlink = netlink;
        this.configuration = configuration;
        this.clients = clients;
        this.directory = directory;
    }

    /** What stands now. */
    public Optional<Services> present() {
        return present;
    }

    public Optional<String> problem() {
        return problem;
    }

    /** A device has gone: when it is the services', they are made anew. */
    public void gone(Link link) {
        ServiceNamespace current = namespace;
        if (current != null && current.device() == link.index()) {
            LOGGER.log(Level.WARNING, "the services' device is gone; making it anew");
            present = Optional.empty();
            pending = true;
        }
    }

    /** Does what is due; gives the nanoseconds until there is more, {@link Long#MAX_VALUE} for nothing. */
    public long work() {
        long now = System.nanoTime();
        if (!pending) {
            return Long.MAX_VALUE;
        }
        if (!retry.isDue(now)) {
            return retry.pause(now);
        }
        try {
            close();
            establish();
            pending = false;
            problem = Optional.empty();
            retry.succeeded();
            return Long.MAX_VALUE;
        } catch (RuntimeException e) {
            close();
            retry.failed(now);
            Optional<String> text = Optional.of("services: " + e.getMessage());
            if (!problem.equals(text)) {
                LOGGER.log(Level.WARNING, "no services, trying on", Map.entry("reason", String.valueOf(e)));
            }
            problem = text;
            return retry.pause(now);
        }
    }

    private void establish() {
        ServiceNamespace made = ServiceNamespace.create(netlink);
        namespace = made;
        metadata = MetadataServer.start(configuration, clients::find, made.listen(MetadataServer.PORT));
        dns = DnsServer.start(
                configuration.dnsForwarders(),
                clients::find,
                directory,
                made.datagrams(DnsServer.PORT),
                made.listen(DnsServer.PORT));
        present = Optional.of(new Services(made.device()));
        LOGGER.log(Level.INFO, "services", Map.entry("device", made.device()), Map.entry("are", configuration));
    }

    /** Ends the services and their namespace. */
    @Override
    public void close() {
        MetadataServer server = metadata;
        if (server != null) {
            server.close();
            metadata = null;
        }
        DnsServer resolver = dns;
        if (resolver != null) {
            resolver.close();
            dns = null;
        }
        ServiceNamespace made = namespace;
        if (made != null) {
            made.close();
            namespace = null;
        }
        present = Optional.empty();
    }
}
