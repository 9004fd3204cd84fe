package io.weft.kubernetes.translate;

import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** What pods, namespaces and nodes may ask of the network. */
public final class Annotations {
    /** Of a pod or a namespace: the name or id of the network that ports are on. */
    public static final String NETWORK = "weft.io/network";

    /** Of a pod or a namespace, with {@link #NETWORK}: names or ids of subnets, commas between them. */
    public static final String SUBNETS = "weft.io/subnets";

    /** Of a pod: its addresses, commas between them. */
    public static final String ADDRESSES = "weft.io/addresses";

    /**
     * Of a pod: the networks of further interfaces, names or ids with commas between them, each perhaps with {@code @} and the
     * interface's name. {@code weft.io/subnets.NAME} and {@code weft.io/addresses.NAME} are about one of them.
     */
    public static final String NETWORKS = "weft.io/networks";

    /** Of a namespace: prefixes of a network of its own, commas between them. */
    public static final String ISOLATED = "weft.io/isolated";

    /** Of a node: what Weft calls it, when that is not its name. */
    public static final String HOST = "weft.io/host";

    /** Of a node that is a virtual machine: the id of its port, which is a trunk's parent. */
    public static final String PARENT_PORT = "weft.io/parent-port";

    /** The interface that runtimes of Kubernetes give every pod. */
    private static final String FIRST = "eth0";

    /** How many further interfaces a pod may have. */
    public static final int MOST_INTERFACES = 16;

    /** What the kernel takes as a name and Kubernetes as the end of an annotation's. */
    private static final Pattern INTERFACE = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_.-]{0,13}[A-Za-z0-9])?");

    private Annotations() {}

    /** On which network a pod's port is. */
    public static Place place(Pod pod, Namespace namespace) {
        for (Map<String, String> annotations : List.of(pod.annotations(), namespace.annotations())) {
            Optional<String> network = text(annotations, NETWORK);
            if (network.isPresent()) {
                return new Place.Existing(network.get(), list(annotations, SUBNETS, text -> text));
            }
            if (text(annotations, SUBNETS).isPresent()) {
                throw new RefusedException(SUBNETS + " needs " + NETWORK + " beside it");
            }
        }
        List<IpPrefix> isolated = list(namespace.annotations(), ISOLATED, IpPrefix::parse);
        return isolated.isEmpty() ? new Place.Cluster() : new Place.Isolated(namespace.name(), isolated);
    }

    /** The addresses that a pod asks for; empty for any. */
    public static List<IpAddress> addresses(Pod pod) {
        return list(pod.annotations(), ADDRESSES, IpAddress::parse);
    }

    /** The interfaces that a pod asks for besides its own, in order; such without a name are net1, net2 and so on. */
    public static List<FurtherInterface> interfaces(Pod pod) {
        Map<String, FurtherInterface> found = new LinkedHashMap<>();
        for (String entry : list(pod.annotations(), NETWORKS, text -> text)) {
            int at = entry.lastIndexOf('@');
            String network = at < 0 ? entry : entry.substring(0, at);
            String name = at < 0 ? "net" + (found.size() + 1) : entry.substring(at + 1);
            if (network.isEmpty() || !isInterface(name)) {
                throw new RefusedException("annotation " + NETWORKS + ": '" + entry
                        + "' is not NETWORK or NETWORK@INTERFACE with a name of at most 15 characters");
            }
            FurtherInterface made = new FurtherInterface(
                    name,
                    new Place.Existing(network, list(pod.annotations(), SUBNETS + "." + name, text -> text)),
                    list(pod.annotations(), ADDRESSES + "." + name, IpAddress::parse),
                    Optional.empty());
            if (isTaken(name) || found.put(name, made) != null) {
                throw new RefusedException(
                        "annotation " + NETWORKS + ": the pod has another interface '" + name + "' already");
            }
        }
        if (found.size() > MOST_INTERFACES) {
            throw new RefusedException("annotation " + NETWORKS + " names more than " + MOST_INTERFACES + " networks");
        }
        for (String kind : List.of(SUBNETS + ".", ADDRESSES + ".")) {
            pod.annotations().keySet().stream()
                    .filter(key -> key.startsWith(kind) && !found.containsKey(key.substring(kind.length())))
                    .findFirst()
                    .ifPresent(key -> {
                        throw new RefusedException(key + " is about an interface that " + NETWORKS + " does not name");
                    });
        }
        return List.copyOf(found.values());
    }

    /** Whether this may be the name of a further interface, if no other has it. */
    static boolean isInterface(String name) {
        return INTERFACE.matcher(name).matches();
    }

    /** Whether every pod has an interface of this name. */
    static boolean isTaken(String name) {
        return name.equals(FIRST) || name.equals("lo");
    }

    private static Optional<String> text(Map<String, String> annotations, String name) {
        return Optional.ofNullable(annotations.get(name)).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static <T> List<T> list(Map<String, String> annotations, String name, Function<String, T> read) {
        try {
            return text(annotations, name).stream()
                    .flatMap(text -> Arrays.stream(text.split(",", -1)))
                    .map(String::strip)
                    .map(read)
                    .toList();
        } catch (InvalidException e) {
            throw new RefusedException("annotation " + name + ": " + e.getMessage());
        }
    }
}
