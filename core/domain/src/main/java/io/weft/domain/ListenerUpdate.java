package io.weft.domain;

import io.weft.model.AllowedCallers;
import io.weft.model.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What changes of a listener; what is empty stays.
 *
 * @param labels what it is called
 * @param adminStateUp false refuses its connections
 * @param defaultPool whose members take the connections; none when what is there is empty
 * @param allowedCidrs who may call; everyone when what is there is empty
 * @param allowedCidrsScope at which addresses that is asked
 */
public record ListenerUpdate(
        LabelsUpdate labels,
        Optional<Boolean> adminStateUp,
        Optional<Optional<UUID>> defaultPool,
        Optional<List<IpPrefix>> allowedCidrs,
        Optional<AllowedCallers.Scope> allowedCidrsScope) {
    /** Who may call afterwards. */
    AllowedCallers callers(AllowedCallers before) {
        return new AllowedCallers(allowedCidrs.orElse(before.cidrs()), allowedCidrsScope.orElse(before.scope()));
    }
}
