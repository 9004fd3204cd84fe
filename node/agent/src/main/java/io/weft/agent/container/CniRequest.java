package io.weft.agent.container;

import io.weft.agent.container.CniException.Code;
import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a runtime asks for, as the executable hands it on. */
record CniRequest(
        Command command,
        Map<String, String> environment,
        Map<String, String> arguments,
        CniConfiguration configuration) {
    private static final int MOST_VARIABLES = 16;
    private static final int MOST_ARGUMENTS = 256;
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Verbs of the specification that need an agent. */
    enum Command {
        ADD,
        DEL,
        CHECK,
        GC,
        STATUS
    }

    /**
     * Reads texts {@code NAME=VALUE} that each end with a zero byte, an empty one, and then the network configuration.
     *
     * @throws CniException when it is something else
     */
    static CniRequest read(byte[] body) {
        Map<String, String> environment = new HashMap<>();
        int at = 0;
        while (true) {
            int end = at;
            while (end < body.length && body[end] != 0) {
                end++;
            }
            if (end == body.length || environment.size() > MOST_VARIABLES) {
                throw new CniException(Code.INVALID_ENVIRONMENT, "the environment has no end");
            }
            String text = new String(body, at, end - at, StandardCharsets.UTF_8);
            at = end + 1;
            if (text.isEmpty()) {
                break;
            }
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw new CniException(Code.INVALID_ENVIRONMENT, "a variable has no name");
            }
            environment.put(text.substring(0, equals), text.substring(equals + 1));
        }
        return new CniRequest(
                command(environment.getOrDefault("CNI_COMMAND", "")),
                Map.copyOf(environment),
                arguments(environment.getOrDefault("CNI_ARGS", "")),
                CniConfiguration.of(tree(Arrays.copyOfRange(body, at, body.length))));
    }

    private static Command command(String text) {
        return Arrays.stream(Command.values())
                .filter(command -> command.name().equals(text))
                .findFirst()
                .orElseThrow(() -> new CniException(
                        Code.INVALID_ENVIRONMENT, "CNI_COMMAND must be one of " + Arrays.toString(Command.values())));
    }

    private static Map<String, String> arguments(String text) {
        Map<String, String> arguments = new HashMap<>();
        if (!text.isEmpty()) {
            for (String pair : text.split(";", MOST_ARGUMENTS)) {
                int equals = pair.indexOf('=');
                if (equals > 0) {
                    arguments.put(pair.substring(0, equals), pair.substring(equals + 1));
                }
            }
        }
        return Map.copyOf(arguments);
    }

    private static JsonNode tree(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (JacksonException e) {
            throw new CniException(
                    Code.UNDECODABLE, "the network configuration is not JSON: " + e.getOriginalMessage());
        }
    }

    /** The attachment that is meant. */
    AttachmentKey key() {
        return new AttachmentKey(variable("CNI_CONTAINERID"), variable("CNI_IFNAME"));
    }

    /** Where the container's namespace is. */
    Path namespace() {
        String path = variable("CNI_NETNS");
        try {
            if (Path.of(path).isAbsolute()) {
                return Path.of(path);
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new CniException(Code.INVALID_ENVIRONMENT, "CNI_NETNS must be an absolute path");
    }

    private String variable(String name) {
        String value = environment.getOrDefault(name, "");
        if (value.isEmpty()) {
            throw new CniException(Code.INVALID_ENVIRONMENT, name + " is missing");
        }
        return value;
    }

    /** An existing port, from {@code WEFT_PORT} of CNI_ARGS or from the configuration. */
    Optional<UUID> port() {
        return argument("WEFT_PORT")
                .map(text -> CniConfiguration.id("WEFT_PORT", text))
                .or(configuration::port);
    }

    /** The {@code device_id} by which a port was prepared: the pod's id of CNI_ARGS, or else the container's. */
    String sandbox() {
        return argument("K8S_POD_UID").orElseGet(() -> variable("CNI_CONTAINERID"));
    }

    /** The addresses that the runtime asks for: by the capability {@code ips}, or by {@code IP} of CNI_ARGS with commas. */
    List<IpAddress> addresses() {
        return configuration.addresses().isEmpty()
                ? argument("IP")
                        .map(text -> addresses("IP of CNI_ARGS", Arrays.asList(text.split(",", 16))))
                        .orElse(List.of())
                : addresses("ips of runtimeConfig", configuration.addresses());
    }

    private static List<IpAddress> addresses(String where, List<String> texts) {
        List<IpAddress> addresses = new ArrayList<>();
        for (String text : texts) {
            String address = text.contains("/") ? text.substring(0, text.indexOf('/')) : text;
            try {
                addresses.add(IpAddress.parse(address.strip()));
            } catch (InvalidException e) {
                throw new CniException(Code.INVALID_ENVIRONMENT, where + " has no address");
            }
        }
        return List.copyOf(addresses);
    }

    /** The MAC that the runtime asks for: by the capability {@code mac}, or by {@code MAC} of CNI_ARGS. */
    Optional<MacAddress> mac() {
        try {
            return configuration.mac().or(() -> argument("MAC")).map(MacAddress::parse);
        } catch (InvalidException e) {
            throw new CniException(Code.INVALID_ENVIRONMENT, "the MAC that the runtime asks for is no MAC address");
        }
    }

    private Optional<String> argument(String name) {
        return Optional.ofNullable(arguments.get(name)).filter(text -> !text.isEmpty());
    }
}
