package io.weft.domain;

import java.util.Optional;

/**
 * What changes of a member; what is empty stays.
 *
 * @param labels what it is called
 * @param adminStateUp false takes it out of the pool
 * @param weight its share of the connections
 */
public record PoolMemberUpdate(LabelsUpdate labels, Optional<Boolean> adminStateUp, Optional<Integer> weight) {}
