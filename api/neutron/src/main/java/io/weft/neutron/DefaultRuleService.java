package io.weft.neutron;

import io.weft.domain.DefaultSecurityGroupRules;
import io.weft.domain.NewDefaultRule;
import io.weft.domain.error.Problem;
import io.weft.model.DefaultRule;
import io.weft.model.Meta;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.Filters;
import io.weft.rest.Kinds;
import io.weft.rest.Operation;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The rules that security groups begin with (extension security-groups-default-rules). */
final class DefaultRuleService implements ResourceService<DefaultRule> {
    private final Attribute<DefaultRule, UUID> id = Attribute.<DefaultRule, UUID>of(
                    "id", Values.UUID_KIND, DefaultRule::id)
            .build();
    private final Attribute<DefaultRule, String> description = Attribute.<DefaultRule, String>of(
                    "description", Kinds.text(Meta.MAX_TEXT), DefaultRule::description)
            .post()
            .nullable()
            .byDefault("")
            .build();
    private final Attribute<DefaultRule, Boolean> inDefault = Attribute.<DefaultRule, Boolean>of(
                    "used_in_default_sg", Kinds.bool(), DefaultRule::inDefault)
            .post()
            .byDefault(false)
            .build();
    private final Attribute<DefaultRule, Boolean> inOthers = Attribute.<DefaultRule, Boolean>of(
                    "used_in_non_default_sg", Kinds.bool(), DefaultRule::inOthers)
            .post()
            .byDefault(true)
            .build();
    private final RuleAttributes<DefaultRule> match = new RuleAttributes<>(DefaultRule::match);
    private final ResourceType<DefaultRule> type;
    private final DefaultSecurityGroupRules rules;

    DefaultRuleService(DefaultSecurityGroupRules rules) {
        this.rules = rules;
        List<Attribute<DefaultRule, ?>> all = new ArrayList<>(List.of(id, description));
        all.addAll(match.all());
        all.addAll(List.of(inDefault, inOthers));
        this.type = ResourceType.named(
                        "default_security_group_rule",
                        "default_security_group_rules",
                        (DefaultRule rule) -> rule.id().toString(),
                        this)
                .attributes(all)
                .offers(Operation.LIST, Operation.SHOW, Operation.CREATE, Operation.DELETE)
                .build();
    }

    ResourceType<DefaultRule> type() {
        return type;
    }

    @Override
    public DefaultRule create(Call call, Body body) {
        return createAll(call, List.of(body)).getFirst();
    }

    @Override
    public List<DefaultRule> createAll(Call call, List<Body> bodies) {
        return rules.create(bodies.stream()
                .map(body -> new NewDefaultRule(
                        body.get(description).orElse(""),
                        match.match(body),
                        body.require(inDefault),
                        body.require(inOthers)))
                .toList());
    }

    @Override
    public Optional<DefaultRule> find(Call call, String ruleId) {
        return Reader.uuid(ruleId).flatMap(rules::show);
    }

    @Override
    public Iterable<DefaultRule> list(Call call, Filters<DefaultRule> filters) {
        return rules.list();
    }

    @Override
    public void delete(Call call, String ruleId) {
        rules.delete(Reader.uuid(ruleId).orElseThrow(() -> Problem.DEFAULT_SECURITY_GROUP_RULE_NOT_FOUND.with(ruleId)));
    }
}
