package io.weft.domain;

import java.util.Optional;
import java.util.UUID;

/**
 * A choice of QoS policy.
 *
 * @param policyId the policy; empty for none
 */
public record QosChoice(Optional<UUID> policyId) {}
