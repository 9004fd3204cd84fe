package io.weft.domain;

import java.util.Optional;

/**
 * What changes of a service profile; what is empty stays.
 *
 * @param description its description
 * @param driver the driver that serves
 * @param metainfo what the driver is told
 * @param enabled whether anything new may be served by it
 */
public record ServiceProfileUpdate(
        Optional<String> description, Optional<String> driver, Optional<String> metainfo, Optional<Boolean> enabled) {}
