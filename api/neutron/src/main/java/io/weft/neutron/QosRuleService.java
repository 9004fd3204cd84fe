package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.domain.QosPolicies;
import io.weft.model.QosPolicy;
import io.weft.model.QosRule;
import io.weft.model.World;
import io.weft.rest.ApiException;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.Operation;
import io.weft.rest.Related;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import io.weft.rest.RestError;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The QoS rules of one type, at two paths: beneath their policy, and under names of their own that need no policy
 * ({@code alias_...}).
 */
final class QosRuleService implements ResourceService<QosRuleService.Shown> {
    /** What stands before all of these paths. */
    static final String PREFIX = "qos";

    /**
     * A rule of a policy.
     *
     * @param policy the policy
     * @param rule the rule
     */
    record Shown(UUID policy, QosRule rule) {
        String id() {
            return rule.id().toString();
        }
    }

    private final Domain domain;
    private final QosRuleAttributes attributes;
    private final ResourceType<Shown> type;

    /**
     * @param attributes those of the rules' type, for this service alone
     * @param alias whether the path names no policy
     */
    QosRuleService(Domain domain, QosRuleAttributes attributes, boolean alias) {
        this.domain = domain;
        this.attributes = attributes;
        String member = attributes.type().text() + "_rule";
        ResourceType.Builder<Shown> builder = alias
                ? ResourceType.named("alias_" + member, "alias_" + member + "s", Shown::id, this)
                        .beneath(PREFIX)
                : ResourceType.named(member, member + "s", Shown::id, this);
        if (alias) {
            // Beneath its policy, a rule's parent is known from the path.
            builder.offers(Operation.SHOW, Operation.UPDATE, Operation.DELETE);
            builder.related(new Related<>(
                    "ext_parent:project_id",
                    (_, shown) ->
                            domain.view().world().qosPolicy(shown.policy()).map(QosPolicy::project),
                    (_, _) -> Optional.empty()));
        }
        this.type = builder.attributes(attributes.all())
                .notFoundBeneath((policy, id) -> new ApiException(
                        ErrorCategory.NOT_FOUND,
                        "QosRuleNotFound",
                        "QoS rule " + id + " for policy " + policy + " could not be found."))
                .notFound(id -> new ApiException(
                        ErrorCategory.NOT_FOUND,
                        "QosRuleNotFound",
                        "QoS rule of type " + attributes.type().text() + " with ID " + id + " could not be found."))
                .build();
    }

    /** Rules that no node enforces: making one is refused. */
    static List<ResourceType<?>> refused(Domain domain) {
        return List.of(UnsupportedQosRules.type(domain, "minimum_packet_rate"));
    }

    ResourceType<Shown> type() {
        return type;
    }

    @Override
    public Shown create(Call call, Body body) {
        UUID policy = policy(call).orElseThrow(QosRuleService::noPolicy);
        QosRule rule = policies().addRule(Callers.of(call), policy, attributes.read(body));
        return new Shown(policy, rule);
    }

    @Override
    public Optional<Shown> find(Call call, String id) {
        Optional<UUID> policy = policy(call);
        return Reader.uuid(id)
                .flatMap(rule -> domain.view()
                        .world()
                        .qosPolicyOfRule(rule)
                        .filter(owner -> QosPolicyService.sees(call.caller(), owner))
                        .filter(owner -> policy.filter(wanted -> !wanted.equals(owner.id()))
                                .isEmpty())
                        .flatMap(owner -> owner.rule(rule).map(found -> new Shown(owner.id(), found))))
                .filter(shown -> shown.rule().type() == attributes.type());
    }

    @Override
    public Iterable<Shown> list(Call call, Filters<Shown> filters) {
        UUID id = policy(call).orElseThrow(QosRuleService::noPolicy);
        World world = domain.view().world();
        return world.qosPolicy(id).map(QosPolicy::rules).orElse(List.of()).stream()
                .filter(rule -> rule.type() == attributes.type())
                .map(rule -> new Shown(id, rule))
                .toList();
    }

    @Override
    public Shown update(Call call, String id, Body body) {
        Shown before = find(call, id).orElseThrow(() -> type.notFound(id));
        QosRule rule = policies()
                .updateRule(
                        Callers.of(call),
                        policy(call),
                        attributes.type(),
                        before.rule().id(),
                        old -> attributes.changed(old, body));
        return new Shown(before.policy(), rule);
    }

    @Override
    public void delete(Call call, String id) {
        UUID rule = Reader.uuid(id).orElseThrow(() -> type.notFound(id));
        policies().deleteRule(Callers.of(call), policy(call), attributes.type(), rule);
    }

    private QosPolicies policies() {
        return domain.qosPolicies();
    }

    /** The policy that the path names, which the caller sees; empty when it names none. */
    private Optional<UUID> policy(Call call) {
        return policy(domain, call);
    }

    /** The same. */
    static Optional<UUID> policy(Domain domain, Call call) {
        return call.parent()
                .map(parent -> Reader.uuid(parent)
                        .flatMap(domain.view().world()::qosPolicy)
                        .filter(policy -> QosPolicyService.sees(call.caller(), policy))
                        .map(QosPolicy::id)
                        .orElseThrow(() -> QosPolicyService.missing(parent)));
    }

    private static ApiException noPolicy() {
        return RestError.METHOD_NOT_ALLOWED.with("The method is not allowed for this resource: name its policy.");
    }
}
