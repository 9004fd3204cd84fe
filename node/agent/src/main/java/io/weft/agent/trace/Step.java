package io.weft.agent.trace;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One decision in the names of the model; {@code docs/trace.md} lists the kinds and their facts.
 *
 * @param kind such as {@code rule}
 * @param facts by name, in the order in which people want to read them: texts, numbers, booleans, ids and addresses
 */
public record Step(String kind, Map<String, Object> facts) {
    public Step {
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    /** The facts with their kind, as JSON has them. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("step", kind);
        json.putAll(facts);
        return json;
    }
}
