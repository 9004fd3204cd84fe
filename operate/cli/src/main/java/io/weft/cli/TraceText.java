package io.weft.cli;

import tools.jackson.databind.JsonNode;

/** A trace for people: a line a decision. */
final class TraceText {
    private TraceText() {}

    /** A decision, after the node that made it where the answer names it. */
    static String step(JsonNode step) {
        String node = text(step, "node");
        String when = step.path("replayed").asBoolean(false) ? ", asked afterwards" : "";
        return "%s%-11s %s%s".formatted(node.isEmpty() ? "" : node + "  ", text(step, "step"), said(step), when);
    }

    /** A packet that passed, before what was decided about it. */
    static String packet(JsonNode packet) {
        JsonNode said = packet.path("packet");
        String what = said.has("source")
                ? text(said, "source") + port(said, "source_port") + " to " + text(said, "destination")
                        + port(said, "port") + ", protocol " + text(said, "protocol")
                : text(said, "source_mac") + " to " + text(said, "destination_mac") + ", type "
                        + text(said, "ethertype");
        return "-- %s  %s, %s bytes".formatted(text(packet, "at"), what, text(said, "length"));
    }

    private static String port(JsonNode said, String name) {
        return said.has(name) ? " " + text(said, name) : "";
    }

    private static String said(JsonNode step) {
        return switch (text(step, "step")) {
            case "neighbour" ->
                step.path("answered").asBoolean(false)
                        ? text(step, "address") + " is at " + text(step, "mac_address")
                        : "nobody answers for " + text(step, "address");
            case "port" ->
                id(step, "port", "port_id")
                        + id(step, ", network", "network_id")
                        + (step.path("admin_up").asBoolean(true) ? "" : ", administratively down");
            case "source" -> step.path("checked").asBoolean(true) ? "is the port's own" : "is not checked";
            case "connection" ->
                text(step, "local") + " " + text(step, "local_port") + " with " + text(step, "remote") + " "
                        + text(step, "remote_port") + ": "
                        + (text(step, "state").equals("none") ? "new" : text(step, "state"))
                        + (step.path("expired").asBoolean(false) ? ", expired" : "")
                        + id(step, ", port", "port_id");
            case "rule" -> rule(step);
            case "route" -> route(step);
            case "next-hop" -> text(step, "address") + " is at " + text(step, "mac_address") + place(step);
            case "place" -> text(step, "place") + place(step);
            case "delivered" -> id(step, "to port", "port_id");
            case "tunnel" -> "to host " + named(step, "host") + id(step, ", network", "network_id");
            case "tunnel-device" -> "the VXLAN device writes the header";
            case "arrived" -> "from host " + named(step, "host") + id(step, ", network", "network_id");
            case "outside" -> "into the external network" + id(step, "", "network_id");
            case "service" -> "to the node's own services";
            case "answer" -> "the data path answers the sender itself";
            case "copy" -> "to a member of the network" + place(step);
            case "responder" -> "the agent answers: " + text(step, "question");
            case "drop" -> text(step, "reason") + id(step, ", counted at port", "port_id");
            case "translation" ->
                text(step, "from") + " " + text(step, "from_port") + " becomes " + text(step, "to") + " "
                        + text(step, "to_port");
            case "entered" -> "from the external network" + id(step, "", "network_id");
            case "sharing" ->
                text(step, "local") + " " + text(step, "local_port") + " with " + text(step, "remote") + " "
                        + text(step, "remote_port") + ", " + text(step, "direction") + ": "
                        + (step.path("found").asBoolean(false)
                                ? "translated already"
                                        + (text(step, "state").equals("none") ? "" : ", " + text(step, "state"))
                                : "not translated yet");
            case "balanced" ->
                text(step, "address") + " port " + text(step, "service_port")
                        + id(step, ", floating IP", "floating_ip_id")
                        + id(step, ", service", "service_id")
                        + id(step, ", pool", "pool_id")
                        + switch (text(step, "choice")) {
                            case "connection" -> ": the connection has its member";
                            case "affinity" -> ": the client's address has its member";
                            case "slot" -> ": a member is chosen";
                            case "refused" -> ": the sender may not call";
                            default -> ": there is no member";
                        };
            case "held" -> "held back by the port's shaper";
            case "more" -> "there are further decisions";
            default -> "not known to this build: " + step;
        };
    }

    private static String rule(JsonNode step) {
        String which = step.has("rule_id")
                ? id(step, "by rule", "rule_id") + id(step, " of security group", "security_group_id")
                : "no rule covers it";
        return text(step, "direction") + " " + (step.path("allowed").asBoolean(false) ? "allowed" : "denied") + ": "
                + which + id(step, ", port", "port_id");
    }

    private static String route(JsonNode step) {
        return switch (text(step, "kind")) {
            case "none" -> id(step, "router", "router_id") + " has none";
            case "blackhole" -> id(step, "router", "router_id") + " drops " + text(step, "prefix");
            case "external" -> id(step, "router", "router_id") + " leads out by its gateway";
            case "group" -> id(step, "router", "router_id") + ", " + text(step, "prefix") + " by one of several paths";
            default ->
                id(step, "router", "router_id") + ", " + text(step, "prefix")
                        + (step.has("next_hop") ? " by " + text(step, "next_hop") : " is connected")
                        + id(step, ", network", "network_id");
        };
    }

    private static String place(JsonNode step) {
        return id(step, ", port", "port_id") + id(step, ", router", "router_id") + id(step, ", host", "host");
    }

    /** How it ended. */
    static String outcome(JsonNode outcome) {
        String detail = text(outcome, "detail").isEmpty() ? "" : ": " + text(outcome, "detail");
        String said = switch (text(outcome, "result")) {
            case "delivered" -> "delivered" + id(outcome, " to port", "port_id");
            case "dropped" -> "dropped" + (outcome.has("reason") ? ": " + text(outcome, "reason") : detail);
            case "refused" -> "dropped, and the sender is told: " + text(outcome, "reason");
            case "answered" -> "answered by the data path itself";
            case "outside" -> "sent into the external network";
            case "served" -> "handed to the node's own services";
            case "responder" -> "answered by the agent";
            case "copied" -> "copied to members of the network";
            case "tunnelled" -> "goes on at host " + named(outcome, "host");
            case "unreachable" -> "not sent" + detail;
            case "passed" -> "left to the host itself";
            case "elsewhere" -> "no node answers for the address now";
            case "unanswered", "unseen" ->
                "not known: "
                        + (outcome.has("node") ? "host " + text(outcome, "node") + detail : text(outcome, "detail"));
            default -> text(outcome, "result") + detail;
        };
        return "=> " + said;
    }

    private static String named(JsonNode step, String name) {
        return text(step, name).isEmpty() ? "unknown" : text(step, name);
    }

    private static String id(JsonNode step, String what, String name) {
        return step.has(name) ? what + " " + text(step, name) : "";
    }

    private static String text(JsonNode step, String name) {
        return step.path(name).asString("");
    }
}
