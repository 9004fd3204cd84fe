package io.weft.kubernetes.neutron;

import io.weft.client.NeutronClient;
import io.weft.client.NeutronException;
import io.weft.client.Query;
import io.weft.client.SecurityGroup;
import io.weft.client.SecurityGroupAttributes;
import io.weft.client.SecurityGroupRule;
import io.weft.client.SecurityGroupRuleAttributes;
import io.weft.kubernetes.translate.Direction;
import io.weft.kubernetes.translate.GroupSpec;
import io.weft.kubernetes.translate.GroupSpec.Remote;
import io.weft.kubernetes.translate.PortRange;
import io.weft.kubernetes.translate.Protocol;
import io.weft.model.IpFamily;
import io.weft.model.Precedence;
import io.weft.model.RuleAction;
import io.weft.model.Tier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The cluster's security groups as Neutron has them. Any number of threads, each for another group. */
public final class GroupKeeper {
    private final NeutronClient neutron;
    private final Marks marks;
    private final Map<String, SecurityGroup> known = new ConcurrentHashMap<>();
    private final Map<UUID, String> ids = new ConcurrentHashMap<>();

    public GroupKeeper(NeutronClient neutron, Marks marks) {
        this.neutron = neutron;
        this.marks = marks;
    }

    /** Reads all groups. Of several for one purpose, one is taken and the others are known by names that nobody wants. */
    public void load() {
        known.clear();
        ids.clear();
        neutron.securityGroups().list(mine()).stream()
                .sorted((one, other) -> one.id().compareTo(other.id()))
                .forEach(group -> {
                    String id = id(group);
                    remember(known.containsKey(id) ? id + " " + group.id() : id, group);
                });
    }

    private Query mine() {
        return Query.where("description", marks.description());
    }

    private static String id(SecurityGroup group) {
        return group.name().split(" ", 2)[0];
    }

    private void remember(String id, SecurityGroup group) {
        known.put(id, group);
        ids.put(group.id(), id);
    }

    /** The ids of all that are there. */
    public Set<String> ids() {
        return Set.copyOf(known.keySet());
    }

    /** Neutron's identifier of a group that is there. */
    public Optional<UUID> uuid(String id) {
        return Optional.ofNullable(known.get(id)).map(SecurityGroup::id);
    }

    /** Which group this is. */
    public Optional<String> id(UUID uuid) {
        return Optional.ofNullable(ids.get(uuid));
    }

    /** Reads one group again, of which it is not known what became. */
    public void refresh(GroupSpec spec) {
        Optional.ofNullable(known.remove(spec.id())).ifPresent(group -> ids.remove(group.id()));
        neutron.securityGroups().list(mine().and("name", name(spec))).stream()
                .min((one, other) -> one.id().compareTo(other.id()))
                .ifPresent(group -> remember(spec.id(), group));
    }

    private static String name(GroupSpec spec) {
        return Marks.cut(spec.id() + " " + spec.title());
    }

    /**
     * The group is there with its rules. What is added comes before what is taken away, and of that the last position first:
     * so each connection meanwhile meets what the rules before say of it, or what the rules after do.
     *
     * @throws NeutronException when a call is not done
     */
    public void ensure(GroupSpec spec) {
        SecurityGroup group = known.get(spec.id());
        if (group == null) {
            group = neutron.securityGroups().create(attributes(spec));
            remember(spec.id(), group);
        } else if (group.priority().orElse(0) != spec.precedence().priority()) {
            group = neutron.securityGroups()
                    .update(
                            group.id(),
                            SecurityGroupAttributes.NONE.priority(
                                    spec.precedence().priority()));
            remember(spec.id(), group);
        }
        Set<GroupSpec.Rule> missing = new HashSet<>(spec.rules());
        List<SecurityGroupRule> surplus = new ArrayList<>();
        for (SecurityGroupRule rule : group.securityGroupRules()) {
            if (!read(rule).map(missing::remove).orElse(false)) {
                surplus.add(rule);
            }
        }
        if (missing.isEmpty() && surplus.isEmpty()) {
            return;
        }
        UUID uuid = group.id();
        if (!missing.isEmpty()) {
            neutron.securityGroupRules()
                    .create(missing.stream().map(rule -> write(uuid, rule)).toList());
        }
        surplus.sort(Comparator.comparingInt(GroupKeeper::position).reversed());
        surplus.forEach(rule -> neutron.securityGroupRules().delete(rule.id()));
        remember(spec.id(), neutron.securityGroups().show(uuid));
    }

