package io.weft.reference;

import io.weft.model.AddressGroup;
import io.weft.model.Direction;
import io.weft.model.IpAddress;
import io.weft.model.IpProtocol;
import io.weft.model.Port;
import io.weft.model.Precedence;
import io.weft.model.RuleAction;
import io.weft.model.RuleMatch;
import io.weft.model.RuleRemote;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.Tier;
import io.weft.model.World;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What the rules of a port's security groups say of a packet: tier by tier, until one of them allows or denies it. */
final class SecurityRules {
    private final World world;

    SecurityRules(World world) {
        this.world = world;
    }

    /** Whether the rules of the port alone let the packet pass. */
    boolean allow(Port port, Direction direction, IpAddress remote, Transport transport) {
        if (port.securityGroups().isEmpty() || isNeededForAddresses(transport)) {
            return true;
        }
        for (Tier tier : Tier.values()) {
            Optional<RuleAction> action = world.securityGroupRules().stream()
                    .filter(rule -> port.groups().contains(rule.groupId()))
                    .filter(rule -> precedence(rule).tier() == tier)
                    .filter(rule -> matches(rule.match(), direction, remote, transport))
                    .min(Comparator.comparingInt(
                                    (SecurityGroupRule rule) -> precedence(rule).priority())
                            .thenComparingInt(SecurityGroupRule::position)
                            .thenComparing(SecurityGroupRule::action))
                    .map(SecurityGroupRule::action);
            if (action.isPresent() && action.get() != RuleAction.PASS) {
                return action.get() == RuleAction.ALLOW;
            }
        }
        return false;
    }

    private Precedence precedence(SecurityGroupRule rule) {
        return world.securityGroup(rule.groupId())
                .map(SecurityGroup::precedence)
                .orElse(Precedence.NORMAL);
    }

    /** Whether the port remembers connections, so that replies pass without a rule. */
    boolean remembers(Port port) {
        return port.groups().stream()
                .flatMap(group -> world.securityGroup(group).stream())
                .anyMatch(SecurityGroup::stateful);
    }

    /** Neighbour discovery, router advertisements and multicast listeners: guests have no addresses without them. */
    private static boolean isNeededForAddresses(Transport transport) {
        int type = transport.source();
        return transport.protocol() == IpProtocol.ICMPV6 && (type >= 130 && type <= 136 || type == 143);
    }

    private boolean matches(RuleMatch match, Direction direction, IpAddress remote, Transport transport) {
        if (match.direction() != direction || match.family() != remote.family()) {
            return false;
        }
        if (match.protocol().isPresent()) {
            IpProtocol protocol = match.protocol().get();
            if (protocol.number() != transport.protocol() || !matchesPorts(match, protocol, transport)) {
                return false;
            }
        }
        return switch (match.remote()) {
            case RuleRemote.Anyone _ -> true;
            case RuleRemote.Prefix prefix -> prefix.prefix().contains(remote);
            case RuleRemote.Group group -> isMember(group.groupId(), remote);
            case RuleRemote.Addresses group ->
                world.addressGroup(group.groupId()).map(AddressGroup::addresses).stream()
                        .flatMap(List::stream)
                        .anyMatch(block -> block.contains(remote));
            case RuleRemote.OwnGroup _ -> false;
        };
    }

    private static boolean matchesPorts(RuleMatch match, IpProtocol protocol, Transport transport) {
        if (match.portRangeMin().isEmpty()) {
            return true;
        }
        int min = match.portRangeMin().get();
        if (protocol.isIcmp()) {
            return transport.source() == min
                    && match.portRangeMax()
                            .map(code -> transport.destination() == code)
                            .orElse(true);
        }
        return transport.destination() >= min
                && transport.destination() <= match.portRangeMax().orElse(min);
    }

    /** Whether a port of the group has the address, on whatever network. */
    private boolean isMember(UUID groupId, IpAddress address) {
        return world.ports().stream()
                .filter(port -> port.groups().contains(groupId))
                .anyMatch(port -> Forwarding.hasFixedIp(port, address)
                        || port.allowedAddressPairs().stream()
                                .anyMatch(pair -> pair.prefix().contains(address)));
    }
}
