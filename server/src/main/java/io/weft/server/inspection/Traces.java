package io.weft.server.inspection;

import io.weft.domain.replica.Replica;
import io.weft.model.Port;
import io.weft.model.World;
import io.weft.rest.Caller;
import io.weft.rest.RestError;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Follows a packet from node to node: asks each what it would do, and the next one what becomes of what arrives. */
public final class Traces {
    private static final System.Logger LOGGER = System.getLogger(Traces.class.getName());
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration PATIENCE = Duration.ofSeconds(8);
    /** Clients wait for half a minute. */
    private static final Duration ALL_PATIENCE = Duration.ofSeconds(24);

    private static final int AT_ONCE = 8;
    /** A packet passes two nodes, three with a gateway; more would be a loop. */
    private static final int NODES = 4;

    private final Questions questions;
    private final Replica replica;
    private final Semaphore places = new Semaphore(AT_ONCE);

    /**
     * @param questions the channels to the nodes
     * @param replica tells where ports are and whose things are
     */
    public Traces(Questions questions, Replica replica) {
        this.questions = questions;
        this.replica = replica;
    }

    /**
     * Traces a packet.
     *
     * @param words as {@code docs/trace.md} has them
     * @return {@code steps} and {@code outcome}; for a tenant without what is not its own
     */
    public Map<String, Object> trace(Caller caller, Map<String, String> words) {
        World world = replica.refresh().world();
        Port port = port(world, words.getOrDefault("port_id", ""), caller);
        String host = port.binding().host();
        if (host.isEmpty()) {
            throw RestError.BAD_REQUEST.with("port_id: port " + port.id() + " is not bound to a host");
        }
        if (!places.tryAcquire()) {
            throw RestError.UNAVAILABLE.with("too many traces at once");
        }
        try {
            LOGGER.log(
                    Level.INFO,
                    "trace",
                    Map.entry("user", caller.user()),
                    Map.entry("project", caller.project()),
                    Map.entry("port", port.id()),
                    Map.entry("destination", words.getOrDefault("destination", "")));
            List<ObjectNode> steps = new ArrayList<>();
            ObjectNode outcome = walk(host, words, steps);
            Map<String, Object> answer = new LinkedHashMap<>();
            if (!caller.admin()) {
                TenantView view = new TenantView(world, caller);
                answer.put("steps", view.steps(steps));
                answer.put("outcome", view.outcome(outcome));
            } else {
                answer.put("steps", steps);
                answer.put("outcome", outcome);
            }
            return answer;
        } finally {
            places.release();
        }
    }

    private static Port port(World world, String id, Caller caller) {
        try {
            return world.port(UUID.fromString(id))
                    .filter(port -> caller.owns(port.meta().project()))
                    .orElseThrow(() -> RestError.NOT_FOUND.with("There is no port " + id + "."));
        } catch (IllegalArgumentException e) {
            throw RestError.BAD_REQUEST.with("port_id: '" + id + "' is no id");
        }
    }

    /** Collects the steps of all nodes; gives how it ended on the last. */
    private ObjectNode walk(String first, Map<String, String> words, List<ObjectNode> steps) {
        Map<String, String> question = new HashMap<>(words);
        question.put("question", "trace");
        String host = first;
        long end = System.nanoTime() + ALL_PATIENCE.toNanos();
        for (int node = 0; node < NODES; node++) {
            Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
            Questions.Reply reply = questions.ask(host, question, left.compareTo(PATIENCE) < 0 ? left : PATIENCE);
            if (reply instanceof Questions.Silent silent) {
                return unanswered(host, silent.why());
            }
            JsonNode answer =
                    reply instanceof Questions.Answered answered ? read(answered.body()) : JSON.createObjectNode();
            if (answer.path("error").isString()) {
                if (node == 0) {
                    throw RestError.BAD_REQUEST.with(answer.get("error").asString());
                }
                return unanswered(host, answer.get("error").asString());
            }
            if (!(answer.path("outcome") instanceof ObjectNode outcome)
                    || !(answer.path("steps") instanceof ArrayNode all)) {
                return unanswered(host, "its answer is not understood");
            }
            for (JsonNode step : all) {
                if (step instanceof ObjectNode object) {
                    object.put("node", host);
                    steps.add(object);
                }
            }
            outcome.put("node", host);
            JsonNode handover = answer.path("handover");
            String next = outcome.path("host").asString("");
            if (!handover.isObject() || next.isEmpty()) {
                return outcome;
            }
            question = new HashMap<>();
            for (Map.Entry<String, JsonNode> word : handover.properties()) {
                question.put(word.getKey(), word.getValue().asString());
            }
            question.put("question", "arrival");
            host = next;
        }
        return unanswered(host, "it has passed " + NODES + " nodes");
    }

    private static JsonNode read(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            return JSON.createObjectNode();
        }
    }

    private static ObjectNode unanswered(String host, String why) {
        return JSON.createObjectNode()
                .put("result", "unanswered")
                .put("node", host)
                .put("detail", why);
    }
}
