package io.weft.domain;

import java.util.Optional;
import java.util.UUID;

/**
 * The address scope that a subnet pool is to be in.
 *
 * @param scope the scope; empty for none
 */
public record ScopeChoice(Optional<UUID> scope) {}
