package io.weft.domain;

import java.util.List;
import java.util.UUID;

/**
 * A flavor to be made.
 *
 * @param name its name
 * @param description its description
 * @param serviceType the service that it is of
 * @param enabled whether anything new may have it
 * @param serviceProfiles what it stands for
 */
public record NewFlavor(
        String name, String description, String serviceType, boolean enabled, List<UUID> serviceProfiles) {}
