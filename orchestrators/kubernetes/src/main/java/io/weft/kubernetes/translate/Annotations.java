package io.weft.kubernetes.translate;

import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What pods, namespaces and nodes may ask of the network. */
public final class Annotations {
    /** Of a pod or a namespace: the name or id of the network that ports are on. */
    public static final String NETWORK = "weft.io/network";

    /** Of a pod or a namespace, with {@link #NETWORK}: names or ids of subnets, commas between them. */
    public static final String SUBNETS = "weft.io/subnets";

    /** Of a pod: its addresses, commas between them. */
    public static final String ADDRESSES = "weft.io/addresses";

    /** Of a namespace: prefixes of a network of its own, commas between them. */
    public static final String ISOLATED = "weft.io/isolated";

    /** Of a node: what Weft calls it, when that is not its name. */
    public static final String HOST = "weft.io/host";

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