    private SecurityGroupAttributes attributes(GroupSpec spec) {
        SecurityGroupAttributes named =
                SecurityGroupAttributes.named(name(spec)).description(marks.description());
        Precedence precedence = spec.precedence();
        return precedence.tier() == Tier.NORMAL
                ? named
                : named.tier(precedence.tier().text()).priority(precedence.priority());
    }

    private static int position(SecurityGroupRule rule) {
        return rule.position().orElse(0);
    }

    /** The group is gone. */
    public void remove(String id) {
        SecurityGroup group = known.get(id);
        if (group != null) {
            neutron.securityGroups().delete(group.id());
            known.remove(id);
            ids.remove(group.id());
        }
    }

    private SecurityGroupRuleAttributes write(UUID group, GroupSpec.Rule rule) {
        SecurityGroupRuleAttributes written = SecurityGroupRuleAttributes.of(
                group, rule.direction().text(), rule.family() == IpFamily.IPV4 ? "IPv4" : "IPv6");
        if (rule.action() != RuleAction.ALLOW) {
            written = written.action(rule.action().text());
        }
        if (rule.position() != 0) {
            written = written.position(rule.position());
        }
        if (rule.protocol().isPresent()) {
            written = written.protocol(rule.protocol().get().text());
        }
        if (rule.ports().isPresent()) {
            written = written.portRange(
                    rule.ports().get().first(), rule.ports().get().last());
        }
        return switch (rule.remote()) {
            case Remote.Anyone _ -> written;
            case Remote.Prefix prefix -> written.remoteIpPrefix(prefix.prefix());
            case Remote.Group remote ->
                written.remoteGroup(uuid(remote.id())
                        .orElseThrow(
                                () -> new NotYetException("the group " + remote.id() + " of a rule is not there yet")));
        };
    }

    /** What a rule of Neutron's says; empty when no rule of ours could say it. */
    private Optional<GroupSpec.Rule> read(SecurityGroupRule rule) {
        if (rule.remoteAddressGroupId().isPresent()
                || rule.portRangeMin().isPresent() != rule.portRangeMax().isPresent()) {
            return Optional.empty();
        }
        Remote remote = new Remote.Anyone();
        if (rule.remoteGroupId().isPresent()) {
            Optional<String> id = id(rule.remoteGroupId().get());
            if (id.isEmpty()) {
                return Optional.empty();
            }
            remote = new Remote.Group(id.get());
        } else if (rule.remoteIpPrefix().filter(prefix -> prefix.length() > 0).isPresent()) {
            remote = new Remote.Prefix(rule.remoteIpPrefix().get());
        }
        try {
            return Optional.of(new GroupSpec.Rule(
                    rule.action().map(RuleAction::parse).orElse(RuleAction.ALLOW),
                    position(rule),
                    Direction.valueOf(rule.direction().toUpperCase(Locale.ROOT)),
                    rule.ethertype().equals("IPv4") ? IpFamily.IPV4 : IpFamily.IPV6,
                    rule.protocol().map(name -> Protocol.valueOf(name.toUpperCase(Locale.ROOT))),
                    rule.portRangeMin()
                            .map(first ->
                                    new PortRange(first, rule.portRangeMax().orElse(first))),
                    remote));
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }
}
