package io.weft.domain;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What changes of an address group; what is empty stays.
 *
 * @param name its name
 * @param description its description
 * @param expectedRevision the revision number that it must have
 */
public record AddressGroupUpdate(Optional<String> name, Optional<String> description, OptionalLong expectedRevision) {}
