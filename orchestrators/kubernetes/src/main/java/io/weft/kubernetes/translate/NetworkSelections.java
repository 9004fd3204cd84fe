package io.weft.kubernetes.translate;

import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads which further networks a pod asks for, as the Kubernetes Network Custom Resource Definition De-facto Standard has it:
 * https://github.com/k8snetworkplumbingwg/multi-net-spec, section 4.1.
 */
public final class NetworkSelections {
    /** Of a pod: {@code NAMESPACE/NAME@INTERFACE} with commas between them, or a list of objects in JSON. */
    public static final String ANNOTATION = "k8s.v1.cni.cncf.io/networks";

    /** What the standard knows and a port is not. Routes by {@code default-route} and {@code cni-args} are Multus's to give. */
    private static final Set<String> FOREIGN = Set.of("bandwidth", "infiniband-guid", "portMappings");

    private static final String LABEL = "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?";
    private static final Pattern NAME = Pattern.compile(LABEL);
    private static final Pattern SHORT =
            Pattern.compile("((?<namespace>" + LABEL + ")/)?(?<name>" + LABEL + ")(@(?<interface>[^@]+))?");
    private static final JsonMapper JSON = JsonMapper.shared();

    private NetworkSelections() {}

    /**
     * The networks in order. An interface without a name is called {@code net} and its place among them, as Multus calls it.
     *
     * @throws RefusedException when the annotation makes no sense
     */
    public static List<NetworkSelection> of(Pod pod) {
        String text = pod.annotations().getOrDefault(ANNOTATION, "").strip();
        List<NetworkSelection> found = new ArrayList<>();
        if (text.startsWith("[")) {
            for (JsonNode each : array(text)) {
                found.add(read(each, pod.namespace(), found.size() + 1));
            }
        } else if (!text.isEmpty()) {
            for (String each : text.split(",", -1)) {
                found.add(read(each.strip(), pod.namespace(), found.size() + 1));
            }
        }
        return List.copyOf(found);
    }

    private static JsonNode array(String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            throw refused("is not JSON: " + e.getOriginalMessage());
        }
    }

    private static NetworkSelection read(String entry, String namespace, int place) {
        var parts = SHORT.matcher(entry);
        if (!parts.matches()) {
            throw refused("'" + entry + "' is not NAME, NAMESPACE/NAME or NAMESPACE/NAME@INTERFACE");
        }
        return new NetworkSelection(
                Optional.ofNullable(parts.group("namespace")).orElse(namespace) + "/" + parts.group("name"),
                interfaceName(Optional.ofNullable(parts.group("interface")), place),
                List.of(),
                Optional.empty(),
                List.of());
    }

    private static NetworkSelection read(JsonNode entry, String namespace, int place) {
        if (!entry.isObject()) {
            throw refused("its list has something else than objects");
        }
        String name = text(entry, "name").orElseThrow(() -> refused("name: is missing"));
        String definition = named("namespace", text(entry, "namespace").orElse(namespace)) + "/" + named("name", name);
        return new NetworkSelection(
                definition,
                interfaceName(text(entry, "interface"), place),
                addresses(entry.path("ips")),
                text(entry, "mac").map(NetworkSelections::mac),
                FOREIGN.stream().filter(entry::has).sorted().toList());
    }

    private static String named(String member, String text) {
        if (!NAME.matcher(text).matches()) {
            throw refused(member + ": '" + text + "' is no name of an object");
        }
        return text;
    }

    private static String interfaceName(Optional<String> said, int place) {
        String name = said.orElse("net" + place);
        if (!Annotations.isInterface(name)) {
            throw refused("'" + name + "' is no name of an interface with at most 15 characters");
        }
        if (Annotations.isTaken(name)) {
            throw refused("the pod has another interface '" + name + "' already");
        }
        return name;
    }

    private static Optional<String> text(JsonNode entry, String member) {
        JsonNode value = entry.path(member);
        if (!value.isMissingNode() && !value.isNull() && !value.isString()) {
            throw refused(member + ": must be a text");
        }
        return value.stringValueOpt().filter(text -> !text.isEmpty());
    }

    private static List<IpAddress> addresses(JsonNode ips) {
        if (!ips.isMissingNode() && !ips.isNull() && !ips.isArray()) {
            throw refused("ips: must be a list of texts");
        }
        return ips.valueStream().map(NetworkSelections::address).toList();
    }

    /** With or without the length of a prefix, which is that of the subnet. */
    private static IpAddress address(JsonNode ip) {
        String text = ip.stringValueOpt().orElseThrow(() -> refused("ips: must be a list of texts"));
        try {
            return IpAddress.parse(text.replaceFirst("/[0-9]{1,3}$", ""));
        } catch (InvalidException e) {
            throw refused("ips: " + e.getMessage());
        }
    }

    private static MacAddress mac(String text) {
        try {
            return MacAddress.parse(text);
        } catch (InvalidException e) {
            throw refused("mac: " + e.getMessage());
        }
    }

    static RefusedException refused(String rule) {
        return new RefusedException("annotation " + ANNOTATION + ": " + rule);
    }

    /** Whether the pod asks for anything here. */
    public static boolean isIn(Pod pod) {
        return pod.annotations().containsKey(ANNOTATION);
    }
}
