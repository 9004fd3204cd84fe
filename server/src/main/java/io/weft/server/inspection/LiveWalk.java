package io.weft.server.inspection;

import io.weft.rest.ApiException;
import io.weft.rest.RestError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One live trace: a crafted packet tells which nodes a packet is likely to pass; these get ready to watch what arrives, the
 * port's own node to watch what it sends, and then all begin, the sender's last. What they have seen is put together by what each packet is known by. For one thread.
 */
final class LiveWalk {
    /** What is added to the time for which a node watches, for its answer. */
    private static final Duration SLACK = Duration.ofSeconds(10);

    /** A node has to load programs before it watches. */
    private static final Duration BEGINNING = Duration.ofSeconds(15);

    private static final Duration REST = Duration.ofSeconds(20);
    private static final String CRAFTED_PORT = "80";
    /** A packet passes two nodes, three with a gateway; more would be a loop. */
    private static final int NODES = 4;

    private final Walk walk;
    private final Map<String, String> words;
    private final Duration time;
    private final Map<String, Hop> hops = new LinkedHashMap<>();

    /** A node that watches what arrives, and what it has seen; empty when it does not watch. */
    private static final class Hop {
        final String watch;
        final String source;
        final String destination;
        final List<ObjectNode> seen = new ArrayList<>();
        boolean collected;
        /** Whether there may be more that it has not kept. */
        boolean full = true;

        Hop(JsonNode answer) {
            watch = answer.path("watch").asString("");
            source = answer.path("source").asString("");
            destination = answer.path("destination").asString("");
        }

        boolean concerns(JsonNode packet) {
            return source.equals(packet.path("left_source").asString(""))
                    && destination.equals(packet.path("left_destination").asString(""));
        }

        /** The packet with this signature, once. */
        Optional<ObjectNode> find(String signature) {
            Optional<ObjectNode> found = seen.stream()
                    .filter(packet -> packet.path("signature").asString("").equals(signature))
                    .findFirst();
            found.ifPresent(seen::remove);
            return found;
        }
    }

    /**
     * @param walk asks nodes
     * @param words as {@code docs/trace.md} has them for a live trace
     * @param time how long to watch
     */
    LiveWalk(Walk walk, Map<String, String> words, Duration time) {
        this.walk = walk;
        this.words = words;
        this.time = time;
    }

    /** The packets that were seen, with all that was decided about each. */
    List<ObjectNode> packets(String host) {
        try {
            if (words.containsKey("destination")) {
                watchArrivals(host);
            }
            Map<String, String> watch = Map.of("watch", begin(host));
            hops.forEach((name, hop) -> walk.ask(name, question("watch-go", Map.of("watch", hop.watch)), SLACK));
            walk.ask(host, question("watch-go", watch), SLACK);
            JsonNode sent = walk.ask(host, question("watch-end", watch), time.plus(SLACK));
            collectArrivals(sent);
            if (!(sent.path("packets") instanceof ArrayNode all)) {
                throw RestError.UNAVAILABLE.with("the port's node: " + reason(sent));
            }
            List<ObjectNode> packets = new ArrayList<>();
            long end = System.nanoTime() + REST.toNanos();
            for (JsonNode packet : all) {
                if (packet instanceof ObjectNode object) {
                    packets.add(followed(host, object, end));
                }
            }
            return packets;
        } finally {
            // Where something has failed; those that have been collected are no more.
            collectArrivals(Walk.JSON.createObjectNode());
        }
    }

    private String begin(String host) {
        JsonNode begun = walk.ask(host, question("watch", words), BEGINNING);
        String watch = begun.path("watch").asString("");
        if (!watch.isEmpty()) {
            return watch;
        }
        throw (begun.path("error").isString() ? RestError.BAD_REQUEST : RestError.UNAVAILABLE).with(reason(begun));
    }

    private static String reason(JsonNode answer) {
        return answer.path("error").asString(answer.path("silent").asString("its answer is not understood"));
    }

    private static Map<String, String> question(String kind, Map<String, String> words) {
        Map<String, String> question = new HashMap<>(words);
        question.put("question", kind);
        return question;
    }

