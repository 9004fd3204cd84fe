package io.weft.agent.command;

import io.weft.agent.Agent;
import io.weft.agent.AgentConfiguration;
import io.weft.agent.PhysicalNetworks;
import io.weft.agent.identity.EnrolmentException;
import io.weft.agent.services.Resolvers;
import io.weft.agent.services.ServicesConfiguration;
import io.weft.client.AuthenticationFile;
import io.weft.docker.PluginSettings;
import io.weft.kernel.KernelException;
import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code weft agent}. */
@Command(
        name = "agent",
        description = "Runs this host's agent until it is asked to stop; the host forwards on without it.",
        mixinStandardHelpOptions = true)
public final class AgentCommand implements Callable<Integer> {
    @Option(names = "--host", paramLabel = "NAME", description = "this node's name; default what the system says")
    private @Nullable String host;

    @Option(
            names = "--server",
            paramLabel = "URL",
            split = ",",
            description =
                    "a server's listener for agents, such as https://10.0.0.1:9697, or several with commas between"
                            + " them; may be repeated")
    private List<URI> servers = new ArrayList<>();

    @Option(names = "--token", paramLabel = "TOKEN", description = "a one-time token; needed for the first start only")
    private @Nullable String token;

    @Option(
            names = "--token-directory",
            paramLabel = "DIR",
            description =
                    "instead of --token, a directory with two files: 'token', what an orchestrator says of this node and"
                            + " the server asks it about, and 'authority', the fingerprint of the server's authority")
    private @Nullable Path tokenDirectory;

    @Option(names = "--state", paramLabel = "DIR", description = "where the node keeps its identity and records")
    private Path state = AgentConfiguration.DEFAULT_STATE;

    @Option(
            names = "--tunnel-address",
            paramLabel = "ADDRESS",
            description = "this host's address for tunnels, one of each family; default none: a host alone")
    private List<String> tunnelAddresses = new ArrayList<>();

    @Option(
            names = "--physical-networks",
            paramLabel = "NAME:DEVICE",
            description = "a device of this host into a physical network that external networks name, or several with"
                    + " commas between them; may be repeated. The device carries no tunnels")
    private List<String> physicalNetworks = new ArrayList<>();

    @Option(
            names = "--uplink-bandwidth",
            paramLabel = "KILOBITS",
            description =
                    "kilobits a second that the device with the tunnel addresses carries: what ports' minimum bandwidth is"
                            + " taken from; default none: no port has one here")
    private @Nullable Long uplinkKilobits;

    @Option(names = "--socket", paramLabel = "FILE", description = "where requests of this host arrive")
    private Path socket = AgentConfiguration.DEFAULT_SOCKET;

    @Option(names = "--pins", paramLabel = "DIR", description = "where the data path is pinned, below /sys/fs/bpf")
    private Path pins = AgentConfiguration.DEFAULT_PINS;

    @Option(
            names = "--nova-metadata",
            paramLabel = "URL",
            description = "Nova's metadata service, such as http://192.0.2.20:8775, for the instances that Nova made")
    private @Nullable URI novaMetadata;

    @Option(
            names = "--nova-metadata-secret",
            paramLabel = "FILE",
            description = "the file with the secret that Nova's metadata service shares")
    private @Nullable Path novaMetadataSecret;

    @Option(
            names = "--user-data",
            paramLabel = "DIR",
            description = "a directory with user data of workloads without Nova, each in a file named after its port")
    private Path userData = AgentConfiguration.DEFAULT_USER_DATA;

    @Option(
            names = "--dns-forwarder",
            paramLabel = "ADDRESS[:PORT]",
            description = "a resolver that is asked what no port is called; up to 3, default none: such is refused")
    private List<String> dnsForwarders = new ArrayList<>();

    @Option(
            names = "--containers-api",
            paramLabel = "FILE",
            description = "the settings containers.api.*: as whom ports are made for containers of this host;"
                    + " default none: somebody else has to make them")
    private @Nullable Path containersApi;

    @Option(
            names = "--docker-socket",
            paramLabel = "FILE",
            description = "serves this host's Docker engine as a plug-in at this socket, such as"
                    + " /run/docker/plugins/weft.sock; the file's name is the driver's; default none")
    private @Nullable Path dockerSocket;

    @Option(
            names = "--docker-scope",
            paramLabel = "SCOPE",
            description = "LOCAL, or GLOBAL for engines that share a key-value store; default ${DEFAULT-VALUE}")
    private PluginSettings.Scope dockerScope = PluginSettings.Scope.LOCAL;

    @Option(
            names = "--docker-engine",
            paramLabel = "FILE",
            description = "the engine's own socket, for weft check docker; default ${DEFAULT-VALUE}")
    private Path dockerEngine = Path.of("/run/docker.sock");

    @Option(
            names = "--cni-configuration",
            paramLabel = "FILE",
            description =
                    "writes a configuration for container runtimes when containers can be joined for the first time,"
                            + " such as /etc/cni/net.d/10-weft.conflist; default none")
    private @Nullable Path cniConfiguration;

    @Option(
            names = "--purge",
            description =
                    "instead of running, removes everything that an agent has left, and the file of --cni-configuration:"
                            + " forwarding ends")
    private boolean purge;

    @Override
    public Integer call() throws InterruptedException {
        try {
            if (purge) {
                if (cniConfiguration != null) {
                    Files.deleteIfExists(cniConfiguration);
                }
                Agent.purge(pins, state);
                return 0;
            }
            AgentConfiguration configuration = new AgentConfiguration(
                    host == null ? hostName() : host,
                    servers,
                    token(),
                    state,
                    tunnelAddresses.stream().map(IpAddress::parse).toList(),
                    socket,
                    pins,
                    PhysicalNetworks.parse(physicalNetworks),
                    uplinkKilobits == null ? OptionalLong.empty() : OptionalLong.of(uplinkKilobits),
                    new ServicesConfiguration(
                            Optional.ofNullable(novaMetadata),
                            secret(),
                            userData,
                            dnsForwarders.stream().map(Resolvers::parse).toList()),
                    containersApi == null ? Optional.empty() : Optional.of(AuthenticationFile.read(containersApi)),
                    dockerSocket == null
                            ? Optional.empty()
                            : Optional.of(new PluginSettings(dockerSocket, dockerScope, dockerEngine)));
            Agent agent = Agent.start(configuration);
            if (cniConfiguration != null) {
                RuntimeConfiguration.writeWhen(() -> RuntimeConfiguration.isReady(socket), cniConfiguration);
            }
            Running.untilStopped(agent::close);
            return 0;
        } catch (IllegalArgumentException | InvalidException | EnrolmentException | KernelException | IOException e) {
            System.err.println("weft: " + e.getMessage());
            return 1;
        }
    }

    private Optional<String> token() throws IOException {
        if (tokenDirectory == null || token != null) {
            return Optional.ofNullable(token);
        }
        return Optional.of(Files.readString(tokenDirectory.resolve("token")).strip() + "."
                + Files.readString(tokenDirectory.resolve("authority")).strip());
    }

    private String secret() throws IOException {
        return novaMetadataSecret == null
                ? ""
                : Files.readString(novaMetadataSecret).strip();
    }

    private static String hostName() throws UnknownHostException {
        return InetAddress.getLocalHost().getHostName();
    }
}
