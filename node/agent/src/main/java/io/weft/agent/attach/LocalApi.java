package io.weft.agent.attach;

import io.weft.agent.attach.AttachException.Reason;
import io.weft.agent.trace.TraceException;
import io.weft.agent.trace.Tracing;
import io.weft.agent.trace.Watches;
import io.weft.protocol.Trunking;
import io.weft.vrouter.DropReason;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What is asked at the agent's unix socket. {@code GET /v1/status}, {@code GET /v1/ports},
 * {@code GET /v1/ports/ID}, {@code GET /v1/drops}, {@code POST /v1/connections/list} and
 * {@code cut} with what chooses them, {@code POST /v1/traces} with what packet to trace, {@code POST /v1/traces/live} with which to wait for,
 * {@code POST /v1/docker/check} with {@code repair},
 * {@code POST /v1/ports/ID/attach} with {@code netns}, {@code pid} or {@code device} and perhaps {@code name},
 * {@code POST /v1/ports/ID/detach}, {@code POST /v1/cni} for the CNI executable.
 */
public final class LocalApi implements LocalSocket.Handler {
    private static final System.Logger LOGGER = System.getLogger(LocalApi.class.getName());
    private final Ports ports;
    private final Attacher attacher;
    private final ConnectionQuestions tracked;
    private final Tracing tracing;
    private final Watches watches;
    private final EngineQuestions engines;
    private final ContainerRequests containers;

    /** Puts together those who answer. */
    public LocalApi(
            Ports ports,
            Attacher attacher,
            ConnectionQuestions connections,
            Tracing tracing,
            Watches watches,
            EngineQuestions engines,
            ContainerRequests containers) {
        this.ports = ports;
        this.attacher = attacher;
        this.tracked = connections;
        this.tracing = tracing;
        this.watches = watches;
        this.engines = engines;
        this.containers = containers;
    }

    @Override
    public LocalSocket.Answer answer(LocalSocket.Request request) throws IOException {
        return request.method().equals("POST") && request.path().equals(ContainerRequests.PATH)
                ? containers.answer(request.body())
                : new LocalSocket.Answer(200, body(request));
    }

    private Object body(LocalSocket.Request request) throws IOException {
        List<String> path = List.of(
                request.path().substring(Math.min(1, request.path().length())).split("/"));
        String method = request.method();
        if (method.equals("GET") && path.equals(List.of("v1", "status"))) {
            return await(ports.status());
        }
        if (method.equals("GET") && path.equals(List.of("v1", "ports"))) {
            return await(ports.all()).stream().map(LocalApi::json).toList();
        }
        if (method.equals("GET") && path.size() == 3 && path.subList(0, 2).equals(List.of("v1", "ports"))) {
            UUID port = id(path.get(2));
            return json(await(ports.rules(port))
                    .orElseThrow(() ->
                            new AttachException(Reason.NOT_FOUND, "port " + port + " is not bound to this host")));
        }
        if (method.equals("POST") && path.equals(List.of("v1", "connections", "list"))) {
            return tracked.list(Json.object(request.body()));
        }
        if (method.equals("POST") && path.equals(List.of("v1", "connections", "cut"))) {
            return tracked.cut(Json.object(request.body()));
        }
        if (method.equals("POST") && path.equals(List.of("v1", "traces"))) {
            return trace(() -> tracing.begin(Json.object(request.body())));
        }
        if (method.equals("POST") && path.equals(List.of("v1", "traces", "live"))) {
            return trace(() -> {
                Object name = watches.begin(Json.object(request.body())).get("watch");
                Map<String, String> watch = Map.of("watch", String.valueOf(name));
                watches.go(watch);
                return watches.collect(watch);
            });
        }
        if (method.equals("POST") && path.equals(List.of("v1", "docker", "check"))) {
            return engines.checkDocker(Json.object(request.body()));
        }
        if (method.equals("GET") && path.equals(List.of("v1", "drops"))) {
            return drops();
        }
        if (method.equals("GET") && path.size() == 3 && path.subList(0, 2).equals(List.of("v1", "drops"))) {
            Optional<UUID> port = Optional.of(id(path.get(2)));
            return drops().stream()
                    .filter(row -> port.equals(row.get("port_id")))
                    .toList();
        }
        if (method.equals("POST") && path.size() == 4 && path.subList(0, 2).equals(List.of("v1", "ports"))) {
            UUID port = id(path.get(2));
            if (path.get(3).equals("attach")) {
                Ports.Port attached = attacher.attach(port, request(Json.object(request.body())));
                LOGGER.log(Level.INFO, "attached", Map.entry("port", port), Map.entry("device", attached.device()));
                return json(attached);
            }
            if (path.get(3).equals("detach")) {
                attacher.detach(port);
                LOGGER.log(Level.INFO, "detached", Map.entry("port", port));
                return Map.of("id", port);
            }
        }
        throw new AttachException(Reason.NOT_FOUND, "there is no " + method + " " + request.path());
    }

