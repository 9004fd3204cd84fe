package io.weft.client;

import io.weft.model.IpPrefix;
import java.util.Map;
import java.util.UUID;

/** What a rule of a security group gets; rules are not changed. */
public final class SecurityGroupRuleAttributes extends Attributes<SecurityGroupRuleAttributes> {
    /** Changes nothing yet. */
    public static final SecurityGroupRuleAttributes NONE = new SecurityGroupRuleAttributes(Map.of());

    private SecurityGroupRuleAttributes(Map<String, Object> values) {
        super(values);
    }

    /** Everything in this direction of this family, {@code ingress} or {@code egress}, {@code IPv4} or {@code IPv6}. */
    public static SecurityGroupRuleAttributes of(UUID group, String direction, String ethertype) {
        return NONE.with("security_group_id", group)
                .with("direction", direction)
                .with("ethertype", ethertype);
    }

    @Override
    SecurityGroupRuleAttributes copy(Map<String, Object> values) {
        return new SecurityGroupRuleAttributes(values);
    }

    public SecurityGroupRuleAttributes description(String description) {
        return with("description", description);
    }

    public SecurityGroupRuleAttributes protocol(String protocol) {
        return with("protocol", protocol);
    }

    /** Ports of TCP, UDP, SCTP and the like; type and code of ICMP. */
    public SecurityGroupRuleAttributes portRange(int first, int last) {
        return with("port_range_min", first).with("port_range_max", last);
    }

    public SecurityGroupRuleAttributes remoteIpPrefix(IpPrefix prefix) {
        return with("remote_ip_prefix", prefix.toString());
    }

    public SecurityGroupRuleAttributes remoteGroup(UUID group) {
        return with("remote_group_id", group);
    }

    public SecurityGroupRuleAttributes remoteAddressGroup(UUID group) {
        return with("remote_address_group_id", group);
    }

    /** {@code allow}, {@code deny} or {@code pass}, of a rule of a group of a tier. */
    public SecurityGroupRuleAttributes action(String action) {
        return with("weft:action", action);
    }

    /** When such a rule is asked, lower ones first, 0 to 65535. */
    public SecurityGroupRuleAttributes position(int position) {
        return with("weft:position", position);
    }
}
