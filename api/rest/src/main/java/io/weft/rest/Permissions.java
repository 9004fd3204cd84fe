package io.weft.rest;

import io.weft.rest.policy.Check;
import io.weft.rest.policy.Policy;
import io.weft.rest.policy.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the policy says of one resource: its rules are looked up once. Rules have Neutron's names: {@code create_port},
 * {@code update_port:mac_address}; for a resource beneath another both members stand in them, as in {@code
 * create_floatingip_port_forwarding}. What has no rule of its own falls under {@code default}.
 *
 * @param <T> the record of one object
 */
final class Permissions<T> {
    private static final String DEFAULT = "default";

    private final ResourceType<T> resource;
    private final Policy policy;
    private final Targets<T> targets;
    private final String member;
    private final Guard get;
    private final Guard create;
    private final Guard update;
    private final Guard delete;
    private final Map<Action, Guard> actions = new HashMap<>();
    /** By the index of an attribute; null where everybody who sees the object sees it. */
    private final @Nullable Check[] reads;

    Permissions(ResourceType<T> resource, @Nullable Permissions<?> parent, Policy policy) {
        this.resource = resource;
        this.policy = policy;
        this.targets = new Targets<>(resource, parent == null ? null : parent.targets);
        this.member = (parent == null ? "" : parent.member + "_") + resource.member();
        this.get = guard("get_" + member, resource.schema());
        this.create = guard("create_" + member, resource.schema());
        this.update = guard("update_" + member, resource.schema());
        this.delete = guard("delete_" + member, resource.schema());
        resource.actions().forEach(action -> actions.put(action, guard(action)));
        this.reads = new @Nullable Check[resource.schema().attributes().size()];
        for (Guard.OfAttribute rule : get.attributes()) {
            reads[rule.attribute().index()] = rule.check();
        }
        for (Attribute<T, ?> attribute : resource.schema().attributes()) {
            if (attribute.isAlias()) {
                reads[attribute.index()] = reads[attribute.target().index()];
            }
        }
    }

    private Guard guard(String rule, Schema<?> schema) {
        Check check = policy.rule(rule)
                .or(() -> policy.rule(DEFAULT))
                .orElseThrow(() -> new IllegalArgumentException("the policy has neither " + rule + " nor a default"));
        return Guard.of(policy, rule, check, schema);
    }

    private Guard guard(Action action) {
        if (policy.rule(action.name()).isPresent()) {
            return guard(action.name(), action.schema());
        }
        return action.method().equals("GET") ? get : update;
    }

    /** The names of all rules that this resource asks for, whether they are there or not. */
    Stream<String> names() {
        Stream<Guard> guards = Stream.of(get, create, update, delete);
        Stream<String> verbs = guards.flatMap(guard -> names(guard.name(), resource.schema()));
        Stream<String> named = resource.actions().stream().flatMap(action -> names(action.name(), action.schema()));
        return Stream.concat(verbs, named);
    }

    private static Stream<String> names(String rule, Schema<?> schema) {
        Stream<String> attributes = schema.attributes().stream()
                .flatMap(attribute -> Stream.concat(
                        Stream.of(rule + ":" + attribute.name()),
                        attribute.parts().stream().map(part -> rule + ":" + attribute.name() + ":" + part)));
        return Stream.concat(Stream.of(rule, rule + ":tags"), attributes);
    }

    /** The name of the rule for one of the verbs {@code get}, {@code create}, {@code update}, {@code delete}. */
    String rule(String verb) {
        return verb + "_" + member;
    }

    /** The name of the rule that an action is done under. */
    String rule(Action action) {
        return actions.getOrDefault(action, update).name();
    }

    /** Whether no object at all is shown to the caller. */
    boolean hidesAll(Caller caller) {
        return get.check().aboutCallerAlone() && !get.allows(caller, Target.NOTHING);
    }

    /** Whether the caller sees an object. */
    boolean shows(Call call, T record) {
        return get.allows(call.caller(), targets.of(call, record));
    }

    /** An object that the caller sees, or the answer to one that it does not see. */
    T require(Call call, String id) {
        T record = resource.service().find(call, id).orElseThrow(() -> resource.notFound(call, id));
        if (!shows(call, record)) {
            throw hidden(call, id, get);
        }
        return record;
    }

    private ApiException hidden(Call call, String id, Guard refusing) {
        return resource.idsAreKnown() ? Guard.refused("rule:" + refusing.name()) : resource.notFound(call, id);
    }

