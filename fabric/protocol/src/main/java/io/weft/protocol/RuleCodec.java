package io.weft.protocol;

import io.weft.model.Direction;
import io.weft.model.IpFamily;
import io.weft.model.Precedence;
import io.weft.model.RuleAction;
import io.weft.model.Tier;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/**
 * Security groups and their rules as JSON. What matches anything says so: what another build says and this one does not know must
 * not be read as a rule that allows more. So a rule that does not allow has its direction under the name of what it does, where
 * builds that only know rules that allow find none, and refuse it.
 */
final class RuleCodec {
    private RuleCodec() {}

    static void write(JsonGenerator out, SecurityGroupFact group) {
        FactCodec.id(out, "groupId", group.groupId());
        out.writeBooleanProperty("stateful", group.stateful());
        if (!group.precedence().equals(Precedence.NORMAL)) {
            out.writeStringProperty("tier", group.precedence().tier().text());
            out.writeNumberProperty("priority", group.precedence().priority());
        }
    }

    static SecurityGroupFact readGroup(JsonObject in) throws IOException {
        return new SecurityGroupFact(
                in.id("groupId"),
                in.flag("stateful"),
                in.has("tier")
                        ? new Precedence(Tier.parse(in.text("tier")), in.number("priority", 0, Precedence.LAST))
                        : Precedence.NORMAL);
    }

    static void write(JsonGenerator out, RuleFact rule) {
        FactCodec.id(out, "ruleId", rule.ruleId());
        FactCodec.id(out, "groupId", rule.groupId());
        out.writeStringProperty(directionOf(rule.action()), rule.direction().text());
        if (rule.position() != 0) {
            out.writeNumberProperty("position", rule.position());
        }
        out.writeNumberProperty("family", rule.family().version());
        rule.protocol().ifPresent(number -> out.writeNumberProperty("protocol", number));
        out.writeName("ports").writeStartObject();
        switch (rule.ports()) {
            case PortMatch.Any any -> out.writeBooleanProperty("any", true);
            case PortMatch.Range range -> {
                out.writeNumberProperty("first", range.first());
                out.writeNumberProperty("last", range.last());
            }
            case PortMatch.Icmp icmp -> {
                out.writeNumberProperty("icmpType", icmp.type());
                icmp.code().ifPresent(code -> out.writeNumberProperty("icmpCode", code));
            }
        }
        out.writeEndObject();
        out.writeName("remote").writeStartObject();
        switch (rule.remote()) {
            case Remote.Anyone anyone -> out.writeBooleanProperty("any", true);
            case Remote.Prefix prefix ->
                out.writeStringProperty("prefix", prefix.prefix().toString());
            case Remote.Members members -> FactCodec.id(out, "members", members.id());
        }
        out.writeEndObject();
    }

    private static String directionOf(RuleAction action) {
        return action == RuleAction.ALLOW ? "direction" : action.text();
    }

    static RuleFact read(JsonObject in) throws IOException {
        RuleAction action = Stream.of(RuleAction.DENY, RuleAction.PASS)
                .filter(one -> in.has(directionOf(one)))
                .findFirst()
                .orElse(RuleAction.ALLOW);
        return new RuleFact(
                in.id("ruleId"),
                in.id("groupId"),
                Direction.parse(in.text(directionOf(action))),
                IpFamily.ofVersion(in.number("family", 0, 255)),
                optionalNumber(in, "protocol"),
                ports(in.object("ports")),
                remote(in.object("remote")),
                action,
                in.has("position") ? in.number("position", 0, Precedence.LAST) : 0);
    }

    private static PortMatch ports(JsonObject in) throws ProtocolException {
        if (in.has("first")) {
            return new PortMatch.Range(in.number("first", 0, 65535), in.number("last", 0, 65535));
        }
        if (in.has("icmpType")) {
            return new PortMatch.Icmp(in.number("icmpType", 0, 255), optionalNumber(in, "icmpCode"));
        }
        return any(in, new PortMatch.Any());
    }

    private static Remote remote(JsonObject in) throws ProtocolException {
        if (in.has("prefix")) {
            return new Remote.Prefix(in.prefix("prefix"));
        }
        if (in.has("members")) {
            return new Remote.Members(in.id("members"));
        }
        return any(in, new Remote.Anyone());
    }

    private static <T> T any(JsonObject in, T any) throws ProtocolException {
        if (in.flag("any")) {
            return any;
        }
        throw new ProtocolException("the rule means nothing that is known");
    }

    private static Optional<Integer> optionalNumber(JsonObject in, String name) throws ProtocolException {
        return in.has(name) ? Optional.of(in.number(name, 0, 255)) : Optional.empty();
    }
}
