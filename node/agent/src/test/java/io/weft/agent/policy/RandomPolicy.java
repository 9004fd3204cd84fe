package io.weft.agent.policy;

import io.weft.agent.policy.SimulatedTables.Fate;
import io.weft.agent.policy.SimulatedTables.Packet;
import io.weft.model.Direction;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.Precedence;
import io.weft.model.RuleAction;
import io.weft.model.Tier;
import io.weft.protocol.Member;
import io.weft.protocol.PortMatch;
import io.weft.protocol.Remote;
import io.weft.protocol.RuleFact;
import io.weft.protocol.SecurityGroupFact;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;

/** Groups, rules, members and ports of a small world that meet often, and what plainly follows from them. */
final class RandomPolicy {
    private static final int GROUPS = 4;
    private static final int SETS = 4;
    private static final int PORTS = 5;

    private record MemberKey(UUID set, String name) {}

    final Map<UUID, SecurityGroupFact> groups = new HashMap<>();
    final Map<UUID, RuleFact> rules = new HashMap<>();
    private final Map<MemberKey, Member> members = new HashMap<>();
    final Map<UUID, List<UUID>> ports = new HashMap<>();
    private final Random random;
    private final boolean tiers;

    /** @param tiers whether groups are of all tiers, and rules deny and pass */
    RandomPolicy(Random random, boolean tiers) {
        this.random = random;
        this.tiers = tiers;
    }

    private UUID id(char kind, int count) {
        return new UUID(kind, random.nextInt(count));
    }

    /** Changes something, here and there; gives whether it can only have allowed more. */
    boolean change(Policy policy) {
        return changed(policy) && !tiers;
    }

    private boolean changed(Policy policy) {
        int what = random.nextInt(10);
        if (what == 0) {
            return changeGroup(policy, id('g', GROUPS));
        }
        if (what < 4) {
            return changeRule(policy, id('r', 12));
        }
        if (what < 8) {
            return changeMember(policy, new MemberKey(id('m', SETS), "p" + random.nextInt(8)));
        }
        changePort(policy, id('p', PORTS));
        return false;
    }

    private boolean changeGroup(Policy policy, UUID id) {
        SecurityGroupFact before = groups.remove(id);
        if (before != null) {
            policy.remove(before);
        }
        if (random.nextInt(4) > 0) {
            SecurityGroupFact after = new SecurityGroupFact(id, random.nextInt(4) > 0, precedence());
            groups.put(id, after);
            policy.put(after);
        }
        return before == null;
    }

    private Precedence precedence() {
        Tier tier = tiers ? List.of(Tier.values()).get(random.nextInt(3)) : Tier.NORMAL;
        return tier == Tier.NORMAL ? Precedence.NORMAL : new Precedence(tier, random.nextInt(3));
    }

    private boolean changeRule(Policy policy, UUID id) {
        RuleFact before = rules.remove(id);
        if (before != null) {
            policy.remove(before);
        }
        if (random.nextInt(4) > 0) {
            RuleFact after = rule(id);
            rules.put(id, after);
            policy.put(after);
        }
        return before == null;
    }

    private boolean changeMember(Policy policy, MemberKey key) {
        Member before = members.remove(key);
        if (before != null) {
            policy.remove(key.set, before);
        }
        if (random.nextInt(3) > 0) {
            Member after = new Member(key.name, prefixes());
            members.put(key, after);
            policy.put(key.set, after);
        }
        return before == null;
    }

