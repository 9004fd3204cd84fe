package io.weft.domain;

import io.weft.model.MemberLocality;
import java.util.Optional;

/**
 * What changes of a pool; what is empty stays.
 *
 * @param labels what it is called
 * @param adminStateUp false refuses the connections of the listeners that have it
 * @param affinity for how many seconds connections of a source address stay with a member; 0 for none
 * @param locality which members a caller's node chooses from
 */
public record PoolUpdate(
        LabelsUpdate labels,
        Optional<Boolean> adminStateUp,
        Optional<Integer> affinity,
        Optional<MemberLocality> locality) {}
