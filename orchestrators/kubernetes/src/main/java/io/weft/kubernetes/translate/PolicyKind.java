package io.weft.kubernetes.translate;

/** The kinds of policies. */
public enum PolicyKind {
    /** Of a namespace. */
    NETWORK_POLICY("NetworkPolicy", "networking.k8s.io", "v1", "networkpolicies"),
    /** Of the cluster (https://network-policy-api.sigs.k8s.io/). */
    CLUSTER_NETWORK_POLICY("ClusterNetworkPolicy", "policy.networking.k8s.io", "v1alpha2", "clusternetworkpolicies"),
    /** The forerunner of the former in the tier Admin. */
    ADMIN_NETWORK_POLICY("AdminNetworkPolicy", "policy.networking.k8s.io", "v1alpha1", "adminnetworkpolicies"),
    /** The forerunner in the tier Baseline. */
    BASELINE_ADMIN_NETWORK_POLICY(
            "BaselineAdminNetworkPolicy", "policy.networking.k8s.io", "v1alpha1", "baselineadminnetworkpolicies");

    private final String text;
    private final String group;
    private final String version;
    private final String plural;

    PolicyKind(String text, String group, String version, String plural) {
        this.text = text;
        this.group = group;
        this.version = version;
        this.plural = plural;
    }

    /** As an object's {@code kind} has it. */
    public String text() {
        return text;
    }

    /** The API's group. */
    public String group() {
        return group;
    }

    /** The version in which such objects are read. */
    public String version() {
        return version;
    }

    /** The resource's name. */
    public String plural() {
        return plural;
    }
}
