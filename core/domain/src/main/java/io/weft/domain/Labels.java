package io.weft.domain;

import java.util.List;

/**
 * What people call something new.
 *
 * @param name its name
 * @param description its description
 * @param tags its tags
 */
public record Labels(String name, String description, List<String> tags) {
    /** Nothing. */
    public static final Labels NONE = new Labels("", "", List.of());

    public Labels {
        tags = List.copyOf(tags);
    }
}
