package io.weft.kubernetes.translate;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A label selector in one form: selectors with the same requirements are equal
 * (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors).
 *
 * @param requirements all of them hold; sorted, without duplicates
 */
public record Selector(List<Requirement> requirements) {
    private static final Comparator<Requirement> ORDER = Comparator.comparing(Requirement::text);

    /** Selects whatever there is. */
    public static final Selector EVERYTHING = new Selector(List.of());

    public Selector {
        requirements = requirements.stream().distinct().sorted(ORDER).toList();
    }

    /** How a label is compared. */
    public enum Operator {
        IN("In"),
        NOT_IN("NotIn"),
        EXISTS("Exists"),
        DOES_NOT_EXIST("DoesNotExist");

        private final String text;

        Operator(String text) {
            this.text = text;
        }

        static Operator named(String text) {
            return Stream.of(values())
                    .filter(operator -> operator.text.equals(text))
                    .findFirst()
                    .orElseThrow(() -> new RefusedException("operator '" + text + "' of a selector is not known"));
        }
    }

    /**
     * What one label must be.
     *
     * @param values sorted, without duplicates
     */
    public record Requirement(String key, Operator operator, List<String> values) {
        public Requirement {
            values = values.stream().distinct().sorted().toList();
        }

        boolean holds(Map<String, String> labels) {
            Optional<String> value = Optional.ofNullable(labels.get(key));
            return switch (operator) {
                case IN -> value.filter(values::contains).isPresent();
                case NOT_IN -> value.filter(values::contains).isEmpty();
                case EXISTS -> value.isPresent();
                case DOES_NOT_EXIST -> value.isEmpty();
            };
        }

        String text() {
            return switch (operator) {
                case IN -> values.size() == 1 ? key + "=" + values.getFirst() : key + " in " + values;
                case NOT_IN -> key + " not in " + values;
                case EXISTS -> key;
                case DOES_NOT_EXIST -> "!" + key;
            };
        }
    }

    /** What a selector of Kubernetes says; an empty one selects everything. */
    public static Selector of(LabelSelector selector) {
        List<Requirement> all = new ArrayList<>();
        Optional.ofNullable(selector.getMatchLabels())
                .orElse(Map.of())
                .forEach((key, value) -> all.add(new Requirement(key, Operator.IN, List.of(value))));
        Stream.ofNullable(selector.getMatchExpressions())
                .flatMap(Collection::stream)
                .map(Selector::requirement)
                .forEach(all::add);
        return new Selector(all);
    }

    private static Requirement requirement(LabelSelectorRequirement requirement) {
        return new Requirement(
                requirement.getKey(),
                Operator.named(requirement.getOperator()),
                Optional.ofNullable(requirement.getValues()).orElse(List.of()));
    }

    /** Whether something with these labels is selected. */
    public boolean matches(Map<String, String> labels) {
        return requirements.stream().allMatch(requirement -> requirement.holds(labels));
    }

    /** As {@code kubectl} would write it; empty for everything. */
    @Override
    public String toString() {
        return requirements.stream().map(Requirement::text).collect(Collectors.joining(","));
    }
}
