package io.weft.rest.policy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The right side of a check: text with places such as {@code %(project_id)s} for values of the target.
 *
 * @param parts texts and, at odd places, names
 */
record Template(List<String> parts) {
    private static final String TENANT = "tenant_id";

    Template {
        parts = List.copyOf(parts);
    }

    /** @throws IllegalArgumentException when a per cent sign begins nothing that is known */
    static Template parse(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c != '%') {
                literal.append(c);
                at++;
            } else if (text.startsWith("%%", at)) {
                literal.append('%');
                at += 2;
            } else {
                int end = text.indexOf(")s", at);
                if (!text.startsWith("%(", at) || end < at + 3) {
                    throw new IllegalArgumentException("'" + text + "' has a '%' that begins no '%(name)s'");
                }
                parts.add(literal.toString());
                literal.setLength(0);
                parts.add(canonical(text.substring(at + 2, end)));
                at = end + 2;
            }
        }
        parts.add(literal.toString());
        return new Template(parts);
    }

    /** Projects were called tenants once: rules use both names. */
    static String canonical(String name) {
        return name.equals(TENANT) || name.endsWith(":" + TENANT)
                ? name.substring(0, name.length() - TENANT.length()) + "project_id"
                : name;
    }

    boolean constant() {
        return parts.size() == 1;
    }

    /** The text for a target; null when the target lacks something that it names. */
    @Nullable
    String fill(Target target) {
        if (parts.size() == 3 && parts.getFirst().isEmpty() && parts.getLast().isEmpty()) {
            return text(target.value(parts.get(1)));
        }
        StringBuilder filled = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            String part = i % 2 == 0 ? parts.get(i) : text(target.value(parts.get(i)));
            if (part == null) {
                return null;
            }
            filled.append(part);
        }
        return filled.toString();
    }

    /** A value as Python writes it, which is what rules are written for; null when there is none. */
    static @Nullable String text(@Nullable Object value) {
        if (Target.ABSENT.equals(value)) {
            return null;
        }
        return switch (value) {
            case null -> "None";
            case Boolean flag -> flag ? "True" : "False";
            default -> value.toString();
        };
    }
}
