package io.weft.domain.records;

import io.weft.model.AddressGroup;
import io.weft.model.DefaultRule;
import io.weft.model.DefaultRules;
import io.weft.model.Direction;
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
import io.weft.model.Tier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/** The fields that security groups, their rules and address groups have beside those of every resource. */
final class GroupRecords {
    private static final Set<String> GROUP_FIELDS =
            Set.of(Names.DEFAULT, Names.STATELESS, Names.TIER, Names.PRIORITY, Names.RBAC);
    private static final Set<String> ADDRESSES_FIELDS = Set.of(Names.BLOCKS, Names.RBAC);
    private static final Set<String> RULE_FIELDS = Set.of(
            Names.GROUP,
            Names.DIRECTION,
            Names.FAMILY,
            Names.PROTOCOL,
            Names.MIN,
            Names.MAX,
            Names.REMOTE_PREFIX,
            Names.REMOTE_GROUP,
            Names.REMOTE_ADDRESSES,
            Names.REMOTE_OWN,
            Names.ACTION,
            Names.POSITION);

    private final Map<String, Object> values = new HashMap<>();

    /** Takes in a field of a security group; false when it is none. */
    boolean group(String name, JsonParser json) {
        return keep(GROUP_FIELDS.contains(name), name, json);
    }

    /** Takes in a field of a rule; false when it is none. */
    boolean rule(String name, JsonParser json) {
        return keep(RULE_FIELDS.contains(name), name, json);
    }

    /** Takes in a field of an address group; false when it is none. */
    boolean addresses(String name, JsonParser json) {
        return keep(ADDRESSES_FIELDS.contains(name), name, json);
    }

    /** Takes in a field of the rules that groups begin with; false when it is none. */
    boolean defaults(String name, JsonParser json) {
        return keep(name.equals(Names.RULES), name, json);
    }

    private boolean keep(boolean known, String name, JsonParser json) {
        if (known) {
            values.put(name, Values.read(json));
        }
        return known;
    }

    SecurityGroup group(Meta meta) {
        return new SecurityGroup(
                meta,
                flag(values, Names.DEFAULT),
                !flag(values, Names.STATELESS),
                values.containsKey(Names.TIER)
                        ? new Precedence(
                                Tier.parse(text(values, Names.TIER)),
                                number(values, Names.PRIORITY).orElse(0))
                        : Precedence.NORMAL,
                SharingRecords.of(values));
    }

    SecurityGroupRule rule(Meta meta) {
        return new SecurityGroupRule(
                meta,
                id(values, Names.GROUP),
                match(values),
                values.containsKey(Names.ACTION) ? RuleAction.parse(text(values, Names.ACTION)) : RuleAction.ALLOW,
                number(values, Names.POSITION).orElse(0));
    }

    AddressGroup addressGroup(Meta meta) {
        List<IpPrefix> blocks = new ArrayList<>();
        for (Object block : list(values, Names.BLOCKS)) {
            blocks.add(IpPrefix.parse(block.toString()));
        }
        return new AddressGroup(meta, blocks, SharingRecords.of(values));
    }

    DefaultRules defaultRules(Meta meta) {
        List<DefaultRule> rules = new ArrayList<>();
        for (Object item : list(values, Names.RULES)) {
            if (!(item instanceof Map<?, ?> fields)) {
                throw new IllegalArgumentException("a rule is no JSON object");
            }
            rules.add(new DefaultRule(
                    id(fields, Names.ID),
                    fields.containsKey(Names.DESCRIPTION) ? text(fields, Names.DESCRIPTION) : "",
                    match(fields),
                    flag(fields, Names.IN_DEFAULT),
                    flag(fields, Names.IN_OTHERS),
                    Instant.ofEpochSecond(number(fields, Names.CREATED).orElse(0))));
        }
        return new DefaultRules(meta, rules);
    }

    private static RuleMatch match(Map<?, ?> fields) {
        return new RuleMatch(
                Direction.parse(text(fields, Names.DIRECTION)),
                IpFamily.ofVersion(number(fields, Names.FAMILY).orElse(0)),
                fields.containsKey(Names.PROTOCOL)
                        ? Optional.of(IpProtocol.parse(text(fields, Names.PROTOCOL)))
                        : Optional.empty(),
                number(fields, Names.MIN),
                number(fields, Names.MAX),
                remote(fields));
    }

