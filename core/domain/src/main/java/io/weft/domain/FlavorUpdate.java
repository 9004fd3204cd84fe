package io.weft.domain;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What changes of a flavor; what is empty stays.
 *
 * @param name its name
 * @param description its description
 * @param enabled whether anything new may have it
 * @param serviceProfiles what it stands for
 */
public record FlavorUpdate(
        Optional<String> name,
        Optional<String> description,
        Optional<Boolean> enabled,
        Optional<List<UUID>> serviceProfiles) {}
