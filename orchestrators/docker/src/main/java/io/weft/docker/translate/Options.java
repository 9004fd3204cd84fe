package io.weft.docker.translate;

import io.weft.model.IpFamily;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What users write after {@code --opt}, {@code --ipam-opt} and {@code --driver-opt}. A word that is not known is refused. */
public final class Options {
    private static final String NETWORK_ID = "neutron.net.uuid";
    private static final String NETWORK_NAME = "neutron.net.name";
    private static final String MTU = "com.docker.network.driver.mtu";
    private static final String GROUPS = "weft.security-groups";
    private static final String QOS = "weft.qos-policy";
    private static final String NAT = "weft.nat";
    private static final String ROUTER = "weft.router";
    private static final String TAGS = "weft.tags";

    /** Kuryr takes the pool's name here too; where the addresses come from was settled by the IPAM driver before. */
    private static final Set<String> OF_POOLS =
            Set.of("neutron.pool.name", "neutron.pool.uuid", "neutron.pool.v6.name", "neutron.pool.v6.uuid");

    private static final int LEAST_MTU = 1280;
    private static final int MOST_MTU = 65_535;

    private Options() {}

    /**
     * {@code docker network create --opt}.
     *
     * @param existing the id or name of a network to use; empty makes one
     * @param mtu of the network, in bytes of IP packets
     * @param securityGroups names or ids; empty leaves it to the server's default
     * @param qosPolicy a name or id
     * @param nat the external network behind a router of the network's own; {@code true} for the only one there is
     * @param router an existing router that the network's subnets join
     */
    public record OfNetwork(
            Optional<String> existing,
            Optional<Integer> mtu,
            List<String> securityGroups,
            Optional<String> qosPolicy,
            Optional<String> nat,
            Optional<String> router) {}

    /**
     * {@code docker network create --ipam-opt}, for one family.
     *
     * @param subnet an existing subnet to use
     * @param pool the subnet pool to take one from
     */
    public record OfPool(Optional<String> subnet, Optional<String> pool) {}

    /**
     * {@code docker network connect --driver-opt}.
     *
     * @param securityGroups instead of the network's
     * @param qosPolicy instead of the network's
     * @param tags of the container's port
     */
    public record OfEndpoint(List<String> securityGroups, Optional<String> qosPolicy, List<String> tags) {
        /** Whether nothing is said. */
        public boolean isEmpty() {
            return securityGroups.isEmpty() && qosPolicy.isEmpty() && tags.isEmpty();
        }
    }

    /**
     * Reads the options of a network.
     *
     * @throws RefusedException when one is not known or makes no sense
     */
    public static OfNetwork network(Map<String, String> options, boolean internal) {
        options.keySet().stream()
                .filter(name -> !Set.of(NETWORK_ID, NETWORK_NAME, MTU, GROUPS, QOS, NAT, ROUTER)
                                .contains(name)
                        && !OF_POOLS.contains(name))
                .findFirst()
                .ifPresent(Options::unknown);
        OfNetwork read = new OfNetwork(
                oneOf(options, NETWORK_ID, NETWORK_NAME),
                text(options, MTU).map(Options::mtu),
                list(options, GROUPS),
                text(options, QOS),
                text(options, NAT).filter(nat -> !nat.equals("false")),
                text(options, ROUTER));
        if (read.nat.isPresent() && read.router.isPresent()) {
            throw new RefusedException(NAT + " makes a router: give it or " + ROUTER + ", not both");
        }
        if (internal && (read.nat.isPresent() || read.router.isPresent())) {
            throw new RefusedException("nothing leads out of an internal network: leave out " + NAT + " and " + ROUTER);
        }
        if (read.existing.isPresent() && (read.nat.isPresent() || read.router.isPresent())) {
            throw new RefusedException(
                    "an existing network has the routers that its owner gave it: leave out " + NAT + " and " + ROUTER);
        }
        return read;
    }

    /**
     * Reads the options of a subnet. IPv6 has names of its own beside those that say no family, because an engine sends the
     * same options for both.
     *
     * @throws RefusedException when one is not known
     */
    public static OfPool pool(Map<String, String> options, IpFamily family) {
        Set<String> known = Set.of(
                "neutron.subnet.uuid",
                "neutron.subnet.name",
                "neutron.subnet.v6.uuid",
                "neutron.subnet.v6.name",
                "neutron.pool.uuid",
                "neutron.pool.name",
                "neutron.pool.v6.uuid",
                "neutron.pool.v6.name");
        options.keySet().stream()
                .filter(name -> !known.contains(name))
                .findFirst()
                .ifPresent(Options::unknown);
        String six = family == IpFamily.IPV6 ? "v6." : "";
        OfPool read = new OfPool(
                oneOf(options, "neutron.subnet." + six + "uuid", "neutron.subnet." + six + "name"),
                oneOf(options, "neutron.pool." + six + "uuid", "neutron.pool." + six + "name"));
        if (read.subnet.isPresent() && read.pool.isPresent()) {
            throw new RefusedException("an existing subnet comes from no pool: give one of them");
        }
        return read;
    }

    /**
     * Reads the options of an endpoint; those of the engine's own are left out.
     *
     * @throws RefusedException when one is not known
     */
    public static OfEndpoint endpoint(Map<String, String> options) {
        options.keySet().stream()
                .filter(name -> name.startsWith("weft.") || name.startsWith("neutron."))
                .filter(name -> !Set.of(GROUPS, QOS, TAGS).contains(name))
                .findFirst()
                .ifPresent(Options::unknown);
        List<String> tags = list(options, TAGS);
        if (tags.stream().anyMatch(tag -> tag.startsWith("kuryr.") || tag.startsWith("docker."))) {
            throw new RefusedException(TAGS + ": tags that begin with kuryr. or docker. are the driver's own");
        }
        return new OfEndpoint(list(options, GROUPS), text(options, QOS), tags);
    }

    private static void unknown(String name) {
        throw new RefusedException("option '" + name + "' is not known: docs/containers.md lists them");
    }

    private static Optional<String> text(Map<String, String> options, String name) {
        return Optional.ofNullable(options.get(name)).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static Optional<String> oneOf(Map<String, String> options, String one, String other) {
        if (text(options, one).isPresent() && text(options, other).isPresent()) {
            throw new RefusedException("give " + one + " or " + other + ", not both");
        }
        return text(options, one).or(() -> text(options, other));
    }

    private static List<String> list(Map<String, String> options, String name) {
        return text(options, name)
                .map(text -> Arrays.stream(text.split(","))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .distinct()
                        .toList())
                .orElse(List.of());
    }

    private static int mtu(String text) {
        try {
            int mtu = Integer.parseInt(text);
            if (mtu >= LEAST_MTU && mtu <= MOST_MTU) {
                return mtu;
            }
        } catch (NumberFormatException e) {
            throw new RefusedException(MTU + " must be a number, is '" + text + "'");
        }
        throw new RefusedException(MTU + " must be between " + LEAST_MTU + " and " + MOST_MTU);
    }
}
