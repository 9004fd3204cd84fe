package io.weft.agent.attach;

import io.weft.agent.attach.AttachException.Reason;
import io.weft.model.InvalidException;
import io.weft.model.IpPrefix;
import io.weft.vrouter.Connection;
import io.weft.vrouter.ConnectionKey;
import io.weft.vrouter.Connections;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.ToIntFunction;

/**
 * Lists and cuts connections by what people know of them: ports and rules by their ids. Walks through the kernel's tables
 * on the asking thread, never on the node's.
 */
public final class ConnectionQuestions {
    /** The most that one answer names. */
    private static final int MOST = 10_000;

    private final Ports ports;
    private final Connections connections;

    /**
     * @param ports the node
     * @param connections what the programs keep
     */
    public ConnectionQuestions(Ports ports, Connections connections) {
        this.ports = ports;
        this.connections = connections;
    }

    /**
     * The connections that these words choose: {@code port} an id, {@code protocol} a number, {@code remote} an address or
     * block, {@code remote_port} and {@code local_port} numbers.
     *
     * @return {@code total}, and at most ten thousand {@code connections}
     * @throws AttachException when a word makes no sense
     */
    Map<String, Object> list(Map<String, String> words) {
        Ports.Names names = LocalApi.await(ports.names());
        Map<ConnectionKey, Connection> found = connections.list(filter(words, names));
        List<Map<String, Object>> rows = new ArrayList<>();
        found.forEach((key, connection) -> {
            if (rows.size() < MOST) {
                rows.add(row(key, connection, names));
            }
        });
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("total", found.size());
        answer.put("connections", rows);
        return answer;
    }

    /**
     * Cuts the connections that these words choose, at least one of which must be there.
     *
     * @return {@code cut}, how many there were
     * @throws AttachException when a word makes no sense
     */
    Map<String, Object> cut(Map<String, String> words) {
        if (words.isEmpty()) {
            throw new AttachException(Reason.INVALID, "say which connections to cut");
        }
        return Map.of("cut", connections.cut(filter(words, LocalApi.await(ports.names()))));
    }

    private static BiPredicate<ConnectionKey, Connection> filter(Map<String, String> words, Ports.Names names) {
        BiPredicate<ConnectionKey, Connection> filter = (key, connection) -> true;
        for (Map.Entry<String, String> word : words.entrySet()) {
            filter = filter.and(filter(word.getKey(), word.getValue(), names));
        }
        return filter;
    }

    private static BiPredicate<ConnectionKey, Connection> filter(String name, String value, Ports.Names names) {
        if (name.equals("remote")) {
            IpPrefix prefix = prefix(value);
            return (key, connection) -> prefix.contains(key.remote());
        }
        int wanted = name.equals("port") ? number(value, names) : number(value);
        ToIntFunction<ConnectionKey> field = switch (name) {
            case "port" -> ConnectionKey::port;
            case "protocol" -> ConnectionKey::protocol;
            case "remote_port" -> ConnectionKey::remotePort;
            case "local_port" -> ConnectionKey::localPort;
            default -> throw new AttachException(Reason.INVALID, "there is no '" + name + "'");
        };
        return (key, connection) -> field.applyAsInt(key) == wanted;
    }

    private static int number(String port, Ports.Names names) {
        return names.ports().entrySet().stream()
                .filter(entry -> entry.getValue().toString().equals(port))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new AttachException(Reason.NOT_FOUND, "port " + port + " has no device here"));
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new AttachException(Reason.INVALID, "'" + text + "' is no number");
        }
    }

    private static IpPrefix prefix(String text) {
        try {
            return IpPrefix.parse(text);
        } catch (InvalidException e) {
            throw new AttachException(Reason.INVALID, String.valueOf(e.getMessage()));
        }
    }

    private static Map<String, Object> row(ConnectionKey key, Connection connection, Ports.Names names) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("port_id", Optional.ofNullable(names.ports().get(key.port())));
        row.put("protocol", key.protocol());
        row.put("direction", connection.fromWorkload() ? "egress" : "ingress");
        row.put("local", key.local());
        row.put("local_port", key.localPort());
        row.put("remote", key.remote());
        row.put("remote_port", key.remotePort());
        row.put("state", connection.state());
        row.put("rule_id", Optional.ofNullable(names.rules().get(connection.rule())));
        row.put("age_seconds", connection.age().toSeconds());
        row.put("idle_seconds", connection.idle().toSeconds());
        row.put("sent_packets", connection.sentPackets());
        row.put("sent_bytes", connection.sentBytes());
        row.put("received_packets", connection.receivedPackets());
        row.put("received_bytes", connection.receivedBytes());
        return row;
    }
}
