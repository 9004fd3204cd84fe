package io.weft.neutron;

import io.weft.domain.error.Problem;
import io.weft.model.Direction;
import io.weft.model.IpFamily;
import io.weft.model.IpProtocol;
import io.weft.model.RuleMatch;
import io.weft.model.RuleRemote;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kinds;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The attributes that say which packets a rule allows, of security group rules and of those that groups begin with:
 * https://docs.openstack.org/api-ref/network/v2/#security-group-rules-security-group-rules.
 *
 * @param <T> the record of a rule
 */
final class RuleAttributes<T> {
    /** The group that a rule is put in, in rules that groups begin with. */
    static final String PARENT = "PARENT";

    final Attribute<T, String> direction;
    final Attribute<T, IpFamily> ethertype;
    final Attribute<T, String> protocol;
    final Attribute<T, Long> portRangeMin;
    final Attribute<T, Long> portRangeMax;
    final Attribute<T, String> remotePrefix;
    final Attribute<T, String> remoteGroup;
    final Attribute<T, UUID> remoteAddressGroup;

    RuleAttributes(Function<T, RuleMatch> match) {
        direction = Attribute.<T, String>of(
                        "direction",
                        Kinds.oneOf(List.of(Direction.INGRESS.text(), Direction.EGRESS.text())),
                        rule -> match.apply(rule).direction().text())
                .required()
                .build();
        ethertype = Attribute.<T, IpFamily>of(
                        "ethertype",
                        GroupValues.ETHERTYPE,
                        rule -> match.apply(rule).family())
                .post()
                .byDefault(IpFamily.IPV4)
                .build();
        protocol = Attribute.<T, String>of("protocol", GroupValues.PROTOCOL, rule -> protocol(match.apply(rule)))
                .post()
                .nullable()
                .build();
        portRangeMin = port("port_range_min", rule -> number(match.apply(rule).portRangeMin()));
        portRangeMax = port("port_range_max", rule -> number(match.apply(rule).portRangeMax()));
        remotePrefix = Attribute.<T, String>of(
                        "remote_ip_prefix",
                        Kinds.text(64).narrowed(Forms.CIDR_OR_ADDRESS),
                        rule -> prefix(match.apply(rule)))
                .post()
                .nullable()
                .build();
        remoteGroup = Attribute.<T, String>of("remote_group_id", Kinds.text(36), rule -> group(match.apply(rule)))
                .post()
                .nullable()
                .build();
        remoteAddressGroup = Attribute.<T, UUID>of(
                        "remote_address_group_id", Values.UUID_KIND, rule -> addressGroup(match.apply(rule)))
                .post()
                .nullable()
                .build();
    }

    private static <T> Attribute<T, Long> port(String name, Function<T, @Nullable Long> getter) {
        // What a number may be depends on the protocol, and is for the model to say.
        return Attribute.<T, Long>of(
                        name,
                        Kinds.integer(Integer.MIN_VALUE, Integer.MAX_VALUE).narrowed(JsonSchema.integer(0, 65535)),
                        getter)
                .post()
                .nullable()
                .build();
    }

    List<Attribute<T, ?>> all() {
        return List.of(
                direction,
                ethertype,
                protocol,
                portRangeMin,
                portRangeMax,
                remotePrefix,
                remoteGroup,
                remoteAddressGroup);
    }

    /** What a request says; the model checks what belongs together. */
    RuleMatch match(Body body) {
        return new RuleMatch(
                Direction.parse(body.require(direction)),
                body.require(ethertype),
                body.get(protocol)
                        .filter(text -> !text.isEmpty() && !text.equals("any"))
                        .map(IpProtocol::parse),
                body.get(portRangeMin).map(Long::intValue),
                body.get(portRangeMax).map(Long::intValue),
                remote(body));
    }

    private RuleRemote remote(Body body) {
        Optional<RuleRemote> prefix =
                body.get(remotePrefix).filter(text -> !text.isEmpty()).map(RuleRemote.Prefix::parse);
        Optional<RuleRemote> group =
                body.get(remoteGroup).filter(text -> !text.isEmpty()).map(RuleAttributes::group);
        Optional<RuleRemote> addresses = body.get(remoteAddressGroup).map(RuleRemote.Addresses::new);
        List<RuleRemote> given =
                Stream.of(prefix, group, addresses).flatMap(Optional::stream).toList();
        if (given.size() > 1) {
            throw ApiException.invalid(
                    "remote_ip_prefix",
                    "Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.");
        }
        return given.isEmpty() ? new RuleRemote.Anyone() : given.getFirst();
    }

    private static RuleRemote group(String text) {
        if (text.equals(PARENT)) {
            return new RuleRemote.OwnGroup();
        }
        return new RuleRemote.Group(Reader.uuid(text).orElseThrow(() -> Problem.SECURITY_GROUP_NOT_FOUND.with(text)));
    }

    private static @Nullable String protocol(RuleMatch match) {
        return match.protocol().map(IpProtocol::text).orElse(null);
    }

    private static @Nullable Long number(Optional<Integer> number) {
        return number.map(Integer::longValue).orElse(null);
    }

    private static @Nullable String prefix(RuleMatch match) {
        return match.remote() instanceof RuleRemote.Prefix prefix ? prefix.toString() : null;
    }

    private static @Nullable String group(RuleMatch match) {
        return switch (match.remote()) {
            case RuleRemote.Group group -> group.groupId().toString();
            case RuleRemote.OwnGroup _ -> PARENT;
            case RuleRemote.Anyone _, RuleRemote.Prefix _, RuleRemote.Addresses _ -> null;
        };
    }

    private static @Nullable UUID addressGroup(RuleMatch match) {
        return match.remote() instanceof RuleRemote.Addresses addresses ? addresses.groupId() : null;
    }
}
