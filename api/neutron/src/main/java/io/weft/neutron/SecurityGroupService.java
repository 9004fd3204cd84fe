package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.domain.NewSecurityGroup;
import io.weft.domain.SecurityGroupUpdate;
import io.weft.model.Meta;
import io.weft.model.Precedence;
import io.weft.model.Resource;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.Tier;
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
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.core.JsonGenerator;

/** Security groups: bodies to operations of the domain. https://docs.openstack.org/api-ref/network/v2/#security-groups */
final class SecurityGroupService extends ModelService<SecurityGroup> {
    /** Rules within a group are shown as to everybody; none of their attributes is for administrators alone. */
    private static final Caller ANYBODY = new Caller("", "", Set.of(), false);

    private final StandardAttributes<SecurityGroup> standard = new StandardAttributes<>(false);
    private final Attribute<Seen<SecurityGroup>, Boolean> stateful = Attribute.<Seen<SecurityGroup>, Boolean>of(
                    "stateful", Kinds.bool(), seen -> seen.resource().stateful())
            .postAndPut()
            .byDefault(true)
            .build();
    private final Attribute<Seen<SecurityGroup>, Tier> tier = Attribute.<Seen<SecurityGroup>, Tier>of(
                    "weft:tier",
                    GroupValues.TIER,
                    seen -> seen.resource().precedence().tier())
            .post()
            .byDefault(Tier.NORMAL)
            .build();
    private final Attribute<Seen<SecurityGroup>, Long> priority = Attribute.<Seen<SecurityGroup>, Long>of(
                    "weft:priority", GroupValues.RANK, seen ->
                            (long) seen.resource().precedence().priority())
            .postAndPut()
            .byDefault(0L)
            .build();
    private final Attribute<Seen<SecurityGroup>, Boolean> shared = Attribute.<Seen<SecurityGroup>, Boolean>of(
                    "shared", Kinds.bool(), seen -> seen.resource().isSharedWith(seen.viewer()))
            .build();
    private final Attribute<Seen<SecurityGroup>, String> rules = Attribute.<Seen<SecurityGroup>, String>of(
                    "security_group_rules", Kinds.text(1), _ -> null)
            .written(JsonSchema.list(JsonSchema.component("security_group_rule")), this::writeRules)
            .notFilterable()
            .notSortable()
            .build();
    private final ResourceType<Seen<SecurityGroup>> type = ResourceType.named(
                    "security_group", "security_groups", Seen<SecurityGroup>::id, this)
            .attributes(standard.around(List.of(stateful, tier, priority, shared, rules)))
            .order(Seen.byId())
            .tags(seen -> seen.resource().meta().tags())
            .changed(seen -> seen.resource().meta().updatedAt())
            .notFound(id -> new ApiException(
                    ErrorCategory.NOT_FOUND, "SecurityGroupNotFound", "Security group " + id + " does not exist"))
            .build();
    private final Domain domain;
    private final Reader reader;
    private final ResourceType<Seen<SecurityGroupRule>> ruleType;

    SecurityGroupService(Domain domain, Reader reader, ResourceType<Seen<SecurityGroupRule>> ruleType) {
        super(domain, Resource.Kind.SECURITY_GROUP);
        this.domain = domain;
        this.reader = reader;
        this.ruleType = ruleType;
    }

    private void writeRules(Seen<SecurityGroup> group, JsonGenerator out) {
        out.writeStartArray();
        group.view().world().rulesOf(group.resource().id()).stream()
                .sorted(Comparator.comparing(SecurityGroupRule::id, Values.ID_ORDER))
                .forEach(rule -> ruleType.write(new Seen<>(rule, group.view(), group.viewer()), ANYBODY, out));
        out.writeEndArray();
    }

    /** Whoever looks at the groups of a project finds its default group, as in Neutron. */
    static void ensureDefault(Domain domain, Call call, List<String> projects) {
        String project = projects.isEmpty() ? call.caller().project() : projects.getFirst();
        // A longer text is no project's id, and finds nothing.
        if (!project.isEmpty() && project.length() <= Meta.MAX_TEXT) {
            domain.securityGroups().ensureDefault(Callers.of(call), project);
        }
    }

    @Override
    ResourceType<Seen<SecurityGroup>> type() {
        return type;
    }

    @Override
    public Seen<SecurityGroup> create(Call call, Body body) {
        return seen(call, domain.securityGroups().create(request(body)));
    }

    @Override
    public List<Seen<SecurityGroup>> createAll(Call call, List<Body> bodies) {
        return seen(
                call,
                domain.securityGroups()
                        .create(bodies.stream().map(this::request).toList()));
    }

    private NewSecurityGroup request(Body body) {
        return new NewSecurityGroup(
                body.require(standard.project),
                body.require(standard.name),
                body.require(standard.description),
                List.of(),
                body.require(stateful),
                new Precedence(body.require(tier), body.require(priority).intValue()));
    }

    @Override
    public Optional<Seen<SecurityGroup>> find(Call call, String id) {
        return reader.securityGroup(call.caller(), id);
    }

    @Override
    public Iterable<Seen<SecurityGroup>> list(Call call, Filters<Seen<SecurityGroup>> filters) {
        ensureDefault(domain, call, filters.values(standard.project));
        return reader.securityGroups(call.caller(), filters, standard.id);
    }

    @Override
    public Seen<SecurityGroup> update(Call call, String id, Body body) {
        SecurityGroupUpdate update = new SecurityGroupUpdate(
                body.get(standard.name),
                body.get(standard.description),
                body.get(stateful),
                body.get(priority)
                        .map(number -> OptionalInt.of(number.intValue()))
                        .orElse(OptionalInt.empty()),
                call.expectedRevision());
        return seen(call, domain.securityGroups().update(Callers.of(call), known(id), update));
    }

    @Override
    public void delete(Call call, String id) {
        domain.securityGroups().delete(Callers.of(call), known(id), call.expectedRevision());
    }
}