    void requireCreate(Call call, Body body) {
        Target target = targets.of(call, body);
        create.require(call.caller(), target);
        create.requireAttributes(call.caller(), target, body, false);
    }

    /** Who may make objects beneath the call's may replace all of them, be it by none. */
    void requireReplace(Call call) {
        create.require(
                call.caller(),
                targets.of(call, new Body(resource.schema().attributes().size())));
    }

    void requireUpdate(Call call, String id, Body body) {
        T record = requireGuarded(call, id, update);
        update.requireAttributes(call.caller(), targets.of(call, record, body), body, true);
    }

    void requireDelete(Call call, String id) {
        requireGuarded(call, id, delete);
    }

    void requireAction(Call call, String id, Action action, Body body) {
        Guard guard = actions.getOrDefault(action, update);
        T record = requireGuarded(call, id, guard);
        guard.requireAttributes(call.caller(), targets.of(call, record), body, true);
    }

    /** Refuses what may not be done with tags: by its own rule, or by that for the same done to the object. */
    void requireTags(Call call, String method, String id) {
        Guard guard = switch (method) {
            case "POST" -> create;
            case "PUT" -> update;
            case "DELETE" -> delete;
            default -> get;
        };
        String rule = guard.name() + ":tags";
        Check check = policy.rule(rule).orElse(method.equals("POST") ? update.check() : guard.check());
        requireGuarded(call, id, new Guard(rule, check, List.of()));
    }

    /** What a caller may not see, it is not told about; what it sees and may not change, it mostly is. */
    private T requireGuarded(Call call, String id, Guard guard) {
        T record = resource.service().find(call, id).orElseThrow(() -> resource.notFound(call, id));
        Target target = targets.of(call, record);
        if (!guard.allows(call.caller(), target)) {
            boolean own = call.caller().project().equals(target.value("project_id"));
            boolean told = shows(call, record) && (own || !resource.othersAreUnknown());
            throw told ? Guard.refused("rule:" + guard.name()) : hidden(call, id, guard);
        }
        return record;
    }

    /** Whether the caller sees an attribute of whatever object it sees. */
    boolean alwaysReads(Caller caller, Attribute<T, ?> attribute) {
        Check check = reads[attribute.index()];
        return check == null || check.aboutCallerAlone() && check.allows(caller, Target.NOTHING);
    }

    /** Whether the caller sees an attribute of some object. */
    boolean mayRead(Caller caller, Attribute<T, ?> attribute) {
        Check check = reads[attribute.index()];
        return check == null || !check.aboutCallerAlone() || check.allows(caller, Target.NOTHING);
    }

    /** Whether the caller sees an attribute of an object. */
    boolean reads(Call call, Attribute<T, ?> attribute, T record) {
        Check check = reads[attribute.index()];
        return check == null || check.allows(call.caller(), targets.of(call, record));
    }

    /** What the caller gets to see of objects; all that it may when no field is asked for. */
    Visible visible(Call call, List<String> fields) {
        return visible(call, fields, false);
    }

    /** The same, of the objects of a list. */
    Visible listed(Call call, List<String> fields) {
        return visible(call, fields, true);
    }

    private Visible visible(Call call, List<String> fields, boolean inList) {
        long always = 0;
        List<Attribute<T, ?>> sometimes = new ArrayList<>(2);
        for (Attribute<T, ?> attribute : resource.schema().attributes()) {
            if (!attribute.visible()
                    || inList && !attribute.listed()
                    || !fields.isEmpty() && !fields.contains(attribute.name())) {
                continue;
            }
            if (alwaysReads(call.caller(), attribute)) {
                always |= 1L << attribute.index();
            } else if (mayRead(call.caller(), attribute)) {
                sometimes.add(attribute);
            }
        }
        return new Visible(call, always, sometimes);
    }

    /** The attributes of objects that a caller gets to see. */
    final class Visible {
        private final Call call;
        private final long always;
        private final List<Attribute<T, ?>> sometimes;

        private Visible(Call call, long always, List<Attribute<T, ?>> sometimes) {
            this.call = call;
            this.always = always;
            this.sometimes = sometimes;
        }

        /** The attributes of one object, as a set of indexes. */
        long of(T record) {
            long mask = always;
            for (int i = 0; i < sometimes.size(); i++) {
                if (reads(call, sometimes.get(i), record)) {
                    mask |= 1L << sometimes.get(i).index();
                }
            }
            return mask;
        }
    }
}
