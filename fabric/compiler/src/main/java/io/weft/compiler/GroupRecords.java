package io.weft.compiler;

import io.weft.compiler.Records.Filed;
import io.weft.model.AddressGroup;
import io.weft.model.AddressPair;
import io.weft.model.FixedIp;
import io.weft.model.IpPrefix;
import io.weft.model.IpProtocol;
import io.weft.model.Port;
import io.weft.model.RuleMatch;
import io.weft.model.RuleRemote;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.World;
import io.weft.protocol.Member;
import io.weft.protocol.PortMatch;
import io.weft.protocol.Remote;
import io.weft.protocol.RuleFact;
import io.weft.protocol.SecurityGroupFact;
import io.weft.protocol.Topic;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** The records of security groups and address groups, as pure functions of the world. */
final class GroupRecords {
    private GroupRecords() {}

    static List<Filed> group(SecurityGroup group) {
        return List.of(new Filed(
                Topic.group(group.id()), new SecurityGroupFact(group.id(), group.stateful(), group.precedence())));
    }

    static List<Filed> rule(SecurityGroupRule rule) {
        RuleMatch match = rule.match();
        RuleFact fact = new RuleFact(
                rule.id(),
                rule.groupId(),
                match.direction(),
                match.family(),
                match.protocol().map(IpProtocol::number),
                ports(match),
                remote(match.remote()),
                rule.action(),
                rule.position());
        return List.of(new Filed(Topic.group(rule.groupId()), fact));
    }

    private static PortMatch ports(RuleMatch match) {
        if (match.portRangeMin().isEmpty()) {
            return new PortMatch.Any();
        }
        int first = match.portRangeMin().get();
        return match.protocol().filter(IpProtocol::isIcmp).isPresent()
                ? new PortMatch.Icmp(first, match.portRangeMax())
                : new PortMatch.Range(first, match.portRangeMax().orElse(first));
    }

    private static Remote remote(RuleRemote remote) {
        return switch (remote) {
            case RuleRemote.Anyone _ -> new Remote.Anyone();
            case RuleRemote.Prefix prefix -> new Remote.Prefix(prefix.prefix());
            case RuleRemote.Group group -> new Remote.Members(group.groupId());
            case RuleRemote.Addresses group -> new Remote.Members(group.groupId());
            case RuleRemote.OwnGroup _ -> throw new IllegalStateException("a rule names the group by its id");
        };
    }

    /** The members of an address group: none while no rule names it. */
    static List<Filed> addresses(World world, AddressGroup group) {
        if (!world.isRemote(group.id())) {
            return List.of();
        }
        Topic topic = Topic.members(group.id());
        return group.addresses().stream()
                .map(block -> new Filed(topic, new Member(block.toString(), List.of(block))))
                .toList();
    }

    /** What a port is to those of its groups that rules name. */
    static List<Filed> memberships(World world, Port port) {
        List<UUID> groups = port.groups().stream().filter(world::isRemote).toList();
        if (groups.isEmpty()) {
            return List.of();
        }
        List<IpPrefix> addresses = Stream.concat(
                        port.fixedIps().stream()
                                .map(FixedIp::address)
                                .map(address ->
                                        new IpPrefix(address, address.family().bits())),
                        port.allowedAddressPairs().stream().map(AddressPair::prefix))
                .distinct()
                .toList();
        if (addresses.isEmpty()) {
            return List.of();
        }
        Member member = new Member(port.id().toString(), addresses);
        return groups.stream()
                .map(group -> new Filed(Topic.members(group), member))
                .toList();
    }
}
