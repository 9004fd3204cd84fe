package io.weft.kubernetes.translate;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.networking.v1.IPBlock;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicySpec;
import io.weft.model.InvalidException;
import io.weft.model.IpPrefix;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads NetworkPolicies. */
public final class Policies {
    private Policies() {}

    /**
     * What a policy says.
     *
     * @throws RefusedException when it says what a real API server would not have let in
     */
    public static Policy read(NetworkPolicy policy) {
        String namespace = policy.getMetadata().getNamespace();
        NetworkPolicySpec spec = Optional.ofNullable(policy.getSpec()).orElseGet(NetworkPolicySpec::new);
        List<Policy.Rule> rules = new ArrayList<>();
        for (NetworkPolicyIngressRule rule : list(spec.getIngress())) {
            rules.add(rule(namespace, Direction.INGRESS, rule.getFrom(), rule.getPorts()));
        }
        for (NetworkPolicyEgressRule rule : list(spec.getEgress())) {
            rules.add(rule(namespace, Direction.EGRESS, rule.getTo(), rule.getPorts()));
        }
        Set<Direction> isolated = isolated(spec);
        return Policy.ofNamespace(
                namespace,
                policy.getMetadata().getName(),
                policy.getMetadata().getUid(),
                selector(spec.getPodSelector()).orElse(Selector.EVERYTHING),
                isolated,
                rules.stream()
                        .filter(rule -> isolated.contains(rule.direction()))
                        .toList());
    }

    /** Nothing can be said of the policy's rules: what it selects is closed. */
    public static Policy closed(NetworkPolicy policy) {
        Selector pods;
        try {
            pods = selector(policy.getSpec().getPodSelector()).orElse(Selector.EVERYTHING);
        } catch (RefusedException e) {
            pods = Selector.EVERYTHING;
        }
        return Policy.ofNamespace(
                policy.getMetadata().getNamespace(),
                policy.getMetadata().getName(),
                policy.getMetadata().getUid(),
                pods,
                EnumSet.allOf(Direction.class),
                List.of());
    }

    private static Set<Direction> isolated(NetworkPolicySpec spec) {
        Set<Direction> directions = EnumSet.noneOf(Direction.class);
        List<String> types = list(spec.getPolicyTypes());
        for (String type : types) {
            switch (type) {
                case "Ingress" -> directions.add(Direction.INGRESS);
                case "Egress" -> directions.add(Direction.EGRESS);
                default -> throw new RefusedException("policyTypes: '" + type + "' is neither Ingress nor Egress");
            }
        }
        if (types.isEmpty()) {
            directions.add(Direction.INGRESS);
            if (!list(spec.getEgress()).isEmpty()) {
                directions.add(Direction.EGRESS);
            }
        }
        return directions;
    }

    private static Policy.Rule rule(
            String namespace, Direction direction, List<NetworkPolicyPeer> peers, List<NetworkPolicyPort> ports) {
        return new Policy.Rule(
                direction,
                list(peers).stream().map(peer -> peer(namespace, peer)).toList(),
                list(ports).stream().map(Policies::ports).toList());
    }

    private static Policy.Peer peer(String namespace, NetworkPolicyPeer peer) {
        if (peer.getIpBlock() != null) {
            return new Policy.Peer.Block(block(peer.getIpBlock()));
        }
        Optional<Selector> namespaces = selector(peer.getNamespaceSelector());
        Optional<Selector> pods = selector(peer.getPodSelector());
        if (namespaces.isEmpty() && pods.isEmpty()) {
            throw new RefusedException("a peer has neither podSelector, namespaceSelector nor ipBlock");
        }
        PeerSet.Scope scope = namespaces
                .<PeerSet.Scope>map(PeerSet.Scope.Matching::new)
                .orElseGet(() -> new PeerSet.Scope.One(namespace));
        return new Policy.Peer.Pods(new PeerSet(scope, pods.orElse(Selector.EVERYTHING)));
    }

    private static List<IpPrefix> block(IPBlock block) {
        try {
            return PrefixDifference.of(
                    IpPrefix.parse(block.getCidr()),
                    list(block.getExcept()).stream().map(IpPrefix::parse).toList());
        } catch (InvalidException e) {
            throw new RefusedException("ipBlock: " + e.getMessage());
        }
    }

    private static Policy.Ports ports(NetworkPolicyPort port) {
        Protocol protocol = Protocol.of(Optional.ofNullable(port.getProtocol()));
        IntOrString which = port.getPort();
        Optional<Integer> end = Optional.ofNullable(port.getEndPort());
        if (which == null || which.getValue() == null) {
            if (end.isPresent()) {
                throw new RefusedException("endPort needs port");
            }
            return new Policy.Ports.Numbers(protocol, Optional.empty());
        }
        if (which.getIntVal() == null) {
            if (end.isPresent()) {
                throw new RefusedException("endPort needs a port by number");
            }
            return new Policy.Ports.Named(new NamedPort(which.getStrVal(), protocol));
        }
        int first = which.getIntVal();
        return new Policy.Ports.Numbers(protocol, Optional.of(new PortRange(first, end.orElse(first))));
    }

    private static Optional<Selector> selector(LabelSelector selector) {
        return Optional.ofNullable(selector).map(Selector::of);
    }

    private static <T> List<T> list(List<T> values) {
        return Optional.ofNullable(values).orElse(List.of());
    }
}
