package io.weft.domain;

import io.weft.domain.error.Problem;
import java.util.List;

/** The availability zones (Neutron API v2.0, Availability zones). All nodes are in one. */
public final class AvailabilityZones {
    /** The name of the zone that all nodes are in. */
    public static final String ONLY = "default";

    private AvailabilityZones() {}

    /** The zones that are asked for exist. */
    static void requireKnown(List<String> hints) {
        hints.stream().filter(hint -> !hint.equals(ONLY)).findFirst().ifPresent(hint -> {
            throw Problem.AVAILABILITY_ZONE_NOT_FOUND.with(hint);
        });
    }
}