    private void changePort(Policy policy, UUID port) {
        if (random.nextInt(4) == 0) {
            ports.remove(port);
        } else {
            TreeSet<UUID> list = new TreeSet<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                list.add(id('g', GROUPS));
            }
            ports.put(port, List.copyOf(list));
        }
        policy.port(port, Optional.ofNullable(ports.get(port)));
    }

    void putAll(Policy policy) {
        groups.values().forEach(policy::put);
        members.forEach((key, member) -> policy.put(key.set, member));
        rules.values().forEach(policy::put);
        ports.forEach((port, list) -> policy.port(port, Optional.of(list)));
    }

    private RuleFact rule(UUID id) {
        IpFamily family = random.nextInt(3) > 0 ? IpFamily.IPV4 : IpFamily.IPV6;
        Optional<Integer> protocol = switch (random.nextInt(4)) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(family == IpFamily.IPV4 ? 1 : 58);
            default -> Optional.of(random.nextBoolean() ? 6 : 17);
        };
        return new RuleFact(
                id,
                id('g', GROUPS),
                random.nextBoolean() ? Direction.INGRESS : Direction.EGRESS,
                family,
                protocol,
                ports(protocol),
                remote(family),
                tiers ? List.of(RuleAction.values()).get(random.nextInt(3)) : RuleAction.ALLOW,
                tiers ? random.nextInt(3) : 0);
    }

    private PortMatch ports(Optional<Integer> protocol) {
        if (protocol.isEmpty() || random.nextInt(4) == 0) {
            return new PortMatch.Any();
        }
        if (protocol.get() == 1 || protocol.get() == 58) {
            return new PortMatch.Icmp(
                    random.nextInt(3), random.nextBoolean() ? Optional.empty() : Optional.of(random.nextInt(3)));
        }
        int first = random.nextInt(random.nextBoolean() ? 16 : 65536);
        return new PortMatch.Range(first, Math.min(65535, first + random.nextInt(random.nextBoolean() ? 4 : 60000)));
    }

    private Remote remote(IpFamily family) {
        return switch (random.nextInt(4)) {
            case 0 -> new Remote.Anyone();
            case 1 -> new Remote.Prefix(prefix(family));
            default -> new Remote.Members(id('m', SETS));
        };
    }

    private List<IpPrefix> prefixes() {
        List<IpPrefix> prefixes = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            prefixes.add(prefix(random.nextInt(3) > 0 ? IpFamily.IPV4 : IpFamily.IPV6));
        }
        return prefixes;
    }

    /** Few bits differ, so that blocks often contain each other. */
    private IpPrefix prefix(IpFamily family) {
        int bits = family.bits();
        return new IpPrefix(address(family), random.nextInt(20) == 0 ? 0 : bits - random.nextInt(5));
    }

    private IpAddress address(IpFamily family) {
        return family == IpFamily.IPV4
                ? IpAddress.ofIpv4(0x0a000000 + random.nextInt(16))
                : IpAddress.ofIpv6(0x20010db8L << 32, random.nextInt(16));
    }

    Packet packet() {
        IpFamily family = random.nextInt(3) > 0 ? IpFamily.IPV4 : IpFamily.IPV6;
        int protocol = List.of(1, 6, 17, 58, 132).get(random.nextInt(5));
        int port = switch (protocol) {
            case 1, 58 -> random.nextInt(3) << 8 | random.nextInt(3);
            case 132 -> 0;
            default -> random.nextBoolean() ? random.nextInt(16) : random.nextInt(65536);
        };
        return new Packet(random.nextBoolean() ? Direction.INGRESS : Direction.EGRESS, address(family), protocol, port);
    }

    /** What the rules say, read one after the other. */
    Fate fate(UUID port, Packet packet) {
        List<UUID> list = ports.get(port);
        if (list == null) {
            return Fate.STATELESS;
        }
        if (!groups.keySet().containsAll(list)) {
            return Fate.DENIED;
        }
        for (Tier tier : Tier.values()) {
            List<RuleFact> matching = rules.values().stream()
                    .filter(rule -> list.contains(rule.groupId()))
                    .filter(rule -> group(rule).precedence().tier() == tier && matches(rule, packet))
                    .toList();
            OptionalInt first = matching.stream().mapToInt(this::rank).min();
            List<RuleFact> counting = matching.stream()
                    .filter(rule -> rank(rule) == first.orElse(0))
                    .toList();
            if (!counting.isEmpty() && counting.getFirst().action() == RuleAction.DENY) {
                return Fate.DENIED;
            }
            if (!counting.isEmpty() && counting.getFirst().action() == RuleAction.ALLOW) {
                return counting.stream().anyMatch(rule -> group(rule).stateful()) ? Fate.STATEFUL : Fate.STATELESS;
            }
        }
        return Fate.DENIED;
    }

    private SecurityGroupFact group(RuleFact rule) {
        return Objects.requireNonNull(groups.get(rule.groupId()));
    }

    /** Less of what counts first in its tier: by priority, then by position, then by action. */
    private int rank(RuleFact rule) {
        return group(rule).precedence().priority() * 100
                + rule.position() * 10
                + switch (rule.action()) {
                    case DENY -> 0;
                    case PASS -> 1;
                    case ALLOW -> 2;
                };
    }

    private boolean matches(RuleFact rule, Packet packet) {
        return rule.direction() == packet.direction()
                && rule.family() == packet.remote().family()
                && rule.protocol().map(p -> p == packet.protocol()).orElse(true)
                && switch (rule.ports()) {
                    case PortMatch.Any _ -> true;
                    case PortMatch.Range(int first, int last) -> packet.port() >= first && packet.port() <= last;
                    case PortMatch.Icmp(int type, Optional<Integer> code) ->
                        packet.port() >>> 8 == type
                                && code.map(c -> c == (packet.port() & 0xff)).orElse(true);
                }
                && switch (rule.remote()) {
                    case Remote.Anyone _ -> true;
                    case Remote.Prefix(IpPrefix prefix) -> prefix.contains(packet.remote());
                    case Remote.Members(UUID set) ->
                        members.entrySet().stream()
                                .filter(member -> member.getKey().set.equals(set))
                                .flatMap(member -> member.getValue().addresses().stream())
                                .anyMatch(prefix -> prefix.contains(packet.remote()));
                };
    }

    /** How many different prefixes rules name. */
    long prefixes(List<RuleFact> of) {
        TreeSet<IpPrefix> all = new TreeSet<>();
        for (RuleFact rule : of) {
            switch (rule.remote()) {
                case Remote.Anyone _ -> {}
                case Remote.Prefix(IpPrefix prefix) -> all.add(prefix);
                case Remote.Members(UUID set) ->
                    members.forEach((key, member) -> {
                        if (key.set.equals(set)) {
                            all.addAll(member.addresses());
                        }
                    });
            }
        }
        return all.size();
    }
}
