package io.weft.kubernetes;

/**
 * Something may have changed: who hears of it looks for what is there now.
 *
 * @param key {@code NAMESPACE/NAME}, or {@code NAME} of what belongs to no namespace
 */
record Change(Kind kind, String key) {
    /** In the order in which changes are taken up that came together: what others stand on first. */
    enum Kind {
        NODE,
        NAMESPACE,
        POLICY,
        /** The definition of one of the kinds that a cluster may not have. */
        CUSTOM_KIND,
        CLUSTER_NETWORK_POLICY,
        ADMIN_NETWORK_POLICY,
        BASELINE_ADMIN_NETWORK_POLICY,
        ATTACHMENT,
        POD,
        SERVICE,
        SLICE
    }
}
