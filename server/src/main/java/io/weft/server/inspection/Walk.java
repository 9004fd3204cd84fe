package io.weft.server.inspection;

import io.weft.rest.RestError;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** From node to node: each is asked what it would do with a packet, and the next one what becomes of what arrives. */
final class Walk {
    static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration PATIENCE = Duration.ofSeconds(8);
    /** Clients wait for half a minute. */
    private static final Duration ALL_PATIENCE = Duration.ofSeconds(24);

    /** A packet passes two nodes, three with a gateway; more would be a loop. */
    private static final int NODES = 4;

    /** Questions with the words of whoever asks: what is wrong with them is theirs to know. */
    private static final Set<String> BEGINNINGS = Set.of("trace", "enter");

    private final Asking questions;

    /** Asks a node. */
    interface Asking {
        Questions.Reply ask(String host, Map<String, String> words, Duration limit);
    }

    /** A packet on its way to a node, as the one before has it. */
    record Handover(String host, Map<String, String> words) {}

    Walk(Asking questions) {
        this.questions = questions;
    }

    /** The answer of a node; {@code silent} says why there is none. */
    JsonNode ask(String host, Map<String, String> words, Duration limit) {
        return switch (questions.ask(host, words, limit)) {
            case Questions.Silent silent -> JSON.createObjectNode().put("silent", silent.why());
            case Questions.Answered answered -> read(answered.body());
        };
    }

    private static JsonNode read(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            return JSON.createObjectNode();
        }
    }

    /** Collects the steps of all nodes for a packet that a guest of the first one sends; gives how it ended on the last. */
    ObjectNode walk(String host, Map<String, String> words, List<ObjectNode> steps, Consumer<Handover> handovers) {
        Map<String, String> question = new HashMap<>(words);
        question.put("question", "trace");
        return follow(host, question, steps, System.nanoTime() + ALL_PATIENCE.toNanos(), handovers);
    }

    /**
     * The same for a packet that comes from an external network, to the first of these nodes that answers for its address.
     *
     * @param words {@code network_id} and what the packet is
     */
    ObjectNode enter(List<String> hosts, Map<String, String> words, List<ObjectNode> steps) {
        Map<String, String> question = new HashMap<>(words);
        question.put("question", "enter");
        long end = System.nanoTime() + ALL_PATIENCE.toNanos();
        ObjectNode outcome = JSON.createObjectNode().put("result", "elsewhere");
        for (String host : hosts) {
            outcome = follow(host, question, steps, end, _ -> {});
            if (!outcome.path("result").asString("").equals("elsewhere")) {
                break;
            }
        }
        return outcome;
    }

    /**
     * The same from any node on.
     *
     * @param end until when nodes are asked, by {@link System#nanoTime}
     * @param handovers hears of each way to a further node
     */
    ObjectNode follow(
            String first,
            Map<String, String> firstQuestion,
            List<ObjectNode> steps,
            long end,
            Consumer<Handover> handovers) {
        Map<String, String> question = firstQuestion;
        String host = first;
        for (int node = 0; node < NODES; node++) {
            Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
            JsonNode answer = ask(host, question, left.compareTo(PATIENCE) < 0 ? left : PATIENCE);
            if (answer.path("silent").isString()) {
                return unanswered(host, answer.get("silent").asString());
            }
            if (answer.path("error").isString()) {
                if (BEGINNINGS.contains(question.getOrDefault("question", ""))) {
                    throw RestError.BAD_REQUEST.with(answer.get("error").asString());
                }
                return unanswered(host, answer.get("error").asString());
            }
            ObjectNode outcome = take(host, answer, steps::add);
            JsonNode handover = answer.path("handover");
            String next = outcome.path("host").asString("");
            if (!handover.isObject() || next.isEmpty()) {
                return outcome;
            }
            question = arrival(handover);
            handovers.accept(new Handover(next, question));
            host = next;
        }
        return unanswered(host, "it has passed " + NODES + " nodes");
    }

    /** The question to whom a packet was handed over. */
    static Map<String, String> arrival(JsonNode handover) {
        Map<String, String> question = new HashMap<>();
        for (Map.Entry<String, JsonNode> word : handover.properties()) {
            question.put(word.getKey(), word.getValue().asString());
        }
        question.put("question", "arrival");
        return question;
    }

    /** Passes the steps of an answer on, with the node's name; gives the outcome with it. */
    static ObjectNode take(String host, JsonNode answer, Consumer<ObjectNode> steps) {
        if (!(answer.path("outcome") instanceof ObjectNode outcome)
                || !(answer.path("steps") instanceof ArrayNode all)) {
            return unanswered(host, "its answer is not understood");
        }
        for (JsonNode step : all) {
            if (step instanceof ObjectNode object) {
                steps.accept(object.put("node", host));
            }
        }
        return outcome.put("node", host);
    }

    static ObjectNode unanswered(String host, String why) {
        return JSON.createObjectNode()
                .put("result", "unanswered")
                .put("node", host)
                .put("detail", why);
    }
}
