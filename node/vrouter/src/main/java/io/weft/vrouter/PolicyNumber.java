package io.weft.vrouter;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * A number that stands in the policy tables; its value in {@link Tables#policyNames} is what it stands for. The programs
 * do not look: an agent finds there what the numbers of the one before it mean.
 *
 * @param kind what it counts
 * @param number the number
 */
@SuppressWarnings("EnumOrdinal") // the order is that of the C enum, which is the origin
public record PolicyNumber(Kind kind, int number) {
    /** In the order of {@code enum policy_name_kind}. */
    public enum Kind {
        /** Number 0 has as its name the least epoch that was never used. */
        EPOCH,
        /** {@link Port#ruleSet}. */
        RULE_SET,
        /** {@link Port#peerScope}. */
        SCOPE,
        /** {@link PolicyKey#peerClass}. */
        CLASS,
        /** {@link PolicyVerdict#rule}; its name is the rule's id. */
        RULE
    }

    static final Codec<PolicyNumber> CODEC = new Codec<>(
            8,
            (key, out) -> out.putInt(key.kind.ordinal()).putInt(key.number),
            in -> new PolicyNumber(Kind.values()[in.getInt()], in.getInt()));

    static final Codec<UUID> NAME = new Codec<>(16, PolicyNumber::write, in -> new UUID(in.getLong(), in.getLong()));

    private static void write(UUID name, ByteBuffer out) {
        out.putLong(name.getMostSignificantBits()).putLong(name.getLeastSignificantBits());
    }
}
