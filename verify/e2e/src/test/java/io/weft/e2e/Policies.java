package io.weft.e2e;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.weft.e2e.Together.Member;
import io.weft.kubernetes.desired.DesiredState;
import io.weft.kubernetes.translate.GroupSpec;
import io.weft.kubernetes.translate.Namespace;
import io.weft.kubernetes.translate.Pod;
import io.weft.model.IpFamily;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * NetworkPolicies over workloads that are no pods, all of them: the groups and the memberships are those that the controller of
 * Kubernetes works out for pods with the same labels written through the API.
 */
final class Policies {
    private static final Map<String, Map<String, String>> NAMESPACES =
            Map.of("x", Map.of("ns", "x"), "y", Map.of("ns", "y"));

    private final DesiredState desired;
    private final Map<String, String> groups;
    private final PolicyTruth truth;
    private final int turn;

    private Policies(DesiredState desired, Map<String, String> groups, PolicyTruth truth, int turn) {
        this.desired = desired;
        this.groups = groups;
        this.truth = truth;
        this.turn = turn;
    }

    /** @param policies a namespace and a specification each */
    static List<NetworkPolicy> parse(String... policies) {
        List<NetworkPolicy> parsed = new ArrayList<>();
        for (int i = 0; i < policies.length; i += 2) {
            parsed.add(Serialization.unmarshal("""
                    apiVersion: networking.k8s.io/v1
                    kind: NetworkPolicy
                    metadata: {namespace: %s, name: p%s, uid: u%s}
                    spec: %s
                    """.formatted(policies[i], i, i, policies[i + 1]), NetworkPolicy.class));
        }
        return parsed;
    }

    /** Makes the groups for members with the parts that they have after so many turns. */
    static Policies apply(Api api, List<Member> members, List<NetworkPolicy> policies, int turn) {
        DesiredState desired = new DesiredState(false);
        NAMESPACES.forEach((name, labels) -> desired.put(new Namespace(name, labels, Map.of())));
        for (Member member : members) {
            String id = member.port().toString();
            desired.put(new Pod(
                    namespace(member),
                    member.name(),
                    id,
                    id,
                    Optional.of("node"),
                    labels(member, turn),
                    Map.of(),
                    false,
                    false,
                    Map.of()));
        }
        policies.forEach(policy -> desired.put(io.weft.kubernetes.translate.Policies.read(policy)));
        Map<String, GroupSpec> wanted = new HashMap<>();
        desired.takeGroups(id -> desired.group(id).ifPresent(spec -> wanted.put(id, spec)));
        Map<String, String> groups = new HashMap<>();
        wanted.keySet().forEach(id -> groups.put(id, create(api, id)));
        wanted.forEach((id, spec) -> spec.rules().forEach(rule -> {
            Map<String, Object> attributes = new HashMap<>();
            attributes.put("security_group_id", groups.get(id));
            attributes.put("direction", rule.direction().text());
            attributes.put("ethertype", rule.family() == IpFamily.IPV4 ? "IPv4" : "IPv6");
            rule.protocol().ifPresent(protocol -> attributes.put("protocol", protocol.text()));
            rule.ports().ifPresent(ports -> {
                attributes.put("port_range_min", ports.first());
                attributes.put("port_range_max", ports.last());
            });
            switch (rule.remote()) {
                case GroupSpec.Remote.Anyone _ -> {}
                case GroupSpec.Remote.Prefix prefix ->
                    attributes.put("remote_ip_prefix", prefix.prefix().toString());
                case GroupSpec.Remote.Group other -> attributes.put("remote_group_id", groups.get(other.id()));
            }
            api.create("security_group_rule", attributes);
        }));
        return new Policies(desired, groups, new PolicyTruth(policies, List.of(), NAMESPACES), turn);
    }

    private static String create(Api api, String name) {
        var made = api.create("security_group", Map.of("name", name));
        made.get("security_group_rules").forEach(rule -> api.delete("security_group_rule", Together.id(rule)));
        return Together.id(made);
    }

    private static String namespace(Member member) {
        return member.near() ? "x" : "y";
    }

    private static Map<String, String> labels(Member member, int turn) {
        return Map.of("part", "p" + member.kind().part(turn));
    }

    /** The groups of a member. */
    List<String> groups(Member member) {
        return desired.port(member.port().toString()).orElseThrow().groups().stream()
                .map(id -> Optional.ofNullable(groups.get(id)).orElseThrow())
                .toList();
    }

    /** What the specification of NetworkPolicy says of a call. */
    boolean lets(Member from, Member to, Calls.Call call) {
        return truth.lets(end(from, call), end(to, call), call.protocol().name(), call.port());
    }

    private PolicyTruth.End end(Member member, Calls.Call call) {
        return new PolicyTruth.End(
                namespace(member),
                member.name(),
                labels(member, turn),
                Map.of(),
                member.address(call.family()).toString());
    }
}
