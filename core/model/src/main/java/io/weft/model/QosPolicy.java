package io.weft.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What ports may take of the network's capacity (Neutron API v2.0, QoS policies).
 *
 * @param meta what every resource has
 * @param sharing who may use it besides its owner
 * @param isDefault whether its project's new networks get it when they do not say
 * @param rules at most one of each type and direction, in the order of those
 */
public record QosPolicy(Meta meta, Sharing sharing, boolean isDefault, List<QosRule> rules) implements Shareable {
    private static final Comparator<QosRule> ORDER = Comparator.comparing(QosRule::type)
            .thenComparing(rule -> rule.direction().map(Enum::ordinal).orElse(-1));

    public QosPolicy {
        rules = rules.stream().sorted(ORDER).toList();
        for (int i = 1; i < rules.size(); i++) {
            Rules.require(
                    "rules",
                    ORDER.compare(rules.get(i - 1), rules.get(i)) != 0,
                    "a policy has one " + rules.get(i).type().text() + " rule for each direction");
        }
    }

    /** A policy for its owner alone, or also for everyone. */
    public QosPolicy(Meta meta, boolean shared, boolean isDefault, List<QosRule> rules) {
        this(meta, Sharing.implied(meta, shared, false), isDefault, rules);
    }

    /** The rule of this id. */
    public Optional<QosRule> rule(UUID ruleId) {
        return rules.stream().filter(rule -> rule.id().equals(ruleId)).findFirst();
    }

    /** The rule that is about the same as this one, which a policy has only one of. */
    public Optional<QosRule> rival(QosRule of) {
        return rules.stream()
                .filter(rule -> !rule.id().equals(of.id()) && ORDER.compare(rule, of) == 0)
                .findFirst();
    }

    /** How much is guaranteed of what a workload sends, in kilobits a second; 0 for nothing. */
    public int guaranteedKbps() {
        return rules.stream()
                .mapToInt(rule -> rule instanceof QosRule.MinimumBandwidth minimum ? minimum.minKbps() : 0)
                .sum();
    }

    /** The rule that this one contradicts: more is guaranteed than may pass. */
    public Optional<QosRule> contradicted(QosRule by) {
        return rules.stream()
                .filter(rule -> !rule.id().equals(by.id()) && (contradict(rule, by) || contradict(by, rule)))
                .findFirst();
    }

    private static boolean contradict(QosRule one, QosRule other) {
        return one instanceof QosRule.MinimumBandwidth minimum
                && other instanceof QosRule.BandwidthLimit limit
                && minimum.way() == limit.way()
                && minimum.minKbps() > limit.maxKbps();
    }

    /** The same with this rule in place of the one of its id, or beside the others. */
    public QosPolicy with(QosRule rule) {
        List<QosRule> all = new ArrayList<>(without(rule.id()).rules());
        all.add(rule);
        return new QosPolicy(meta, sharing, isDefault, all);
    }

    /** The same without the rule of this id. */
    public QosPolicy without(UUID ruleId) {
        return new QosPolicy(
                meta,
                sharing,
                isDefault,
                rules.stream().filter(rule -> !rule.id().equals(ruleId)).toList());
    }

    @Override
    public QosPolicy withMeta(Meta newMeta) {
        return new QosPolicy(newMeta, sharing, isDefault, rules);
    }

    @Override
    public QosPolicy withSharing(Sharing newSharing) {
        return new QosPolicy(meta, newSharing, isDefault, rules);
    }

    @Override
    public Kind kind() {
        return Kind.QOS_POLICY;
    }
}
