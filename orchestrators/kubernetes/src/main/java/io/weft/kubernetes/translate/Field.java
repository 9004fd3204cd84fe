package io.weft.kubernetes.translate;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * A field of an object whose kind has no model here: what it says, and where, for whoever is to put it right. Its methods throw
 * {@link RefusedException} where it says something else.
 *
 * @param path as {@code egress[0].to[1]}; empty for the object's whole
 */
record Field(String path, JsonNode value) {
    RefusedException refused(String message) {
        return new RefusedException(path + ": " + message);
    }

    /** Who read it said why. */
    RefusedException refused(RuntimeException why) {
        return refused(String.valueOf(why.getMessage()));
    }

    boolean isThere() {
        return !value.isMissingNode() && !value.isNull();
    }

    /** The member of this name, which may not be there. */
    Field member(String name) {
        if (isThere() && !value.isObject()) {
            throw refused("must be an object");
        }
        return new Field(path.isEmpty() ? name : path + "." + name, value.path(name));
    }

    /** The names of its members. */
    Set<String> members() {
        if (!value.isObject()) {
            throw refused(isThere() ? "must be an object" : "must be there");
        }
        return new TreeSet<>(value.propertyNames());
    }

    /** It has no members but these. */
    void requireOnly(String... names) {
        Set<String> others = members();
        others.removeAll(Set.of(names));
        others.stream().findFirst().ifPresent(name -> {
            throw member(name).refused("is not known");
        });
    }

    /** The one member that it has. */
    Field single() {
        Set<String> names = members();
        if (names.size() != 1) {
            throw refused("must have exactly one field, has " + (names.isEmpty() ? "none" : names));
        }
        return member(names.iterator().next());
    }

    /** The last part of the path. */
    String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** Its elements; none when it is not there. */
    List<Field> elements() {
        if (!isThere()) {
            return List.of();
        }
        if (!value.isArray()) {
            throw refused("must be a list");
        }
        return IntStream.range(0, value.size())
                .mapToObj(i -> new Field(path + "[" + i + "]", value.get(i)))
                .toList();
    }

    /** Its elements, of which there is at least one. */
    List<Field> someElements() {
        List<Field> elements = elements();
        if (elements.isEmpty()) {
            throw refused("must have an element");
        }
        return elements;
    }

    String text() {
        return value.stringValueOpt().orElseThrow(() -> refused("must be a text"));
    }

    Optional<String> textIfThere() {
        return isThere() ? Optional.of(text()) : Optional.empty();
    }

    int number(int first, int last) {
        if (!value.isIntegralNumber()
                || !value.canConvertToInt()
                || value.intValue() < first
                || value.intValue() > last) {
            throw refused("must be a number from " + first + " to " + last);
        }
        return value.intValue();
    }
}
