package io.weft.agent.trace;

import io.weft.kernel.KernelException;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.vrouter.Decision;
import io.weft.vrouter.Trace;
import io.weft.vrouter.Tracer;
import io.weft.vrouter.Underlay;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Answers what would become of a packet on this node. The tracer is loaded by the first question and kept. Any thread may
 * ask; questions wait for one another.
 */
public final class Tracing implements AutoCloseable {
    /** The longest frame that a handover may bring, in base64. */
    private static final int LONGEST_HANDOVER = 4096;

    /** A MAC of nobody's: programs learn nothing from frames that are no questions. */
    private static final MacAddress SOMEBODY_OUTSIDE = new MacAddress(0x020000000001L);

    /** What is asked of the node's own state; each call waits for the thread that owns it. */
    public interface Node {
        /** The guest behind a port; empty when the port has no device here. */
        Optional<Sender> sender(UUID port);

        /** Where frames for an address of an external network come in; empty when another node answers for it. */
        Optional<Entrance> entrance(UUID network, IpAddress address);

        /** What a trace's numbers stand for. */
        List<Step> explain(Trace trace, IpAddress destination);

        /** This node's side of the tunnel. */
        Optional<Underlay> underlay();
    }

    private final Supplier<Tracer> loader;
    private final Node node;
    private final Account account;
    private Optional<Tracer> tracer = Optional.empty();
    private boolean closed;

    /**
     * @param loader loads a tracer
     * @param node the node
     */
    public Tracing(Supplier<Tracer> loader, Node node) {
        this.loader = loader;
        this.node = node;
        this.account = new Account(node);
    }

    /**
     * A packet that a guest of this node sends; {@code docs/trace.md} has the words and the answer.
     *
     * @throws TraceException when a word makes no sense, or the port has no device here
     */
    public synchronized Map<String, Object> begin(Map<String, String> words) {
        Question question = Question.of(words);
        Sender sender = node.sender(question.port())
                .orElseThrow(() -> new TraceException("port_id: port " + question.port() + " has no device here"));
        IpAddress destination = question.destination();
        IpAddress source = question.source()
                .or(() -> sender.source(destination))
                .orElseThrow(() -> new TraceException("source: the port has no address of the destination's family"));
        List<Step> steps = new ArrayList<>();
        Optional<IpAddress> next = sender.nextHop(destination);
        if (next.isEmpty()) {
            return Account.of(steps, outcome("unreachable", Map.of("detail", "the guest is told of no router")));
        }
        Trace asked = run(t -> t.fromWorkload(
                sender.ifindex(),
                sender.sent(
                        Probe.question(sender.mac(), sender.source(next.get()).orElse(source), next.get()))));
        Optional<MacAddress> mac =
                asked.verdict() == Trace.Verdict.FORWARDED ? Probe.answeredMac(asked.packet()) : Optional.empty();
        if (mac.isEmpty()) {
            steps.add(new Step("neighbour", Map.of("address", next.get(), "answered", false)));
            steps.addAll(node.explain(asked, next.get()));
            boolean copied = !asked.all(Decision.Copied.class).isEmpty();
            return Account.of(
                    steps,
                    outcome(
                            "unreachable",
                            Map.of(
                                    "detail",
                                    copied
                                            ? "those who may know are asked, and a trace cannot wait for their answer"
                                            : "nobody answers for the address")));
        }
        steps.add(new Step("neighbour", facts("address", next.get(), "answered", true, "mac_address", mac.get())));
        Probe.Packet packet = new Probe.Packet(
                mac.get(),
                sender.mac(),
                source,
                destination,
                question.protocol(),
                question.sourcePort(),
                question.destinationPort());
        return account.of(steps, run(t -> t.fromWorkload(sender.ifindex(), sender.sent(packet.frame()))), destination);
    }

