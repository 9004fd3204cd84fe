package io.weft.kubernetes.translate;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.weft.model.InvalidException;
import io.weft.model.IpPrefix;
import io.weft.model.Precedence;
import io.weft.model.RuleAction;
import io.weft.model.Tier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * Reads policies of the cluster: ClusterNetworkPolicy v1alpha2, AdminNetworkPolicy and BaselineAdminNetworkPolicy v1alpha1
 * (https://network-policy-api.sigs.k8s.io/reference/spec/). The three differ in how they say action, tier and ports.
 *
 * <p>A rule that cannot be read fails closed, as the API has it: one that accepts matches nothing, one that denies or passes
 * denies everything.
 */
public final class ClusterPolicies {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Set<String> MEMBERS = Set.of("tier", "priority", "subject", "ingress", "egress");
    private static final int LAST_PRIORITY = 1000;
    /** Before it is what nodes ask of their own pods. */
    private static final int FIRST_PRIORITY = 1;

    private ClusterPolicies() {}

    /**
     * What a policy says.
     *
     * @param faults why rules of it fail closed; empty when none does
     */
    public record Reading(Policy policy, List<String> faults) {
        public Reading {
            faults = List.copyOf(faults);
        }
    }

    /**
     * Reads a policy.
     *
     * @throws RefusedException when nobody can tell for which pods it is, or when it comes
     */
    public static Reading read(PolicyKind kind, GenericKubernetesResource resource) {
        Object written = resource.getAdditionalProperties().get("spec");
        JsonNode json = written == null ? MissingNode.getInstance() : JSON.valueToTree(written);
        Field spec = new Field("", json);
        if (!json.isObject()) {
            throw new RefusedException("spec: must be an object");
        }
        Precedence precedence = precedence(kind, spec);
        PeerSet subject = pods(spec.member("subject").single());
        List<Policy.Rule> rules = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        spec.members().stream()
                .filter(name -> !MEMBERS.contains(name))
                .forEach(name -> faults.add(name + ": is not known; it has no effect"));
        for (Direction direction : Direction.values()) {
            rules(precedence.tier(), direction, spec.member(direction.text()), rules, faults);
        }
        Policy policy = new Policy(
                kind,
                Optional.empty(),
                resource.getMetadata().getName(),
                resource.getMetadata().getUid(),
                subject,
                precedence,
                Set.of(),
                rules);
        return new Reading(policy, faults);
    }

    private static Precedence precedence(PolicyKind kind, Field spec) {
        return switch (kind) {
            case CLUSTER_NETWORK_POLICY -> {
                Field tier = spec.member("tier");
                yield new Precedence(
                        switch (tier.text()) {
                            case "Admin" -> Tier.ADMIN;
                            case "Baseline" -> Tier.BASELINE;
                            default -> throw tier.refused("must be Admin or Baseline");
                        },
                        priority(spec));
            }
            case ADMIN_NETWORK_POLICY -> new Precedence(Tier.ADMIN, priority(spec));
            // There is one. Should there be others of the tier, they come before it.
            case BASELINE_ADMIN_NETWORK_POLICY -> new Precedence(Tier.BASELINE, FIRST_PRIORITY + LAST_PRIORITY + 1);
            case NETWORK_POLICY -> throw new IllegalArgumentException("a NetworkPolicy is of no tier");
        };
    }

    private static int priority(Field spec) {
        return FIRST_PRIORITY + spec.member("priority").number(0, LAST_PRIORITY);
    }

    private static void rules(
            Tier tier, Direction direction, Field list, List<Policy.Rule> rules, List<String> faults) {
        List<Field> written;
        try {
            written = list.elements();
        } catch (RefusedException e) {
            faults.add(e.getMessage() + "; everything is denied");
            rules.add(denial(direction, 0));
            return;
        }
        for (int i = 0; i < written.size(); i++) {
            Optional<RuleAction> action = Optional.empty();
            try {
                action = Optional.of(action(written.get(i).member("action")));
                rules.add(rule(tier, direction, i, action.get(), written.get(i)));
            } catch (RefusedException e) {
                boolean allows = action.equals(Optional.of(RuleAction.ALLOW));
                faults.add(e.getMessage() + "; the rule " + (allows ? "accepts nothing" : "denies everything"));
                if (!allows) {
                    rules.add(denial(direction, i));
                }
            }
        }
    }

    private static RuleAction action(Field action) {
        return switch (action.text()) {
            case "Accept", "Allow" -> RuleAction.ALLOW;
            case "Deny" -> RuleAction.DENY;
            case "Pass" -> RuleAction.PASS;
            default -> throw action.refused("must be Accept, Deny or Pass");
        };
    }

    private static Policy.Rule denial(Direction direction, int index) {
        return new Policy.Rule(RuleAction.DENY, position(index, RuleAction.DENY), direction, List.of(), List.of());
    }

    /** Another one for each action, so that a rule may take the place of one of another action. */
    private static int position(int index, RuleAction action) {
        return index * RuleAction.values().length
                + Arrays.asList(RuleAction.values()).indexOf(action);
    }

    private static Policy.Rule rule(Tier tier, Direction direction, int index, RuleAction written, Field rule) {
        boolean in = direction == Direction.INGRESS;
        rule.requireOnly("name", "action", in ? "from" : "to", "protocols", "ports");
        List<Policy.Peer> peers = new ArrayList<>();
        for (Field peer : rule.member(in ? "from" : "to").someElements()) {
            peers.add(peer(direction, peer.single()));
        }
        List<Policy.Ports> ports = new ArrayList<>();
        for (Field protocol : list(rule.member("protocols"))) {
            protocol(protocol.single()).forEach(ports::add);
        }
        for (Field port : list(rule.member("ports"))) {
            port(port.single()).forEach(ports::add);
        }
        boolean named = ports.stream().anyMatch(Policy.Ports.Named.class::isInstance);
        if (named && peers.stream().anyMatch(peer -> !(peer instanceof Policy.Peer.Pods))) {
            throw rule.refused("the names of ports are those of pods, and mean nothing for networks and nodes");
        }
        // After the last tier comes what holds without policies: pods reach each other.
        RuleAction action = tier == Tier.BASELINE && written == RuleAction.PASS ? RuleAction.ALLOW : written;
        return new Policy.Rule(action, position(index, action), direction, peers, ports);
    }

    /** A list that is there has elements: without them it would mean whatever there is. */
    private static List<Field> list(Field list) {
        return list.isThere() ? list.someElements() : List.of();
    }

    private static Policy.Peer peer(Direction direction, Field peer) {
        return direction == Direction.INGRESS ? new Policy.Peer.Pods(pods(peer)) : receiver(peer);
    }

    private static Policy.Peer receiver(Field peer) {
        return switch (peer.name()) {
            case "nodes" -> new Policy.Peer.Nodes(selector(peer));
            case "networks" ->
                new Policy.Peer.Block(peer.someElements().stream()
                        .map(ClusterPolicies::network)
                        .toList());
            case "domainNames" -> throw peer.refused("not served, as no node knows the addresses of names");
            default -> new Policy.Peer.Pods(pods(peer));
        };
    }

    private static IpPrefix network(Field network) {
        try {
            return IpPrefix.parse(network.text());
        } catch (InvalidException e) {
            throw network.refused(e);
        }
    }

    /** Those of {@code namespaces} or of {@code pods}. */
    private static PeerSet pods(Field which) {
        return switch (which.name()) {
            case "namespaces" -> new PeerSet(new PeerSet.Scope.Matching(selector(which)), Selector.EVERYTHING);
            case "pods" -> {
                which.requireOnly("namespaceSelector", "podSelector");
                Field namespaces = which.member("namespaceSelector");
                yield new PeerSet(
                        new PeerSet.Scope.Matching(namespaces.isThere() ? selector(namespaces) : Selector.EVERYTHING),
                        selector(which.member("podSelector")));
            }
            default -> throw which.refused("is not known");
        };
    }

    private static Selector selector(Field selector) {
        selector.requireOnly("matchLabels", "matchExpressions");
        List<Selector.Requirement> all = new ArrayList<>();
        Field labels = selector.member("matchLabels");
        if (labels.isThere()) {
            for (String key : labels.members()) {
                // A key may have dots: the path is that of all labels.
                String value = new Field(labels.path(), labels.value().path(key)).text();
                all.add(new Selector.Requirement(key, Selector.Operator.IN, List.of(value)));
            }
        }
        for (Field expression : selector.member("matchExpressions").elements()) {
            expression.requireOnly("key", "operator", "values");
            all.add(new Selector.Requirement(
                    expression.member("key").text(),
                    operator(expression.member("operator")),
                    expression.member("values").elements().stream()
                            .map(Field::text)
                            .toList()));
        }
        return new Selector(all);
    }

    private static Selector.Operator operator(Field operator) {
        try {
            return Selector.Operator.named(operator.text());
        } catch (RefusedException e) {
            throw operator.refused(e);
        }
    }

    /** Of ClusterNetworkPolicies. */
    private static Stream<Policy.Ports> protocol(Field protocol) {
        return switch (protocol.name()) {
            case "tcp" -> Stream.of(destination(Protocol.TCP, protocol));
            case "udp" -> Stream.of(destination(Protocol.UDP, protocol));
            case "sctp" -> Stream.of(destination(Protocol.SCTP, protocol));
            case "destinationNamedPort" -> named(protocol);
            default -> throw protocol.refused("is not known");
        };
    }

    private static Policy.Ports destination(Protocol protocol, Field of) {
        of.requireOnly("destinationPort");
        Field port = of.member("destinationPort");
        if (!port.isThere()) {
            return new Policy.Ports.Numbers(protocol, Optional.empty());
        }
        Field one = port.single();
        return switch (one.name()) {
            case "number" -> numbers(protocol, one, one);
            case "range" -> {
                one.requireOnly("start", "end");
                yield numbers(protocol, one.member("start"), one.member("end"));
            }
            default -> throw one.refused("is not known");
        };
    }

    /** Of their forerunners. */
    private static Stream<Policy.Ports> port(Field port) {
        return switch (port.name()) {
            case "portNumber" -> {
                port.requireOnly("protocol", "port");
                yield Stream.of(numbers(protocolOf(port), port.member("port"), port.member("port")));
            }
            case "portRange" -> {
                port.requireOnly("protocol", "start", "end");
                yield Stream.of(numbers(protocolOf(port), port.member("start"), port.member("end")));
            }
            case "namedPort" -> named(port);
            default -> throw port.refused("is not known");
        };
    }

    private static Protocol protocolOf(Field port) {
        Field protocol = port.member("protocol");
        try {
            return Protocol.of(protocol.textIfThere());
        } catch (RefusedException e) {
            throw port.refused(e);
        }
    }

    private static Policy.Ports numbers(Protocol protocol, Field first, Field last) {
        int start = first.number(1, 65_535);
        return new Policy.Ports.Numbers(protocol, Optional.of(new PortRange(start, last.number(start, 65_535))));
    }

    /** A name says nothing of the protocol: the pod's port has one. */
    private static Stream<Policy.Ports> named(Field name) {
        String text = name.text();
        if (text.isEmpty()) {
            throw name.refused("must not be empty");
        }
        return Stream.of(Protocol.values()).map(protocol -> new Policy.Ports.Named(new NamedPort(text, protocol)));
    }
}
