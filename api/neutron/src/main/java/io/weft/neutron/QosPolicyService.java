package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.domain.NewQosPolicy;
import io.weft.domain.QosPolicies;
import io.weft.domain.QosPolicyUpdate;
import io.weft.domain.replica.View;
import io.weft.model.QosPolicy;
import io.weft.model.QosRule;
import io.weft.model.Resource;
import io.weft.model.World;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.Caller;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kinds;
import io.weft.rest.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/** QoS policies, with their rules beneath them. https://docs.openstack.org/api-ref/network/v2/#qos-policies-qos */
final class QosPolicyService extends ModelService<QosPolicy> {
    private final StandardAttributes<QosPolicy> standard = new StandardAttributes<>(false);
    /** The members of a rule besides these depend on its type. */
    private static final JsonSchema RULE = JsonSchema.object()
            .withMember("id", Forms.ID)
            .withMember("qos_policy_id", Forms.ID)
            .withMember("type", Forms.TEXT)
            .with("additionalProperties", true);

    private final Attribute<Seen<QosPolicy>, Boolean> shared = Attribute.<Seen<QosPolicy>, Boolean>of(
                    "shared", Kinds.bool(), seen -> seen.resource().isSharedWith(seen.viewer()))
            .postAndPut()
            .byDefault(false)
            .build();
    private final Attribute<Seen<QosPolicy>, Boolean> isDefault = Attribute.<Seen<QosPolicy>, Boolean>of(
                    "is_default", Kinds.bool(), seen -> seen.resource().isDefault())
            .postAndPut()
            .byDefault(false)
            .build();
    private final Attribute<Seen<QosPolicy>, List<String>> rules = Attribute.<Seen<QosPolicy>, List<String>>of(
                    "rules", Values.TAGS, _ -> List.of())
            .written(JsonSchema.list(RULE), (seen, out) -> writeRules(seen.resource(), out))
            .notFilterable()
            .notSortable()
            .build();
    private final ResourceType<Seen<QosPolicy>> type;
    private final Domain domain;
    private final QosPolicies policies;

    QosPolicyService(Domain domain, List<QosRuleService> ruleServices) {
        super(domain, Resource.Kind.QOS_POLICY);
        this.domain = domain;
        this.policies = domain.qosPolicies();
        ResourceType.Builder<Seen<QosPolicy>> builder = ResourceType.named(
                        "policy", "policies", Seen<QosPolicy>::id, this)
                .beneath(QosRuleService.PREFIX)
                .markersMayBeUnknown()
                .attributes(standard.around(List.of(shared, isDefault, rules)))
                .order(Seen.byId())
                .tags(seen -> seen.resource().meta().tags())
                .changed(seen -> seen.resource().meta().updatedAt())
                .notFound(QosPolicyService::missing);
        ruleServices.forEach(service -> builder.child(service.type()));
        QosRuleService.refused(domain).forEach(builder::child);
        this.type = builder.build();
    }

    static ApiException missing(String id) {
        return new ApiException(
                ErrorCategory.NOT_FOUND, "QosPolicyNotFound", "QoS policy " + id + " could not be found.");
    }

    private static void writeRules(QosPolicy policy, JsonGenerator out) {
        out.writeStartArray();
        for (QosRule rule : policy.rules()) {
            out.writeStartObject();
            out.writeStringProperty("id", rule.id().toString());
            out.writeStringProperty("qos_policy_id", policy.id().toString());
            out.writeStringProperty("type", rule.type().text());
            rule.direction().ifPresent(way -> out.writeStringProperty("direction", way.text()));
            switch (rule) {
                case QosRule.BandwidthLimit limit -> {
                    out.writeNumberProperty("max_kbps", limit.maxKbps());
                    out.writeNumberProperty("max_burst_kbps", limit.maxBurstKbits());
                }
                case QosRule.PacketRateLimit limit -> {
                    out.writeNumberProperty("max_kpps", limit.maxKpps());
                    out.writeNumberProperty("max_burst_kpps", limit.maxBurstKpackets());
                }
                case QosRule.DscpMarking marking -> out.writeNumberProperty("dscp_mark", marking.mark());
                case QosRule.MinimumBandwidth minimum -> out.writeNumberProperty("min_kbps", minimum.minKbps());
            }
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    @Override
    ResourceType<Seen<QosPolicy>> type() {
        return type;
    }

    @Override
    public Seen<QosPolicy> create(Call call, Body body) {
        return seen(call, policies.create(Callers.of(call), request(body)));
    }

    @Override
    public List<Seen<QosPolicy>> createAll(Call call, List<Body> bodies) {
        return seen(
                call,
                policies.create(
                        Callers.of(call), bodies.stream().map(this::request).toList()));
    }

    private NewQosPolicy request(Body body) {
        return new NewQosPolicy(
                body.require(standard.project),
                body.require(standard.name),
                body.require(standard.description),
                body.require(shared),
                body.require(isDefault));
    }

    @Override
    public Optional<Seen<QosPolicy>> find(Call call, String id) {
        View view = domain.view();
        return Reader.uuid(id)
                .flatMap(view.world()::qosPolicy)
                .filter(policy -> sees(call.caller(), policy))
                .map(policy -> new Seen<>(policy, view, call.caller().project()));
    }

    static boolean sees(Caller caller, QosPolicy policy) {
        return policy.isSharedWith(caller.project()) || caller.owns(policy.project());
    }

    @Override
    public Iterable<Seen<QosPolicy>> list(Call call, Filters<Seen<QosPolicy>> filters) {
        View view = domain.view();
        World world = view.world();
        Caller caller = call.caller();
        Stream<QosPolicy> candidates = caller.global()
                ? world.qosPolicies().stream()
                : Stream.concat(
                        world.qosPoliciesOfProject(caller.project()).stream(),
                        world.qosPoliciesSharedWith(caller.project()).stream()
                                .filter(policy -> !policy.project().equals(caller.project())));
        List<Seen<QosPolicy>> seen = new ArrayList<>();
        candidates.forEach(policy -> seen.add(new Seen<>(policy, view, caller.project())));
        return seen;
    }

    @Override
    public Seen<QosPolicy> update(Call call, String id, Body body) {
        QosPolicyUpdate update = new QosPolicyUpdate(
                body.get(standard.name),
                body.get(standard.description),
                body.get(shared),
                body.get(isDefault),
                call.expectedRevision());
        return seen(call, policies.update(Callers.of(call), known(id), update));
    }

    @Override
    public void delete(Call call, String id) {
        policies.delete(Callers.of(call), known(id), call.expectedRevision());
    }
}
