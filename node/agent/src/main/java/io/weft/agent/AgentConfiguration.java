package io.weft.agent;

import io.weft.agent.services.ServicesConfiguration;
import io.weft.client.Authentication;
import io.weft.docker.PluginSettings;
import io.weft.model.IpAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Everything that an agent can be told.
 *
 * @param host the node's name, as orchestrators bind ports to it
 * @param servers where the servers' agents' listeners are; {@code https}, or {@code http} on loopback
 * @param token a one-time token, for a node that is not enrolled
 * @param state where the node keeps its identity and its last records
 * @param tunnelAddresses where the node receives tunnelled packets, at most one of each family; none for a node alone
 * @param socket where the agent listens for requests of this host
 * @param pins a directory in the BPF file system that is this agent's alone
 * @param physicalNetworks the devices into physical networks, which external networks name
 * @param uplinkKilobits how many thousands of bits a second the device with the tunnel addresses carries, from which ports'
 *     minimum bandwidth is taken; none is guaranteed when empty
 * @param services what the services to workloads are told
 * @param containersApi as whom this node makes ports for containers; empty leaves that to somebody else
 * @param docker where this host's Docker engine finds its driver; empty when there is none
 */
public record AgentConfiguration(
        String host,
        List<URI> servers,
        Optional<String> token,
        Path state,
        List<IpAddress> tunnelAddresses,
        Path socket,
        Path pins,
        PhysicalNetworks physicalNetworks,
        OptionalLong uplinkKilobits,
        ServicesConfiguration services,
        Optional<Authentication> containersApi,
        Optional<PluginSettings> docker) {
    public static final Path DEFAULT_STATE = Path.of("/var/lib/weft/agent");
    public static final Path DEFAULT_SOCKET = Path.of("/run/weft/agent.sock");
    public static final Path DEFAULT_PINS = Path.of("/sys/fs/bpf/weft");

    public static final Path DEFAULT_USER_DATA = Path.of("/var/lib/weft/user-data");

    /** What rates in bits fit into 64 bits many times over. */
    private static final long MAX_KILOBITS = 1_000_000_000_000L;

    private static final Pattern HOST = Pattern.compile("[a-zA-Z0-9]([a-zA-Z0-9._-]{0,252})");

    /**
     * Checks what can be checked without the machine.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public AgentConfiguration {
        servers = List.copyOf(servers);
        tunnelAddresses = List.copyOf(tunnelAddresses);
        require(HOST.matcher(host).matches(), "'" + host + "' is no name of a host");
        require(!servers.isEmpty(), "a server is needed");
        for (URI server : servers) {
            String name = server.getHost();
            require(name != null, server + " is no URL of a server");
            boolean loopback = List.of("localhost", "127.0.0.1", "[::1]").contains(name);
            require(
                    "https".equals(server.getScheme()) || "http".equals(server.getScheme()) && loopback,
                    server + " must be https, or http on loopback");
        }
        require(
                tunnelAddresses.stream().map(IpAddress::family).distinct().count() == tunnelAddresses.size(),
                "at most one tunnel address of each family");
        require(
                tunnelAddresses.stream().noneMatch(a -> a.isMulticast() || a.isUnspecified()),
                "a tunnel address is an address of this host");
        require(
                uplinkKilobits.orElse(1) > 0 && uplinkKilobits.orElse(1) <= MAX_KILOBITS,
                "an uplink carries 1 to " + MAX_KILOBITS + " kilobits a second");
        require(docker.isEmpty() || containersApi.isPresent(), "--docker-socket needs --containers-api");
        require(pins.startsWith("/sys/fs/bpf") && pins.getNameCount() > 3, "pins lie below /sys/fs/bpf");
        require(!pins.toString().contains("."), "names in the BPF file system have no dots");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Whether servers are reached without TLS, so that the node needs no certificate. */
    boolean isPlain() {
        return servers.stream().allMatch(server -> "http".equals(server.getScheme()));
    }
}
