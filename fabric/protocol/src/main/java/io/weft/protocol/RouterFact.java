package io.weft.protocol;

import java.util.UUID;

/**
 * A routing domain. In topic {@code router/ID}.
 *
 * @param routerId its id
 * @param adminUp false stops it from forwarding
 */
public record RouterFact(UUID routerId, boolean adminUp) implements Fact {
    @Override
    public Type type() {
        return Type.ROUTER;
    }

    @Override
    public String key() {
        return Type.ROUTER.text();
    }
}
