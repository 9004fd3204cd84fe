package io.weft.kubernetes.translate;

import java.util.Locale;

/** Which way a connection begins, seen from the pod that a policy selects. */
public enum Direction {
    INGRESS,
    EGRESS;

    /** Neutron's name. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
