package io.weft.docker.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The names, tags and owners by which the driver finds its objects again. Kuryr's, where Kuryr has one; what it does not
 * have begins with {@code docker.}.
 */
public final class Labels {
    /** The owner of a container's port. */
    public static final String OWNER = "kuryr:container";

    /** The name of a port whose address is taken, but which no endpoint has yet or any more. */
    public static final String UNBOUND_PORT = "kuryr-unbound-port";

    /** A network that the driver found and did not make. */
    public static final String EXISTING_NETWORK = "kuryr.net.existing";

    /** A port that the driver found and did not make. */
    public static final String EXISTING_PORT = "kuryr.port.existing";

    /** A network of a swarm: its manager has it made and removed, and says the addresses. */
    public static final String SWARM = "docker.swarm";

    private static final String LOWER = "kuryr.net.uuid.lh:";
    private static final String UPPER = "kuryr.net.uuid.uh:";
    private static final String POOL = "docker.pool:";
    private static final String PUBLISHED = "docker.published:";
    private static final String MADE_SUBNET = "kuryr-subnet-";
    private static final String DESCRIPTION = "Docker network ";
    private static final String ON = " on ";
    private static final Pattern ID = Pattern.compile("[0-9a-zA-Z]{12,64}");
    private static final int HALF = 32;
    private static final int SHORT = 12;

    private Labels() {}

    /** The tags that together say which Docker network something is. */
    public static List<String> network(String networkId) {
        List<String> tags = new ArrayList<>();
        tags.add(LOWER + networkId.substring(0, Math.min(HALF, networkId.length())));
        if (networkId.length() > HALF) {
            tags.add(UPPER + networkId.substring(HALF));
        }
        return tags;
    }

    /** The Docker networks that an object's tags name by the first half of their identifiers. */
    public static List<String> networksOf(List<String> tags) {
        return tags.stream()
                .filter(tag -> tag.startsWith(LOWER))
                .map(tag -> tag.substring(LOWER.length()))
                .toList();
    }

    /** The tag of the subnet that an engine knows by this token. */
    public static String pool(UUID token) {
        return POOL + token;
    }

    /** The tag of a port that is reached by this floating IP. */
    public static String published(UUID floatingIp) {
        return PUBLISHED + floatingIp;
    }

    /** The floating IPs by which the tags of a port say that it is reached. */
    public static List<UUID> published(List<String> tags) {
        return ids(PUBLISHED, tags);
    }

    /** The node whose engine made a network. */
    public static String host(String networkId, String host) {
        return key(networkId) + "host:" + host;
    }

    /** A security group that every container of the network gets. */
    public static String securityGroup(String networkId, UUID group) {
        return key(networkId) + "sg:" + group;
    }

    /** The security groups that the tags of a network say for a Docker network. */
    public static List<UUID> securityGroups(String networkId, List<String> tags) {
        return ids(key(networkId) + "sg:", tags);
    }

    /** The QoS policy that every container of the network gets. */
    public static String qosPolicy(String networkId, UUID policy) {
        return key(networkId) + "qos:" + policy;
    }

    /** The QoS policy that the tags of a network say for a Docker network. */
    public static Optional<UUID> qosPolicy(String networkId, List<String> tags) {
        return ids(key(networkId) + "qos:", tags).stream().findFirst();
    }

    /** That nothing shall lead containers of this Docker network out of it. */
    public static String internal(String networkId) {
        return key(networkId) + "internal";
    }

    /** Whether a tag is about this Docker network. */
    public static boolean concerns(String networkId, String tag) {
        return tag.startsWith(key(networkId)) || network(networkId).contains(tag);
    }

    private static String key(String networkId) {
        return "docker." + networkId.substring(0, SHORT) + ".";
    }

    private static List<UUID> ids(String prefix, List<String> tags) {
        List<UUID> ids = new ArrayList<>();
        for (String tag : tags) {
            if (tag.startsWith(prefix)) {
                try {
                    ids.add(UUID.fromString(tag.substring(prefix.length())));
                } catch (IllegalArgumentException e) {
                    // Somebody else's tag that only looks like ours.
                }
            }
        }
        return List.copyOf(ids);
    }

    /** What a network that the driver makes is called. */
    public static String networkName(String networkId) {
        return "kuryr-net-" + networkId.substring(0, 8);
    }

    /** What a network, router or floating IP that a node's driver makes says of itself, from its first moment on. */
    public static String description(String networkId, String host) {
        return DESCRIPTION + networkId + ON + host;
    }

    /** Whether a driver, of whatever node, made something that says this of itself for a Docker network. */
    public static boolean isMadeFor(String description, String networkId) {
        return description.startsWith(DESCRIPTION + networkId + ON);
    }

    /** The same for the first half of a Docker network's identifier. */
    public static boolean isMadeForHalf(String description, String half) {
        return description.startsWith(DESCRIPTION + half);
    }

    /** The Docker network for which a node's driver made something that says this of itself. */
    public static Optional<String> madeFor(String description, String host) {
        String end = ON + host;
        return description.startsWith(DESCRIPTION) && description.endsWith(end)
                ? Optional.of(description.substring(DESCRIPTION.length(), description.length() - end.length()))
                        .filter(id -> ID.matcher(id).matches())
                : Optional.empty();
    }

    /** What a router that the driver makes is called. */
    public static String routerName(String networkId) {
        return "kuryr-router-" + networkId.substring(0, 8);
    }

    /** What a subnet that the driver makes is called. */
    public static String subnetName(String cidr) {
        return MADE_SUBNET + cidr;
    }

    /** Whether the driver made a subnet of this name. */
    public static boolean isMadeSubnet(String name) {
        return name.startsWith(MADE_SUBNET);
    }

    /** What an endpoint's port is called. */
    public static String portName(String endpointId) {
        return endpointId + "-port";
    }

    /** What the security group that lets a port's published ports in is called. */
    public static String exposedGroupName(UUID port) {
        return port + "-exposed_ports";
    }
}