    private static RuleRemote remote(Map<?, ?> fields) {
        if (fields.containsKey(Names.REMOTE_PREFIX)) {
            return RuleRemote.Prefix.parse(text(fields, Names.REMOTE_PREFIX));
        }
        if (fields.containsKey(Names.REMOTE_GROUP)) {
            return new RuleRemote.Group(id(fields, Names.REMOTE_GROUP));
        }
        if (fields.containsKey(Names.REMOTE_ADDRESSES)) {
            return new RuleRemote.Addresses(id(fields, Names.REMOTE_ADDRESSES));
        }
        return flag(fields, Names.REMOTE_OWN) ? new RuleRemote.OwnGroup() : new RuleRemote.Anyone();
    }

    private static boolean flag(Map<?, ?> fields, String name) {
        return Boolean.TRUE.equals(fields.get(name));
    }

    private static Optional<Integer> number(Map<?, ?> fields, String name) {
        return fields.get(name) instanceof Number number ? Optional.of(number.intValue()) : Optional.empty();
    }

    private static UUID id(Map<?, ?> fields, String name) {
        return UUID.fromString(text(fields, name));
    }

    private static String text(Map<?, ?> fields, String name) {
        if (fields.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("the field " + name + " is missing");
    }

    private static List<?> list(Map<?, ?> fields, String name) {
        return fields.get(name) instanceof List<?> list ? list : List.of();
    }

    static void write(JsonGenerator json, SecurityGroup group) {
        RecordWriter.flag(json, Names.DEFAULT, group.isDefault());
        RecordWriter.flag(json, Names.STATELESS, !group.stateful());
        Precedence precedence = group.precedence();
        if (!precedence.equals(Precedence.NORMAL)) {
            json.writeStringProperty(Names.TIER, precedence.tier().text());
            json.writeNumberProperty(Names.PRIORITY, precedence.priority());
        }
        SharingRecords.write(json, group.meta(), group.sharing());
    }

    static void write(JsonGenerator json, SecurityGroupRule rule) {
        json.writeStringProperty(Names.GROUP, rule.groupId().toString());
        write(json, rule.match());
        if (rule.action() != RuleAction.ALLOW) {
            json.writeStringProperty(Names.ACTION, rule.action().text());
        }
        if (rule.position() != 0) {
            json.writeNumberProperty(Names.POSITION, rule.position());
        }
    }

    static void write(JsonGenerator json, AddressGroup group) {
        if (!group.addresses().isEmpty()) {
            json.writeName(Names.BLOCKS);
            json.writeStartArray();
            group.addresses().forEach(block -> json.writeString(block.toString()));
            json.writeEndArray();
        }
        SharingRecords.write(json, group.meta(), group.sharing());
    }

    static void write(JsonGenerator json, DefaultRules rules) {
        json.writeName(Names.RULES);
        json.writeStartArray();
        for (DefaultRule rule : rules.rules()) {
            json.writeStartObject();
            json.writeStringProperty(Names.ID, rule.id().toString());
            RecordWriter.text(json, Names.DESCRIPTION, rule.description());
            write(json, rule.match());
            RecordWriter.flag(json, Names.IN_DEFAULT, rule.inDefault());
            RecordWriter.flag(json, Names.IN_OTHERS, rule.inOthers());
            json.writeNumberProperty(Names.CREATED, rule.createdAt().getEpochSecond());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, RuleMatch match) {
        json.writeStringProperty(Names.DIRECTION, match.direction().text());
        json.writeNumberProperty(Names.FAMILY, match.family().version());
        match.protocol().ifPresent(protocol -> json.writeStringProperty(Names.PROTOCOL, protocol.text()));
        match.portRangeMin().ifPresent(number -> json.writeNumberProperty(Names.MIN, number));
        match.portRangeMax().ifPresent(number -> json.writeNumberProperty(Names.MAX, number));
        switch (match.remote()) {
            case RuleRemote.Anyone _ -> {}
            case RuleRemote.Prefix prefix -> json.writeStringProperty(Names.REMOTE_PREFIX, prefix.toString());
            case RuleRemote.Group group ->
                json.writeStringProperty(Names.REMOTE_GROUP, group.groupId().toString());
            case RuleRemote.Addresses addresses ->
                json.writeStringProperty(
                        Names.REMOTE_ADDRESSES, addresses.groupId().toString());
            case RuleRemote.OwnGroup _ -> RecordWriter.flag(json, Names.REMOTE_OWN, true);
        }
    }
}
