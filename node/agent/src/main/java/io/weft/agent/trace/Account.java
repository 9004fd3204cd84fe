package io.weft.agent.trace;

import io.weft.model.IpAddress;
import io.weft.vrouter.Decision;
import io.weft.vrouter.Trace;
import io.weft.vrouter.Underlay;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is told of a trace: its steps, how it ended, and what another node is to be asked about. */
final class Account {
    private final Tracing.Node nodes;

    Account(Tracing.Node node) {
        this.nodes = node;
    }

    /** All of it, and for whom it is next, if it goes to another node. */
    Map<String, Object> of(List<Step> steps, Trace trace, IpAddress destination) {
        List<Step> explained = nodes.explain(trace, destination);
        steps.addAll(explained);
        if (!trace.complete()) {
            steps.add(new Step("more", Map.of()));
        }
        Map<String, Object> answer = of(steps, Outcomes.of(trace, explained));
        if (trace.verdict() == Trace.Verdict.FORWARDED
                && !trace.all(Decision.Tunnelled.class).isEmpty()
                && trace.all(Decision.Answered.class).isEmpty()) {
            handover(trace, explained, destination).ifPresent(handover -> answer.put("handover", handover));
        }
        return answer;
    }

    private Optional<Map<String, Object>> handover(Trace trace, List<Step> steps, IpAddress destination) {
        Decision.Tunnelled tunnelled = trace.all(Decision.Tunnelled.class).getLast();
        Optional<Object> node = steps.stream()
                .filter(step -> step.kind().equals("tunnel"))
                .map(step -> step.facts().get("node_address"))
                .reduce((_, last) -> last);
        Optional<Underlay> own = nodes.underlay();
        if (node.isEmpty() || !(node.get() instanceof IpAddress address) || own.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(Tracing.facts(
                "packet",
                Base64.getEncoder().encodeToString(trace.packet()),
                "encapsulated",
                trace.all(Decision.ByDevice.class).isEmpty(),
                "network",
                tunnelled.network(),
                "from",
                address.isIpv4() ? own.get().ipv4() : own.get().ipv6(),
                "destination",
                destination));
    }

    static Map<String, Object> of(List<Step> steps, Map<String, Object> outcome) {
        return Tracing.facts("steps", steps.stream().map(Step::json).toList(), "outcome", outcome);
    }
}
