package io.weft.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What every resource has.
 *
 * @param id the resource's identity, never reused
 * @param project the owner; empty for what belongs to no project, such as a router's interface
 * @param name a name for people, not unique, possibly empty, at most 255 characters
 * @param description a text for people, possibly empty, at most 255 characters
 * @param tags sorted labels without duplicates, each of 1 to 255 characters
 * @param createdAt when the resource was made, to the second
 * @param updatedAt when it last changed, to the second
 * @param revision the number of its changes; grows by one with each
 * @param unknown stored fields that this build does not know; rewritten as they were read
 */
public record Meta(
        UUID id,
        String project,
        String name,
        String description,
        List<String> tags,
        Instant createdAt,
        Instant updatedAt,
        long revision,
        Map<String, Object> unknown) {
    /** The longest project, name, description or tag, in characters. */
    public static final int MAX_TEXT = 255;

    public Meta {
        Rules.text("project_id", project);
        Rules.text("name", name);
        Rules.text("description", description);
        for (String tag : tags) {
            Rules.text("tags", tag);
            Rules.require("tags", !tag.isEmpty(), "a tag must not be empty");
        }
        tags = tags.isEmpty() ? List.of() : tags.stream().sorted().distinct().toList();
        unknown = unknown.isEmpty() ? Map.of() : Map.copyOf(unknown);
    }

    /** The metadata of a resource that is made now. */
    public static Meta create(UUID id, String project, String name, String description, Instant now) {
        return new Meta(id, project, name, description, List.of(), now, now, 1, Map.of());
    }

    /** The same with another name and description, not yet counted as a change. */
    public Meta describe(String newName, String newDescription) {
        return new Meta(id, project, newName, newDescription, tags, createdAt, updatedAt, revision, unknown);
    }

    /** The same with other tags, not yet counted as a change. */
    public Meta tag(List<String> newTags) {
        return new Meta(id, project, name, description, newTags, createdAt, updatedAt, revision, unknown);
    }

    /** The metadata after one more change. */
    public Meta touched(Instant now) {
        return new Meta(id, project, name, description, tags, createdAt, now, revision + 1, unknown);
    }
}
