package io.weft.server.inspection;

import io.weft.domain.replica.Replica;
import io.weft.model.Port;
import io.weft.model.World;
import io.weft.rest.Caller;
import io.weft.rest.RestError;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** What becomes of packets on their way over the nodes: who may ask, how many at once, and what each may see of it. */
public final class Traces {
    private static final System.Logger LOGGER = System.getLogger(Traces.class.getName());
    static final String FROM_EXTERNAL = "from_external";
    private static final int AT_ONCE = 8;
    private static final int LIVE_AT_ONCE = 4;
    private static final int USUAL_SECONDS = 10;
    private static final int MOST_SECONDS = 60;
    private static final int USUAL_PACKETS = 4;
    private static final int MOST_PACKETS = 16;

    private final Walk walk;
    private final Replica replica;
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final Semaphore livePlaces = new Semaphore(LIVE_AT_ONCE);

    /**
     * @param questions the channels to the nodes
     * @param replica tells where ports are and whose things are
     */
    public Traces(SharedQuestions questions, Replica replica) {
        this.walk = new Walk(questions);
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
        List<String> hosts = words.containsKey(FROM_EXTERNAL)
                ? Entrances.hosts(world, caller, words)
                : List.of(host(world, caller, words));
        return inPlace(places, caller, words, "trace", () -> {
            List<ObjectNode> steps = new ArrayList<>();
            ObjectNode outcome = words.containsKey(FROM_EXTERNAL)
                    ? walk.enter(hosts, Entrances.words(words), steps)
                    : walk.walk(hosts.getFirst(), words, steps, _ -> {});
            Map<String, Object> answer = new LinkedHashMap<>();
            Optional<TenantView> view = view(world, caller);
            answer.put("steps", view.map(tenant -> tenant.steps(steps)).orElse(steps));
            answer.put("outcome", view.map(tenant -> tenant.outcome(outcome)).orElse(outcome));
            return answer;
        });
    }

    /**
     * Watches packets that a port sends, and what is decided about them.
     *
     * @param words as {@code docs/trace.md} has them for a live trace
     * @return {@code packets}, each with {@code at}, {@code packet}, {@code steps} and {@code outcome}
     */
    public Map<String, Object> live(Caller caller, Map<String, String> words) {
        World world = replica.refresh().world();
        String host = host(world, caller, words);
        Duration time = Duration.ofSeconds(number(words, "seconds", USUAL_SECONDS, MOST_SECONDS));
        number(words, "packets", USUAL_PACKETS, MOST_PACKETS);
        return inPlace(livePlaces, caller, words, "live trace", () -> {
            List<ObjectNode> packets = new LiveWalk(walk, words, time).packets(host);
            view(world, caller)
                    .ifPresent(tenant -> packets.forEach(packet -> {
                        List<ObjectNode> steps = new ArrayList<>();
                        packet.path("steps").forEach(step -> steps.add((ObjectNode) step));
                        packet.putArray("steps").addAll(tenant.steps(steps));
                        packet.set("outcome", tenant.outcome((ObjectNode) packet.path("outcome")));
                    }));
            return Map.of("packets", packets);
        });
    }

    private static Optional<TenantView> view(World world, Caller caller) {
        return caller.admin() ? Optional.empty() : Optional.of(new TenantView(world, caller));
    }

    /** The host of the port that is asked about. */
    private static String host(World world, Caller caller, Map<String, String> words) {
        Port port = port(world, words.getOrDefault("port_id", ""), caller);
        String host = port.binding().host();
        if (host.isEmpty()) {
            throw RestError.BAD_REQUEST.with("port_id: port " + port.id() + " is not bound to a host");
        }
        return host;
    }

    private static Map<String, Object> inPlace(
            Semaphore places,
            Caller caller,
            Map<String, String> words,
            String what,
            Supplier<Map<String, Object>> work) {
        if (!places.tryAcquire()) {
            throw RestError.UNAVAILABLE.with("too many traces at once");
        }
        try {
            LOGGER.log(
                    Level.INFO,
                    what,
                    Map.entry("user", caller.user()),
                    Map.entry("project", caller.project()),
                    Map.entry("port", words.getOrDefault("port_id", "")),
                    Map.entry("destination", words.getOrDefault("destination", "")));
            return work.get();
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

    private static int number(Map<String, String> words, String name, int usual, int most) {
        String text = words.getOrDefault(name, Integer.toString(usual));
        try {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw RestError.BAD_REQUEST.with(name + ": '" + text + "' is no number from 1 to " + most);
    }
}
