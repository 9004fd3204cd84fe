package io.weft.domain;

import io.weft.model.IpAddress;

/** Which gateway a subnet is to have. */
public sealed interface GatewayChoice {
    /** The first host of the block. */
    record Default() implements GatewayChoice {}

    /** None at all. */
    record None() implements GatewayChoice {}

    /** This address. */
    record At(IpAddress address) implements GatewayChoice {}
}
