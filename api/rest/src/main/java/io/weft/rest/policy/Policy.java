package io.weft.rest.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Rules in force, by their names. It does not change, and is safe for any number of threads. */
public final class Policy {
    private final Map<String, Check> checks;

    private Policy(Map<String, Check> checks) {
        this.checks = Map.copyOf(checks);
    }

    /**
     * Puts rules together.
     *
     * @param defaults what holds unless it is replaced
     * @param overrides what replaces defaults of the same name, and further rules; no name may come twice
     * @throws PolicyException when a rule cannot be read, or asks for one that is missing or that leads back to it
     */
    public static Policy of(List<Rule> defaults, List<Rule> overrides) {
        return new Assembly(defaults, overrides).assemble();
    }

    /** The rule with this name. */
    public Optional<Check> rule(String name) {
        return Optional.ofNullable(checks.get(name));
    }

    /** Collects what is wrong, so that all of it is told at once. */
    private static final class Assembly {
        private final Map<String, Rule> rules = new LinkedHashMap<>();
        private final Map<String, Check> parsed = new HashMap<>();
        private final Map<String, Check> done = new HashMap<>();
        private final Set<String> path = new LinkedHashSet<>();
        private final List<String> problems = new ArrayList<>();

        Assembly(List<Rule> defaults, List<Rule> overrides) {
            defaults.forEach(rule -> rules.put(rule.name(), rule));
            Set<String> given = new LinkedHashSet<>();
            for (Rule rule : overrides) {
                if (!given.add(rule.name())) {
                    problem(rule, "stands here a second time");
                }
                rules.put(rule.name(), rule);
            }
        }

        Policy assemble() {
            for (Rule rule : rules.values()) {
                try {
                    parsed.put(rule.name(), CheckParser.parse(rule.text()));
                } catch (IllegalArgumentException e) {
                    problem(rule, String.valueOf(e.getMessage()));
                    parsed.put(rule.name(), Check.Constant.NOBODY);
                }
            }
            rules.values().forEach(this::resolve);
            if (!problems.isEmpty()) {
                throw new PolicyException(problems);
            }
            return new Policy(done);
        }

        private Check resolve(Rule rule) {
            Check known = done.get(rule.name());
            if (known != null) {
                return known;
            }
            path.add(rule.name());
            Check whole = parsed.getOrDefault(rule.name(), Check.Constant.NOBODY)
                    .with(part -> part instanceof Check.Reference reference ? follow(rule, reference.name()) : part);
            path.remove(rule.name());
            done.put(rule.name(), whole);
            return whole;
        }

        private Check follow(Rule from, String name) {
            Rule to = rules.get(name);
            if (to == null) {
                problem(from, "asks for rule '" + name + "', which does not exist");
                return Check.Constant.NOBODY;
            }
            if (path.contains(name)) {
                problem(from, "leads back to itself: " + String.join(", ", path) + ", " + name);
                return Check.Constant.NOBODY;
            }
            return resolve(to);
        }

        private void problem(Rule rule, String what) {
            problems.add((rule.place().isEmpty() ? "" : rule.place() + ": ") + "rule '" + rule.name() + "': " + what);
        }
    }
}
