package io.weft.model;

import java.util.List;

/**
 * What few ports have. Those without share {@link #NONE}, so that it costs them nothing.
 *
 * @param unaddressed whether it was asked for without addresses; it may have been given some since
 * @param numaAffinityPolicy one of {@link #NUMA_AFFINITY_POLICIES}, which tells the compute service how near to the device
 *     the machine must be; empty for none
 * @param deviceProfile the name of the accelerator's profile, which the compute service has it plugged by; empty for none
 * @param waitingBindings where it may live next, each on another node than where it lives
 */
public record PortExtras(
        boolean unaddressed, String numaAffinityPolicy, String deviceProfile, List<Binding> waitingBindings) {
    /** Nothing of it all. */
    public static final PortExtras NONE = new PortExtras(false, "", "", List.of());

    /** What {@code numa_affinity_policy} may be (Neutron's port-numa-affinity-policy and -socket). */
    public static final List<String> NUMA_AFFINITY_POLICIES = List.of("required", "preferred", "legacy", "socket");

    public PortExtras {
        Rules.require(
                "numa_affinity_policy",
                numaAffinityPolicy.isEmpty() || NUMA_AFFINITY_POLICIES.contains(numaAffinityPolicy),
                "must be one of " + NUMA_AFFINITY_POLICIES);
        Rules.text("device_profile", deviceProfile);
        waitingBindings = List.copyOf(waitingBindings);
    }

    /** The same, asked for without addresses, or with some. */
    public PortExtras withUnaddressed(boolean newUnaddressed) {
        return new PortExtras(newUnaddressed, numaAffinityPolicy, deviceProfile, waitingBindings).shared();
    }

    /** The same with this policy; empty for none. */
    public PortExtras withNumaAffinityPolicy(String policy) {
        return new PortExtras(unaddressed, policy, deviceProfile, waitingBindings).shared();
    }

    /** The same with this profile; empty for none. */
    public PortExtras withDeviceProfile(String profile) {
        return new PortExtras(unaddressed, numaAffinityPolicy, profile, waitingBindings).shared();
    }

    /** The same with these bindings that wait. */
    public PortExtras withWaitingBindings(List<Binding> bindings) {
        return new PortExtras(unaddressed, numaAffinityPolicy, deviceProfile, bindings).shared();
    }

    /** {@link #NONE} for whatever equals it. */
    private PortExtras shared() {
        return equals(NONE) ? NONE : this;
    }
}
