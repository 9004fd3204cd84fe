package io.weft.kubernetes.translate;

import java.util.Locale;

/** Which endpoints a node chooses from. */
public enum Locality {
    /** All. */
    ANY,
    /** Those on the caller's own node, and nobody when there are none. */
    LOCAL,
    /** Those on the caller's own node, and all when there are none. */
    PREFER_LOCAL;

    /** The load balancer's word for it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
