package io.weft.neutron;

import io.weft.domain.Domain;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.Kinds;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import java.util.List;
import java.util.Optional;

/** Rules that no node enforces: there are none, and making one is refused with its type's name. */
final class UnsupportedQosRules implements ResourceService<String> {
    private final Domain domain;
    private final String ruleType;

    private UnsupportedQosRules(Domain domain, String ruleType) {
        this.domain = domain;
        this.ruleType = ruleType;
    }

    static ResourceType<String> type(Domain domain, String ruleType) {
        String member = ruleType + "_rule";
        return ResourceType.named(member, member + "s", rule -> rule, new UnsupportedQosRules(domain, ruleType))
                .attributes(List.of(
                        Attribute.<String, String>of("id", Kinds.text(36), rule -> rule)
                                .build(),
                        number("min_kpps"),
                        Attribute.<String, String>of("direction", Kinds.text(16), _ -> null)
                                .postAndPut()
                                .build()))
                .unannounced()
                .build();
    }

    private static Attribute<String, Long> number(String name) {
        return Attribute.<String, Long>of(name, Kinds.integer(0, Integer.MAX_VALUE), _ -> null)
                .postAndPut()
                .build();
    }

    @Override
    public String create(Call call, Body body) {
        QosRuleService.policy(domain, call);
        throw new ApiException(
                ErrorCategory.CONFLICT,
                "QosRuleNotSupported",
                "Rule " + ruleType + " is not supported: no node guarantees it.");
    }

    @Override
    public Optional<String> find(Call call, String id) {
        return Optional.empty();
    }

    @Override
    public Iterable<String> list(Call call, Filters<String> filters) {
        return List.of();
    }
}
