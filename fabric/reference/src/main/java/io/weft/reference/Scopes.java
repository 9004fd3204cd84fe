package io.weft.reference;

import io.weft.model.IpFamily;
import io.weft.model.World;
import java.util.Optional;
import java.util.UUID;

/** What address scopes let routers do. Networks without one are of one scope, but for what leads out, which is translated. */
final class Scopes {
    private final World world;

    Scopes(World world) {
        this.world = world;
    }

    /** What a router's two sides have in common. */
    enum Crossing {
        /** Neither has a scope. */
        UNSCOPED,
        /** Both are of one scope: addresses mean the same. */
        WITHIN,
        /** They are not: nothing passes as it is. */
        ACROSS
    }

    /** From one network to another. */
    Crossing crossing(UUID from, UUID to, IpFamily family) {
        Optional<UUID> here = world.addressScopeOf(from, family);
        Optional<UUID> there = world.addressScopeOf(to, family);
        if (!here.equals(there)) {
            return Crossing.ACROSS;
        }
        return here.isPresent() ? Crossing.WITHIN : Crossing.UNSCOPED;
    }

    /** Whether what a router has translated may have come from anywhere: it has the addresses of where it is now. */
    boolean part(UUID from, UUID to, IpFamily family) {
        return crossing(from, to, family) == Crossing.ACROSS;
    }
}
