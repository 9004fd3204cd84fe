package io.weft.vrouter;

import io.weft.model.Direction;
import io.weft.model.FixedIp;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.IpProtocol;
import io.weft.model.Meta;
import io.weft.model.Precedence;
import io.weft.model.RuleAction;
import io.weft.model.RuleMatch;
import io.weft.model.RuleRemote;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.Subnet;
import io.weft.model.Tier;
import io.weft.model.World;
import io.weft.model.WorldBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Random security groups of all tiers for the guests of one host, and the tables that follow from them by the plainest way: a class
 * for each address and each subnet, and under each class what the rules that speak of it say of each of their blocks of ports.
 */
final class RandomRules {
    private static final int GROUPS = 3;
    private static final int SCOPE = 1;

    private RandomRules() {}

    /** The world with rules for most of these guests that have port security; the others stay open. */
    static World guard(World world, Predicate<io.weft.model.Port> guests, Random random) {
        WorldBuilder builder = new WorldBuilder(world);
        for (int group = 0; group < GROUPS; group++) {
            Tier tier = List.of(Tier.values()).get(random.nextInt(3));
            Precedence precedence = tier == Tier.NORMAL ? Precedence.NORMAL : new Precedence(tier, random.nextInt(2));
            builder.put(new SecurityGroup(meta(RandomWorld.id('g', group)), false, true).withPrecedence(precedence));
            for (int rule = random.nextInt(5); rule >= 0; rule--) {
                RuleAction action = List.of(RuleAction.values()).get(random.nextInt(3));
                builder.put(new SecurityGroupRule(
                        meta(RandomWorld.id('q', group * 10 + rule)),
                        RandomWorld.id('g', group),
                        match(world, random),
                        tier.takes(action) ? action : RuleAction.ALLOW,
                        tier == Tier.NORMAL ? 0 : random.nextInt(2)));
            }
        }
        for (io.weft.model.Port port : RandomWorld.ports(world)) {
            if (port.binding().isBound() && port.portSecurityEnabled() && guests.test(port) && random.nextInt(4) > 0) {
                List<UUID> groups = new ArrayList<>();
                for (int group = 0; group < GROUPS; group++) {
                    if (random.nextInt(2) == 0) {
                        groups.add(RandomWorld.id('g', group));
                    }
                }
                builder.put(withGroups(port, groups));
            }
        }
        return builder.build(world.revision() + 1);
    }

    private static io.weft.model.Port withGroups(io.weft.model.Port port, List<UUID> groups) {
        return new io.weft.model.Port(
                port.meta(),
                port.networkId(),
                port.adminStateUp(),
                port.mac(),
                port.fixedIps(),
                port.deviceId(),
                port.deviceOwner(),
                port.allowedAddressPairs(),
                port.portSecurityEnabled(),
                Optional.of(groups),
                port.extraDhcpOptions(),
                port.binding(),
                port.dns(),
                port.qosPolicy());
    }

    private static Meta meta(UUID id) {
        return Meta.create(id, "project", "", "", Instant.EPOCH);
    }

    private static RuleMatch match(World world, Random random) {
        Direction direction = random.nextInt(2) == 0 ? Direction.EGRESS : Direction.INGRESS;
        IpFamily family = random.nextInt(2) == 0 ? IpFamily.IPV4 : IpFamily.IPV6;
        RuleRemote remote = remote(world, family, random);
        Optional<Integer> none = Optional.empty();
        return switch (random.nextInt(6)) {
            case 0 -> RuleMatch.all(direction, family, remote);
            case 1 -> new RuleMatch(direction, family, protocol("icmp"), none, none, remote);
            case 2 ->
                new RuleMatch(
                        direction,
                        family,
                        protocol("icmp"),
                        Optional.of(random.nextInt(3) == 0 ? 3 : family == IpFamily.IPV4 ? 8 : 128),
                        random.nextInt(2) == 0 ? none : Optional.of(0),
                        remote);
            case 3 -> new RuleMatch(direction, family, protocol("udp"), none, none, remote);
            case 4 -> new RuleMatch(direction, family, protocol("tcp"), Optional.of(80), Optional.of(80), remote);
            default ->
                new RuleMatch(
                        direction,
                        family,
                        protocol(random.nextInt(2) == 0 ? "tcp" : "udp"),
                        Optional.of(64),
                        Optional.of(127),
                        remote);
        };
    }

    private static Optional<IpProtocol> protocol(String name) {
        return Optional.of(IpProtocol.parse(name));
    }

    private static RuleRemote remote(World world, IpFamily family, Random random) {
        List<io.weft.model.Port> ports = RandomWorld.ports(world);
        return switch (random.nextInt(4)) {
            case 0 -> new RuleRemote.Group(RandomWorld.id('g', random.nextInt(GROUPS)));
            case 1 -> {
                List<Subnet> subnets = world.subnets().stream()
                        .filter(each -> each.family() == family)
                        .toList();
                IpPrefix subnet = subnets.get(random.nextInt(subnets.size())).cidr();
                yield new RuleRemote.Prefix(subnet.address(), subnet.length());
            }
            case 2 -> {
                FixedIp ip = ports.get(random.nextInt(ports.size())).fixedIps().get(family == IpFamily.IPV4 ? 0 : 1);
                yield new RuleRemote.Prefix(ip.address(), family.bits());
            }
            default -> new RuleRemote.Anyone();
        };
    }

