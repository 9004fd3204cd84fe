package io.weft.domain;

import io.weft.model.Meta;
import io.weft.model.Resource;
import java.util.List;
import java.util.Optional;

/**
 * What changes of what people call something; what is empty stays.
 *
 * @param name its name
 * @param description its description
 * @param tags its tags, which are these and no others
 */
public record LabelsUpdate(Optional<String> name, Optional<String> description, Optional<List<String>> tags) {
    /** Nothing changes. */
    public static final LabelsUpdate NONE = new LabelsUpdate(Optional.empty(), Optional.empty(), Optional.empty());

    /** The metadata after that, not yet counted as a change. */
    Meta of(Stamp stamp, Resource resource) {
        Meta described = stamp.describe(resource, name, description);
        return tags.map(now -> Stamp.tag(described, now)).orElse(described);
    }
}
