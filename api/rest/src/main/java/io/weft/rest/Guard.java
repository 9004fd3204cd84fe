package io.weft.rest;

import io.weft.rest.policy.Check;
import io.weft.rest.policy.Policy;
import io.weft.rest.policy.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The rules for one thing that is done to objects, and for the attributes that it may set, put together once.
 *
 * @param name the rule's name
 * @param check the rule
 * @param attributes the rules of attributes
 */
record Guard(String name, Check check, List<OfAttribute> attributes) {
    /**
     * A rule that counts when a body gives an attribute.
     *
     * @param attribute the attribute, by its first name
     * @param name the rule's name
     * @param check the rule
     * @param part the part of the value that must be there for the rule to count; empty for the whole
     */
    record OfAttribute(Attribute<?, ?> attribute, String name, Check check, String part) {
        /** A default that is given counts as nothing given where it stands for it. */
        boolean counts(Body body, boolean defaultsCount) {
            if (!body.has(attribute)) {
                return false;
            }
            Object value = body.raw(attribute);
            return (defaultsCount || !Objects.equals(value, attribute.defaultValue()))
                    && (part.isEmpty() || attribute.hasPart(value, part));
        }
    }

    /**
     * @param name the rule's name
     * @param check the rule
     * @param schema the attributes that bodies may give
     */
    static Guard of(Policy policy, String name, Check check, Schema<?> schema) {
        List<OfAttribute> attributes = new ArrayList<>();
        for (Attribute<?, ?> attribute : schema.attributes()) {
            String rule = name + ":" + attribute.name();
            policy.rule(rule).ifPresent(found -> attributes.add(new OfAttribute(attribute.target(), rule, found, "")));
            for (String part : attribute.parts()) {
                policy.rule(rule + ":" + part)
                        .ifPresent(found ->
                                attributes.add(new OfAttribute(attribute.target(), rule + ":" + part, found, part)));
            }
        }
        return new Guard(name, check, List.copyOf(attributes));
    }

    /** @return whether the caller may, leaving attributes aside */
    boolean allows(Caller caller, Target target) {
        return check.allows(caller, target);
    }

    /** Refuses what the caller may not do with this target. */
    void require(Caller caller, Target target) {
        if (!allows(caller, target)) {
            throw refused("rule:" + name);
        }
    }

    /**
     * Refuses a body with an attribute that the caller may not give.
     *
     * @param defaultsCount whether an attribute counts that has its default's value
     */
    void requireAttributes(Caller caller, Target target, Body body, boolean defaultsCount) {
        for (int i = 0; i < attributes.size(); i++) {
            OfAttribute attribute = attributes.get(i);
            if (attribute.counts(body, defaultsCount) && !attribute.check().allows(caller, target)) {
                throw refused("(rule:" + name + " and rule:" + attribute.name() + ")");
            }
        }
    }

    /** The answer to what the policy refuses, in the words of oslo.policy. */
    static ApiException refused(String rules) {
        return RestError.NOT_AUTHORIZED.with(rules + " is disallowed by policy");
    }
}