    /** Has the nodes that a crafted packet passes watch for ones like it. */
    private void watchArrivals(String host) {
        Map<String, String> crafted = new HashMap<>(words);
        crafted.keySet().retainAll(List.of("port_id", "destination", "protocol", "port", "source_port"));
        String protocol = crafted.getOrDefault("protocol", "");
        if (protocol.equals("tcp") || protocol.equals("udp")) {
            crafted.putIfAbsent("port", CRAFTED_PORT);
        }
        List<Walk.Handover> handovers = new ArrayList<>();
        try {
            walk.walk(host, crafted, new ArrayList<>(), handovers::add);
        } catch (ApiException e) {
            // What cannot be crafted may pass all the same; then nodes are asked about it afterwards.
            return;
        }
        for (Walk.Handover handover : handovers) {
            Map<String, String> asked = question("watch-arrivals", handover.words());
            asked.keySet().retainAll(List.of("question", "packet", "encapsulated", "network"));
            asked.put("like", words.containsKey("port") ? "port" : protocol.isEmpty() ? "addresses" : "protocol");
            asked.put("seconds", Long.toString(time.toSeconds()));
            Hop hop = new Hop(walk.ask(handover.host(), asked, BEGINNING));
            if (!hop.watch.isEmpty()) {
                hops.put(handover.host(), hop);
            }
        }
    }

    /** In the order of the way: each node is asked for what those before it have sent. */
    private void collectArrivals(JsonNode sent) {
        List<String> signatures = new ArrayList<>();
        addSignatures(sent, signatures);
        hops.forEach((host, hop) -> {
            if (!hop.collected) {
                hop.collected = true;
                JsonNode answer = walk.ask(
                        host,
                        question(
                                "watch-end",
                                Map.of("watch", hop.watch, "now", "true", "signatures", String.join(",", signatures))),
                        SLACK);
                addSignatures(answer, signatures);
                hop.full = answer.path("full").asBoolean(true);
                for (JsonNode packet : answer.path("packets")) {
                    if (packet instanceof ObjectNode object) {
                        hop.seen.add(object);
                    }
                }
            }
        });
    }

    private static void addSignatures(JsonNode answer, List<String> signatures) {
        for (JsonNode packet : answer.path("packets")) {
            if (packet.path("left_signature").isString()) {
                signatures.add(packet.get("left_signature").asString());
            }
        }
    }

    /** A packet with its steps on all nodes. */
    private ObjectNode followed(String first, ObjectNode packet, long end) {
        ObjectNode told = packet.objectNode();
        told.set("at", packet.path("at"));
        told.set("packet", packet.path("packet"));
        ArrayNode steps = told.putArray("steps");
        String host = first;
        ObjectNode part = packet;
        for (int node = 0; node < NODES; node++) {
            ObjectNode outcome = Walk.take(host, part, steps::add);
            told.set("outcome", outcome);
            String next = outcome.path("host").asString("");
            JsonNode signature = part.path("left_signature");
            if (next.isEmpty() || !signature.isString()) {
                return told;
            }
            Hop hop = hops.get(next);
            if (hop == null || !hop.concerns(part)) {
                if (part.path("handover").isObject()) {
                    replay(next, part.path("handover"), told, end);
                } else {
                    told.set("outcome", Walk.unanswered(next, "the packet is too long to be asked about there"));
                }
                return told;
            }
            Optional<ObjectNode> arrived = hop.find(signature.asString());
            if (arrived.isEmpty()) {
                told.set(
                        "outcome",
                        hop.full
                                ? Walk.unanswered(next, "too many packets like it arrived there at the time")
                                : Walk.unanswered(next, "it was sent there, and has not been seen to arrive")
                                        .put("result", "unseen"));
                return told;
            }
            part = arrived.get();
            host = next;
        }
        return told;
    }

    /** Where nobody watched, the packet is asked about afterwards; connections may have moved on by it. */
    private void replay(String host, JsonNode handover, ObjectNode told, long end) {
        List<ObjectNode> steps = new ArrayList<>();
        ObjectNode outcome = walk.follow(host, Walk.arrival(handover), steps, end, _ -> {});
        steps.forEach(step -> told.withArray("steps").add(step.put("replayed", true)));
        told.set("outcome", outcome);
    }
}
