package io.weft.kubernetes;

import io.weft.kubernetes.neutron.NetworkSettings;
import io.weft.kubernetes.neutron.ServiceSettings;
import io.weft.model.HostAccess.NodePorts;
import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * How a controller works.
 *
 * @param nodePorts the ports of nodes that lead to services, and the virtual addresses of the load balancer
 *     {@value #NODE_PORTS_NAME} that has a listener at each of them in use; empty for no node ports
 * @param nested whether the nodes are virtual machines of the network, whose trunks' subports the pods' ports are
 * @param leaseNamespace where the lease is by which one of several controllers leads
 * @param lease its name
 */
public record ControllerSettings(
        NetworkSettings network,
        ServiceSettings services,
        Optional<NodePorts> nodePorts,
        boolean nested,
        String leaseNamespace,
        String lease) {
    /** The name of the load balancer to which nodes hand the connections to their node ports. */
    public static final String NODE_PORTS_NAME = "node-ports";

    /** Its tag, beside that of the cluster. */
    public static final String NODE_PORTS_TAG = "weft:kubernetes:node-ports";

    private static final String NETWORK = "kubernetes.network";
    private static final String PREFIXES = "kubernetes.pod-cidrs";
    private static final String ROUTER = "kubernetes.router";
    private static final String SERVICE_NETWORK = "kubernetes.service-network";
    private static final String SERVICE_PREFIXES = "kubernetes.service-cidrs";
    private static final String EXTERNAL_IPS = "kubernetes.external-ip-cidrs";
    private static final String NODE_PORT_ADDRESSES = "kubernetes.node-port-addresses";
    private static final String NODE_PORT_RANGE = "kubernetes.node-port-range";
    private static final String EXTERNAL = "kubernetes.external-network";
    private static final String NESTED = "kubernetes.nested";
    private static final String LEASE_NAMESPACE = "kubernetes.lease-namespace";
    private static final String LEASE = "kubernetes.lease";
    private static final Set<String> NAMES = Set.of(
            NETWORK,
            PREFIXES,
            ROUTER,
            SERVICE_NETWORK,
            SERVICE_PREFIXES,
            EXTERNAL_IPS,
            NODE_PORT_ADDRESSES,
            NODE_PORT_RANGE,
            EXTERNAL,
            NESTED,
            LEASE_NAMESPACE,
            LEASE);
    /** What a prefix of virtual addresses has at least, in bits: room for a router, node ports and a Service. */
    private static final int LEAST_BITS = 3;

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
        ServiceSettings services = services(values);
        String network = text(values, NETWORK).orElse("kubernetes");
        boolean nested = nested(values);
        // Services are reached by a router.
        Optional<String> usualRouter = services.prefixes().isEmpty() ? Optional.empty() : Optional.of(network);
        return new ControllerSettings(
                new NetworkSettings(
                        network,
                        list(values, PREFIXES, IpPrefix::parse),
                        text(values, ROUTER).or(() -> usualRouter)),
                services,
                nested ? Optional.empty() : nodePorts(values, services.prefixes()),
                nested,
                text(values, LEASE_NAMESPACE).orElse("kube-system"),
                text(values, LEASE).orElse("weft-controller"));
    }

    private static Optional<String> text(Map<String, String> values, String name) {
        return Optional.ofNullable(values.get(name)).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static boolean nested(Map<String, String> values) throws IOException {
        String text = text(values, NESTED).orElse("false");
        if (!Set.of("true", "false").contains(text)) {
            throw new IOException(NESTED + ": must be true or false");
        }
        boolean nested = text.equals("true");
        for (String name : List.of(NODE_PORT_ADDRESSES, NODE_PORT_RANGE)) {
            if (nested && text(values, name).isPresent()) {
                throw new IOException(name + ": cannot stand beside " + NESTED
                        + ": what comes to a virtual machine's own addresses is that machine's");
            }
        }
        return nested;
    }

    private static ServiceSettings services(Map<String, String> values) throws IOException {
        List<IpPrefix> prefixes = virtual(values, SERVICE_PREFIXES);
        List<IpPrefix> externalIps = virtual(values, EXTERNAL_IPS);
        if (prefixes.isEmpty() && !externalIps.isEmpty()) {
            throw new IOException(EXTERNAL_IPS + ": needs " + SERVICE_PREFIXES);
        }
        for (IpPrefix prefix : externalIps) {
            if (prefixes.stream().anyMatch(prefix::overlaps)) {
                throw new IOException(EXTERNAL_IPS + ": " + prefix + " overlaps " + SERVICE_PREFIXES);
            }
        }
        return new ServiceSettings(
                text(values, SERVICE_NETWORK).orElse("kubernetes.services"),
                prefixes,
                externalIps,
                text(values, EXTERNAL));
    }

    /** Prefixes of virtual addresses. */
    private static List<IpPrefix> virtual(Map<String, String> values, String name) throws IOException {
        List<IpPrefix> prefixes = list(values, name, IpPrefix::parse);
        for (IpPrefix prefix : prefixes) {
            if (prefix.family().bits() - prefix.length() < LEAST_BITS) {
                throw new IOException(name + ": " + prefix + " has less than " + (1 << LEAST_BITS) + " addresses");
            }
        }
        return prefixes;
    }

    private static Optional<NodePorts> nodePorts(Map<String, String> values, List<IpPrefix> prefixes)
            throws IOException {
        List<IpAddress> said = list(values, NODE_PORT_ADDRESSES, IpAddress::parse);
        for (IpAddress address : said) {
            if (!prefixes.isEmpty() && prefixes.stream().noneMatch(prefix -> prefix.contains(address))) {
                throw new IOException(NODE_PORT_ADDRESSES + ": " + address + " is in no prefix of " + SERVICE_PREFIXES);
            }
        }
        List<IpAddress> addresses = said.isEmpty() ? usualNodePorts(prefixes) : said;
        String range = text(values, NODE_PORT_RANGE).orElse("30000-32767");
        try {
            return addresses.isEmpty() ? Optional.empty() : Optional.of(NodePorts.of(range, addresses));
        } catch (InvalidException e) {
            String name = e.field().endsWith("range") ? NODE_PORT_RANGE : NODE_PORT_ADDRESSES;
            throw new IOException(name + ": " + e.getMessage(), e);
        }
    }

    /** In the first prefix of each family. */
    private static List<IpAddress> usualNodePorts(List<IpPrefix> prefixes) {
        Map<IpFamily, IpAddress> addresses = new EnumMap<>(IpFamily.class);
        prefixes.forEach(prefix -> addresses.putIfAbsent(prefix.family(), ServiceSettings.nodePorts(prefix)));
        return List.copyOf(addresses.values());
    }

    private static <T> List<T> list(Map<String, String> values, String name, Function<String, T> read)
            throws IOException {
        try {
            return text(values, name).stream()
                    .flatMap(text -> Arrays.stream(text.split(",", -1)))
                    .map(String::strip)
                    .map(read)
                    .toList();
        } catch (InvalidException e) {
            throw new IOException(name + ": " + e.getMessage(), e);
        }
    }
}
