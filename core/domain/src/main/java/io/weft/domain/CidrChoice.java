package io.weft.domain;

import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** Which addresses a new subnet gets. */
public sealed interface CidrChoice {
    /**
     * These, of no subnet pool.
     *
     * @param cidr the block
     */
    record Given(IpPrefix cidr) implements CidrChoice {}

    /**
     * A block of a subnet pool. Not more than one of the last two is given; with neither, and no gateway either, it is a
     * free block of the pool's default length.
     *
     * @param poolId the pool; empty for the default one of the family
     * @param family which the pool must have
     * @param cidr this block of it
     * @param length a free block with a prefix of so many bits
     */
    record OfPool(Optional<UUID> poolId, IpFamily family, Optional<IpPrefix> cidr, OptionalInt length)
            implements CidrChoice {
        /** A free block of this pool, of its default length. */
        public static OfPool any(UUID poolId, IpFamily family) {
            return new OfPool(Optional.of(poolId), family, Optional.empty(), OptionalInt.empty());
        }

        /** A free block of this pool, of this length. */
        public static OfPool ofLength(UUID poolId, IpFamily family, int length) {
            return new OfPool(Optional.of(poolId), family, Optional.empty(), OptionalInt.of(length));
        }

        /** This block of the pool. */
        public static OfPool exactly(UUID poolId, String cidr) {
            IpPrefix prefix = IpPrefix.parse(cidr);
            return new OfPool(Optional.of(poolId), prefix.family(), Optional.of(prefix), OptionalInt.empty());
        }
    }
}
