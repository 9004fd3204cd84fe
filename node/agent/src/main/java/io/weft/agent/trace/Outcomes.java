package io.weft.agent.trace;

import io.weft.vrouter.Decision;
import io.weft.vrouter.DropReason;
import io.weft.vrouter.Trace;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a trace ended, in one word and its facts. */
final class Outcomes {
    private Outcomes() {}

    static Map<String, Object> of(Trace trace, List<Step> steps) {
        Map<String, Object> outcome = Tracing.facts("result", result(trace));
        last(steps, "drop").ifPresent(drop -> outcome.putAll(drop.facts()));
        if (trace.verdict() == Trace.Verdict.FORWARDED) {
            last(steps, "delivered").ifPresent(delivered -> outcome.putAll(delivered.facts()));
            last(steps, "tunnel").ifPresent(tunnel -> {
                outcome.put("host", tunnel.facts().getOrDefault("host", ""));
            });
        }
        packet(trace).ifPresent(packet -> outcome.put("packet", packet));
        return outcome;
    }

    private static String result(Trace trace) {
        return switch (trace.verdict()) {
            case PASSED -> "passed";
            case ENDED -> {
                if (!trace.all(Decision.AgentAsked.class).isEmpty()) {
                    yield "responder";
                }
                boolean flooded = trace.all(Decision.Dropped.class).stream()
                        .anyMatch(drop -> drop.reason() == DropReason.FLOODED);
                yield flooded ? "copied" : "dropped";
            }
            case FORWARDED -> {
                if (!trace.all(Decision.Answered.class).isEmpty()) {
                    yield trace.all(Decision.Dropped.class).isEmpty() ? "answered" : "refused";
                }
                if (!trace.all(Decision.Served.class).isEmpty()) {
                    yield "served";
                }
                if (!trace.all(Decision.Tunnelled.class).isEmpty()) {
                    yield "tunnelled";
                }
                if (!trace.all(Decision.Outside.class).isEmpty()) {
                    yield "outside";
                }
                // What goes out in place of a packet that was given up is a question for its next hop.
                yield trace.all(Decision.Delivered.class).isEmpty() ? "dropped" : "delivered";
            }
        };
    }

    private static Optional<Step> last(List<Step> steps, String kind) {
        return steps.stream().filter(step -> step.kind().equals(kind)).reduce((_, step) -> step);
    }

    /** The packet as it left, without the tunnel's header. */
    private static Optional<Map<String, Object>> packet(Trace trace) {
        if (trace.verdict() != Trace.Verdict.FORWARDED) {
            return Optional.empty();
        }
        boolean tunnelled = !trace.all(Decision.Tunnelled.class).isEmpty()
                && trace.all(Decision.ByDevice.class).isEmpty()
                && trace.all(Decision.Answered.class).isEmpty();
        byte[] frame = tunnelled ? Probe.inner(trace.packet()) : trace.packet();
        if (!Probe.isIp(frame)) {
            return Optional.empty();
        }
        return Optional.of(Tracing.facts(
                "source_mac", Probe.sourceMac(frame),
                "destination_mac", Probe.destinationMac(frame),
                "source", Probe.source(frame),
                "destination", Probe.destination(frame),
                "hop_limit", Probe.hopLimit(frame)));
    }
}
