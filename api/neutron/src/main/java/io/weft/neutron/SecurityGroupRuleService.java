package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.domain.NewSecurityGroupRule;
import io.weft.domain.error.Problem;
import io.weft.model.Meta;
import io.weft.model.Resource;
import io.weft.model.RuleAction;
import io.weft.model.RuleRemote;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.Kinds;
import io.weft.rest.Operation;
import io.weft.rest.Related;
import io.weft.rest.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Security group rules: bodies to operations of the domain. */
final class SecurityGroupRuleService extends ModelService<SecurityGroupRule> {
    private final StandardAttributes<SecurityGroupRule> standard = new StandardAttributes<>(false);
    private final Attribute<Seen<SecurityGroupRule>, UUID> groupId = Attribute.<Seen<SecurityGroupRule>, UUID>of(
                    "security_group_id",
                    Values.UUID_KIND,
                    seen -> seen.resource().groupId())
            .required()
            .build();
    private final Attribute<Seen<SecurityGroupRule>, String> description =
            Attribute.<Seen<SecurityGroupRule>, String>of(
                            "description",
                            Kinds.text(Meta.MAX_TEXT),
                            seen -> seen.resource().meta().description())
                    .post()
                    .nullable()
                    .byDefault("")
                    .build();
    private final RuleAttributes<Seen<SecurityGroupRule>> match =
            new RuleAttributes<>(seen -> seen.resource().match());
    private final Attribute<Seen<SecurityGroupRule>, RuleAction> action =
            Attribute.<Seen<SecurityGroupRule>, RuleAction>of(
                            "weft:action",
                            GroupValues.ACTION,
                            seen -> seen.resource().action())
                    .post()
                    .byDefault(RuleAction.ALLOW)
                    .build();
    private final Attribute<Seen<SecurityGroupRule>, Long> position = Attribute.<Seen<SecurityGroupRule>, Long>of(
                    "weft:position", GroupValues.RANK, seen ->
                            (long) seen.resource().position())
            .post()
            .byDefault(0L)
            .build();
    private final ResourceType<Seen<SecurityGroupRule>> type;
    private final Domain domain;
    private final Reader reader;

    SecurityGroupRuleService(Domain domain, Reader reader) {
        super(domain, Resource.Kind.SECURITY_GROUP_RULE);
        this.domain = domain;
        this.reader = reader;
        this.type = ResourceType.named("security_group_rule", "security_group_rules", Seen<SecurityGroupRule>::id, this)
                .attributes(attributes())
                .offers(Operation.LIST, Operation.SHOW, Operation.CREATE, Operation.DELETE)
                .related(new Related<>(
                        "security_group:project_id",
                        (_, seen) -> seen.view()
                                .world()
                                .securityGroup(seen.resource().groupId())
                                .map(SecurityGroup::project),
                        (call, body) -> body.get(groupId).map(id -> projectOf(call, id))))
                .order(Seen.byId())
                .changed(seen -> seen.resource().meta().updatedAt())
                .notFound(id -> new ApiException(
                        ErrorCategory.NOT_FOUND,
                        "SecurityGroupRuleNotFound",
                        "Security group rule " + id + " does not exist"))
                .build();
    }

    private String projectOf(Call call, UUID group) {
        return reader.securityGroup(call.caller(), group.toString())
                .orElseThrow(() -> Problem.SECURITY_GROUP_NOT_FOUND.with(group))
                .resource()
                .project();
    }

    private List<Attribute<Seen<SecurityGroupRule>, ?>> attributes() {
        List<Attribute<Seen<SecurityGroupRule>, ?>> all =
                new ArrayList<>(List.of(standard.id, standard.project, standard.tenant, description, groupId));
        all.addAll(match.all());
        all.addAll(List.of(action, position));
        all.add(Attribute.<Seen<SecurityGroupRule>, String>of(
                        "normalized_cidr", Kinds.text(64), SecurityGroupRuleService::normalizedCidr)
                .mayBeAbsent()
                .build());
        all.add(Attribute.<Seen<SecurityGroupRule>, Boolean>of(
                        "belongs_to_default_sg", Kinds.bool(), SecurityGroupRuleService::belongsToDefault)
                .build());
        all.addAll(List.of(standard.revision, standard.createdAt, standard.updatedAt));
        return all;
    }

    private static @Nullable String normalizedCidr(Seen<SecurityGroupRule> seen) {
        return seen.resource().match().remote() instanceof RuleRemote.Prefix prefix
                ? prefix.prefix().toString()
                : null;
    }

    private static boolean belongsToDefault(Seen<SecurityGroupRule> seen) {
        return seen.view()
                .world()
                .securityGroup(seen.resource().groupId())
                .filter(SecurityGroup::isDefault)
                .isPresent();
    }

    @Override
    ResourceType<Seen<SecurityGroupRule>> type() {
        return type;
    }

    @Override
    public Seen<SecurityGroupRule> create(Call call, Body body) {
        return seen(call, domain.securityGroupRules().create(Callers.of(call), request(body)));
    }

    @Override
    public List<Seen<SecurityGroupRule>> createAll(Call call, List<Body> bodies) {
        return seen(
                call,
                domain.securityGroupRules()
                        .create(
                                Callers.of(call),
                                bodies.stream().map(this::request).toList()));
    }

    private NewSecurityGroupRule request(Body body) {
        return new NewSecurityGroupRule(
                body.require(standard.project),
                body.require(groupId),
                body.get(description).orElse(""),
                match.match(body),
                body.require(action),
                body.require(position).intValue());
    }

    @Override
    public Optional<Seen<SecurityGroupRule>> find(Call call, String id) {
        return reader.securityGroupRule(call.caller(), id);
    }

    @Override
    public Iterable<Seen<SecurityGroupRule>> list(Call call, Filters<Seen<SecurityGroupRule>> filters) {
        SecurityGroupService.ensureDefault(domain, call, filters.values(standard.project));
        return reader.securityGroupRules(call.caller(), filters, standard.id, groupId);
    }

    @Override
    public void delete(Call call, String id) {
        domain.securityGroupRules().delete(Callers.of(call), known(id), call.expectedRevision());
    }
}
