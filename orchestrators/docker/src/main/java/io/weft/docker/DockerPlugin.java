package io.weft.docker;

import io.weft.client.NeutronClient;
import io.weft.client.NeutronException;
import io.weft.docker.protocol.Protocol;
import io.weft.docker.protocol.ProtocolException;
import io.weft.docker.protocol.Request;
import io.weft.docker.socket.EngineClient;
import io.weft.docker.socket.PluginSocket;
import io.weft.docker.translate.RefusedException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The plug-in: a socket that an engine finds, and what is done about each request. */
public final class DockerPlugin implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(DockerPlugin.class.getName());

    private final PluginSettings.Scope scope;
    private final NetworkDriver networks;
    private final AddressDriver addresses;
    private final EndpointDriver endpoints;
    private final DockerCheck check;
    private final LabelKeeper labels;
    private Optional<PluginSocket> socket = Optional.empty();

    /** A plug-in that is asked by {@link #answer} alone. */
    DockerPlugin(PluginSettings settings, NeutronClient neutron, Workloads workloads, Recent recent) {
        PendingPools pending = new PendingPools();
        Publisher publisher = new Publisher(neutron, workloads.host());
        this.scope = settings.scope();
        this.networks = new NetworkDriver(neutron, workloads.host(), pending, recent);
        this.addresses = new AddressDriver(neutron, workloads.host(), pending, recent);
        this.endpoints = new EndpointDriver(neutron, workloads, publisher, recent);
        EngineClient engine = new EngineClient(settings.engine());
        this.check = new DockerCheck(neutron, workloads, engine, settings.driver(), networks, publisher, recent);
        this.labels = new LabelKeeper(neutron, workloads.host(), engine, settings.driver());
    }

    /** Listens where the settings say; what lies there from a former process is removed. */
    public static DockerPlugin start(PluginSettings settings, NeutronClient neutron, Workloads workloads)
            throws IOException {
        DockerPlugin plugin = new DockerPlugin(settings, neutron, workloads, new Recent(Recent.USUAL));
        plugin.socket = Optional.of(PluginSocket.start(settings.socket(), plugin::answer));
        plugin.labels.start();
        return plugin;
    }

    /** What finds and removes what an engine left behind. */
    public DockerCheck check() {
        return check;
    }

    @Override
    public void close() {
        labels.close();
        socket.ifPresent(PluginSocket::close);
    }

    /** The answer to what was posted to a path; an engine shows users what {@code Err} says. */
    byte[] answer(String path, byte[] body) {
        try {
            return Protocol.write(answer(Protocol.read(path, body)));
        } catch (ProtocolException | RefusedException e) {
            return refused(path, String.valueOf(e.getMessage()));
        } catch (NeutronException e) {
            return refused(path, "the network service says: " + e.getMessage());
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "a request of Docker's failed: " + path, e);
            return refused(path, String.valueOf(e.getMessage()));
        }
    }

    private static byte[] refused(String path, String reason) {
        LOGGER.log(Level.INFO, "docker request refused", Map.entry("method", path), Map.entry("reason", reason));
        return Protocol.write(Protocol.refused("weft: " + reason));
    }

    private Map<String, ?> answer(Request request) {
        return switch (request) {
            case Request.Activate r -> Map.of("Implements", List.of("NetworkDriver", "IpamDriver"));
            case Request.NetworkCapabilities r -> Map.of("Scope", scope.word(), "ConnectivityScope", "global");
            case Request.IpamCapabilities r -> Map.of("RequiresMACAddress", true, "RequiresRequestReplay", false);
            case Request.DefaultAddressSpaces r ->
                Map.of(
                        "LocalDefaultAddressSpace", Protocol.LOCAL_SPACE,
                        "GlobalDefaultAddressSpace", Protocol.GLOBAL_SPACE);
            case Request.RequestPool r -> addresses.requestPool(r);
            case Request.ReleasePool r -> done(() -> addresses.releasePool(r));
            case Request.RequestAddress r -> addresses.requestAddress(r);
            case Request.ReleaseAddress r -> done(() -> addresses.releaseAddress(r));
            case Request.CreateNetwork r -> done(() -> networks.create(r));
            case Request.DeleteNetwork r -> done(() -> networks.delete(r.networkId()));
            case Request.AllocateNetwork r -> {
                networks.allocate(r);
                yield Map.of("Options", Map.of());
            }
            case Request.FreeNetwork r -> done(() -> networks.free(r.networkId()));
            case Request.CreateEndpoint r -> endpoints.create(r);
            case Request.EndpointInfo r -> endpoints.info(r);
            case Request.DeleteEndpoint r -> done(() -> endpoints.delete(r));
            case Request.Join r -> endpoints.join(r).answer();
            case Request.Leave r -> done(() -> endpoints.leave(r));
            case Request.ProgramExternalConnectivity r -> done(() -> endpoints.publish(r));
            case Request.RevokeExternalConnectivity r -> done(() -> endpoints.revoke(r));
            case Request.Discovery r -> Protocol.done();
        };
    }

    private static Map<String, Object> done(Runnable action) {
        action.run();
        return Protocol.done();
    }
}
