package io.weft.docker.translate;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The labels of a container as tags of its ports. */
public final class ContainerLabels {
    /** How many labels of a container become tags: a port of Neutron's has room for fifty, and others use it, too. */
    public static final int MOST = 32;

    private static final String LABEL = "docker.label:";
    private static final int LONGEST = 255;

    private ContainerLabels() {}

    /** The first {@link #MOST}, by name, of those that a tag can hold: it has no comma, no slash and at most 255 characters. */
    public static List<String> tags(Map<String, String> labels) {
        return new TreeMap<>(labels)
                .entrySet().stream()
                        .map(label -> LABEL + label.getKey() + "=" + label.getValue())
                        .filter(ContainerLabels::fits)
                        .limit(MOST)
                        .toList();
    }

    private static boolean fits(String tag) {
        return tag.length() <= LONGEST
                && tag.codePoints().noneMatch(c -> c == ',' || c == '/' || Character.isISOControl(c));
    }

    /** Whether a tag was a label. */
    public static boolean isLabel(String tag) {
        return tag.startsWith(LABEL);
    }
}