    /**
     * A packet that comes from an external network; {@code docs/trace.md} has the words, where {@code network_id} is the
     * network. The outcome is {@code elsewhere} when this node does not answer for the address.
     *
     * @throws TraceException when a word makes no sense
     */
    public synchronized Map<String, Object> enter(Map<String, String> words) {
        Map<String, String> asked = new HashMap<>(words);
        UUID network = Question.id(Question.required(words, "network_id"));
        Optional<IpAddress> nextHop =
                Optional.ofNullable(asked.remove("next_hop")).map(text -> Question.address("next_hop", text));
        asked.remove("network_id");
        // It has the words of a packet that a port sends, but for the port.
        asked.put("port_id", network.toString());
        Question.required(asked, "source");
        Question question = Question.of(asked);
        Optional<Entrance> entrance = node.entrance(network, nextHop.orElse(question.destination()));
        if (entrance.isEmpty()) {
            return Account.of(List.of(), outcome("elsewhere", Map.of()));
        }
        Probe.Packet packet = new Probe.Packet(
                entrance.get().mac(),
                SOMEBODY_OUTSIDE,
                question.source().orElseThrow(),
                question.destination(),
                question.protocol(),
                question.sourcePort(),
                question.destinationPort());
        return account.of(
                new ArrayList<>(),
                run(t -> t.fromExternal(entrance.get().ifindex(), packet.frame())),
                question.destination());
    }

    /**
     * A packet that another node sends to this one, as its answer handed it over.
     *
     * @throws TraceException when a word makes no sense
     */
    public synchronized Map<String, Object> arrive(Map<String, String> words) {
        byte[] packet = packet(words.getOrDefault("packet", ""));
        IpAddress from = Question.address("from", words.getOrDefault("from", ""));
        IpAddress destination = Question.address("destination", words.getOrDefault("destination", ""));
        int network = Question.number("network", words.getOrDefault("network", ""), 0xffffff);
        Underlay own = node.underlay().orElseThrow(() -> new TraceException("this node has no tunnel yet"));
        byte[] frame = packet;
        if (Boolean.parseBoolean(words.get("encapsulated"))) {
            if (packet.length < 90) {
                throw new TraceException("packet: too short for a tunnel's header");
            }
            Trace taken = run(t -> t.fromUplink(own.uplink(), packet));
            if (taken.verdict() != Trace.Verdict.PASSED) {
                return account.of(new ArrayList<>(), taken, destination);
            }
            frame = Probe.inner(packet);
        }
        byte[] left = frame;
        return account.of(
                new ArrayList<>(), run(t -> t.fromTunnelDevice(own.tunnelDevice(), network, from, left)), destination);
    }

    static byte[] packet(String text) {
        try {
            byte[] packet = text.length() > LONGEST_HANDOVER
                    ? new byte[0]
                    : Base64.getDecoder().decode(text);
            if (packet.length >= 60) {
                return packet;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new TraceException("packet: not a frame in base64");
    }

    private interface Run {
        Trace with(Tracer tracer);
    }

    private Trace run(Run run) {
        if (closed) {
            throw new TraceException("the agent stops");
        }
        try {
            Tracer loaded = tracer.orElseGet(loader);
            tracer = Optional.of(loaded);
            return run.with(loaded);
        } catch (KernelException e) {
            throw new TraceException("the kernel refused the trace: " + e.getMessage());
        }
    }

    private static Map<String, Object> outcome(String result, Map<String, Object> more) {
        Map<String, Object> outcome = facts("result", result);
        outcome.putAll(more);
        return outcome;
    }

    /** Names and values in turn, in their order. */
    static Map<String, Object> facts(Object... pairs) {
        Map<String, Object> facts = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            facts.put(String.valueOf(pairs[i]), pairs[i + 1]);
        }
        return facts;
    }

    /** Unloads the tracer. */
    @Override
    public synchronized void close() {
        closed = true;
        tracer.ifPresent(Tracer::close);
        tracer = Optional.empty();
    }
}