    private interface Asking {
        Map<String, Object> answer() throws IOException;
    }

    private static Map<String, Object> trace(Asking asking) throws IOException {
        try {
            return asking.answer();
        } catch (TraceException e) {
            throw new AttachException(Reason.INVALID, String.valueOf(e.getMessage()));
        }
    }

    private static Attacher.Request request(Map<String, String> body) {
        Optional<Long> process;
        try {
            process = Optional.ofNullable(body.get("pid")).map(Long::valueOf);
        } catch (NumberFormatException e) {
            throw new AttachException(Reason.INVALID, "'" + body.get("pid") + "' is no process");
        }
        return new Attacher.Request(
                Optional.ofNullable(body.get("netns")),
                process,
                Optional.ofNullable(body.get("device")),
                Optional.ofNullable(body.get("name")));
    }

    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new AttachException(Reason.INVALID, "'" + text + "' is no port's id");
        }
    }

    private static Map<String, Object> json(Ports.Port port) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", port.id());
        json.put("network_id", port.network());
        json.put("mac_address", port.mac());
        json.put("addresses", port.addresses());
        json.put("mtu", port.mtu());
        json.put("device", port.device());
        if (port.trunking() instanceof Trunking.Subport(UUID parent, int vlan)) {
            json.put("parent_port_id", parent);
            json.put("vlan", vlan);
        }
        json.put("state", port.state());
        json.put("detail", port.detail());
        port.counters().ifPresent(counters -> {
            json.put("sent_packets", counters.sentPackets());
            json.put("sent_bytes", counters.sentBytes());
            json.put("received_packets", counters.receivedPackets());
            json.put("received_bytes", counters.receivedBytes());
            json.put("drops", counters.drops());
        });
        return json;
    }

    private static Map<String, Object> json(Ports.Rules rules) {
        Map<String, Object> json = json(rules.port());
        json.put("security_groups", rules.groups());
        json.put("rule_set", rules.ruleSet());
        json.put("peer_scope", rules.scope());
        json.put("rule_hits", rules.hits());
        return json;
    }

    private List<Map<String, Object>> drops() {
        List<Map<String, Object>> rows = new ArrayList<>();
        await(ports.unattributed())
                .drops()
                .forEach((reason, packets) -> rows.add(drop(Optional.empty(), reason, packets)));
        for (Ports.Port port : await(ports.all())) {
            port.counters()
                    .ifPresent(counters ->
                            counters.drops().forEach((reason, packets) -> rows.add(drop(port.id(), reason, packets))));
        }
        return rows;
    }

    /** What no rule allowed is the business of all groups of the port: each of them might have. */
    private Map<String, Object> drop(UUID port, DropReason reason, long packets) {
        Map<String, Object> row = drop(Optional.of(port), reason, packets);
        if (reason == DropReason.POLICY_EGRESS || reason == DropReason.POLICY_INGRESS) {
            await(ports.rules(port))
                    .flatMap(Ports.Rules::groups)
                    .ifPresent(groups -> row.put("security_groups", groups));
        }
        return row;
    }

    private static Map<String, Object> drop(Optional<UUID> port, DropReason reason, long packets) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("port_id", port);
        row.put("reason", reason);
        row.put("packets", packets);
        row.put("meaning", reason.meaning());
        return row;
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(10, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AttachException(Reason.TIMEOUT, "the agent is busy");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AttachException(Reason.TIMEOUT, "the agent stops");
        }
    }
}