    /** Writes what the ports' rules say; ports by their numbers, as they stand in the tables already. */
    static void write(Rig rig, World world, Map<Integer, io.weft.model.Port> locals) {
        Map<List<UUID>, Integer> sets = new LinkedHashMap<>();
        locals.forEach((number, port) -> {
            if (port.securityGroups().isPresent()) {
                int set = sets.computeIfAbsent(port.groups(), groups -> sets.size() + 1);
                Port known = rig.tables().ports().get(rig.place(number)).orElseThrow();
                rig.tables().ports().put(rig.place(number), known.withRules(set, SCOPE));
            }
        });
        Map<IpPrefix, Integer> classes = classes(world);
        classes.forEach((prefix, number) -> rig.tables().peerClasses().put(new PeerClassKey(SCOPE, prefix), number));
        sets.forEach((groups, set) -> {
            rig.tables().ruleSets().put(set, new RuleSet(1, false));
            classes.forEach((prefix, number) -> put(
                    rig,
                    world,
                    rules(world, groups)
                            .filter(rule -> prefix.family() == rule.match().family()
                                    && covers(world, rule.match().remote(), prefix))
                            .toList(),
                    set,
                    number));
            put(
                    rig,
                    world,
                    rules(world, groups)
                            .filter(rule -> rule.match().remote() instanceof RuleRemote.Anyone)
                            .toList(),
                    set,
                    PeerClassKey.NOBODY);
        });
    }

    private static Stream<SecurityGroupRule> rules(World world, List<UUID> groups) {
        return groups.stream().flatMap(group -> world.rulesOf(group).stream());
    }

    private static Map<IpPrefix, Integer> classes(World world) {
        Map<IpPrefix, Integer> classes = new LinkedHashMap<>();
        for (Subnet subnet : world.subnets()) {
            classes.put(subnet.cidr(), classes.size() + 1);
        }
        for (io.weft.model.Port port : RandomWorld.ports(world)) {
            for (FixedIp ip : port.fixedIps()) {
                IpPrefix alone =
                        new IpPrefix(ip.address(), ip.address().family().bits());
                classes.putIfAbsent(alone, classes.size() + 1);
            }
        }
        return classes;
    }

    private static boolean covers(World world, RuleRemote remote, IpPrefix prefix) {
        return switch (remote) {
            case RuleRemote.Anyone _ -> true;
            case RuleRemote.Prefix block -> new IpPrefix(block.address(), block.length()).contains(prefix);
            case RuleRemote.Group group ->
                prefix.length() == prefix.family().bits()
                        && RandomWorld.ports(world).stream()
                                .filter(port -> port.groups().contains(group.groupId()))
                                .flatMap(port -> port.fixedIps().stream())
                                .anyMatch(ip -> ip.address().equals(prefix.address()));
            case RuleRemote.Addresses _, RuleRemote.OwnGroup _ -> false;
        };
    }

    /** The rules of one class: of each block of ports that one of them means, what all say that mean the whole of it. */
    private static void put(Rig rig, World world, List<SecurityGroupRule> rules, int set, int peerClass) {
        for (SecurityGroupRule rule : rules) {
            PolicyKey key = key(set, peerClass, rule.match());
            boolean allowed = isAllowed(
                    world,
                    rules.stream()
                            .filter(other -> contains(key(set, peerClass, other.match()), key))
                            .toList());
            rig.tables().policy().put(key, new PolicyVerdict(allowed, allowed, 1, 1));
        }
    }

    private static boolean isAllowed(World world, List<SecurityGroupRule> rules) {
        for (Tier tier : Tier.values()) {
            Optional<RuleAction> first = rules.stream()
                    .filter(rule -> precedence(world, rule).tier() == tier)
                    .min(Comparator.comparingInt((SecurityGroupRule rule) ->
                                    precedence(world, rule).priority())
                            .thenComparingInt(SecurityGroupRule::position)
                            .thenComparing(SecurityGroupRule::action))
                    .map(SecurityGroupRule::action);
            if (first.isPresent() && first.get() != RuleAction.PASS) {
                return first.get() == RuleAction.ALLOW;
            }
        }
        return false;
    }

    private static Precedence precedence(World world, SecurityGroupRule rule) {
        return world.securityGroup(rule.groupId()).orElseThrow().precedence();
    }

    private static boolean contains(PolicyKey outer, PolicyKey inner) {
        return outer.direction() == inner.direction()
                && outer.family() == inner.family()
                && (outer.protocol() == PolicyKey.ANY_PROTOCOL
                        || outer.protocol() == inner.protocol()
                                && outer.portBits() <= inner.portBits()
                                && (outer.port() ^ inner.port()) >>> 16 - outer.portBits() == 0);
    }

    private static PolicyKey key(int set, int peerClass, RuleMatch match) {
        PolicyKey.Direction direction =
                match.direction() == Direction.EGRESS ? PolicyKey.Direction.EGRESS : PolicyKey.Direction.INGRESS;
        int protocol = match.protocol().map(IpProtocol::number).orElse(PolicyKey.ANY_PROTOCOL);
        int least = match.portRangeMin().orElse(0);
        int port = least;
        int bits = 0;
        if (match.portRangeMin().isPresent()) {
            if (match.protocol().map(IpProtocol::isIcmp).orElse(false)) {
                port = least << 8 | match.portRangeMax().orElse(0);
                bits = match.portRangeMax().isPresent() ? 16 : 8;
            } else {
                // The ranges above are single ports and blocks of a power of two.
                bits = 16 - Integer.numberOfTrailingZeros(match.portRangeMax().orElse(least) - least + 1);
            }
        }
        return new PolicyKey(set, peerClass, direction, match.family(), protocol, port, bits);
    }
}
