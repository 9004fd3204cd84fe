package io.weft.domain;

import java.util.Optional;
import java.util.UUID;

/**
 * What changes of a listener; what is empty stays.
 *
 * @param labels what it is called
 * @param adminStateUp false refuses its connections
 * @param defaultPool whose members take the connections; none when what is there is empty
 */
public record ListenerUpdate(
        LabelsUpdate labels, Optional<Boolean> adminStateUp, Optional<Optional<UUID>> defaultPool) {}
