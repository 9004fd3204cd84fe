package io.weft.agent.policy;

import io.weft.agent.numbers.NumberPool;
import io.weft.vrouter.PolicyNumber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;

/** The numbers of rule sets, scopes, classes, rules and epochs, and the names by which a later process finds them. */
final class Numbers {
    /** Epochs are set aside in blocks, so that few of them cost an entry of the kernel. */
    private static final int EPOCH_BLOCK = 1024;

    private static final PolicyNumber EPOCHS = new PolicyNumber(PolicyNumber.Kind.EPOCH, 0);

    private final Map<PolicyNumber.Kind, NumberPool> pools = new EnumMap<>(PolicyNumber.Kind.class);
    private final Map<PolicyNumber.Kind, Map<UUID, Integer>> remembered = new EnumMap<>(PolicyNumber.Kind.class);
    private final PolicyOutput output;
    private int nextEpoch;
    private int epochLimit;

    Numbers(PolicyLimits limits, Map<PolicyNumber, UUID> known, PolicyOutput output) {
        this.output = output;
        pools.put(PolicyNumber.Kind.RULE_SET, new NumberPool(1, limits.ruleSets() - 1));
        pools.put(PolicyNumber.Kind.SCOPE, new NumberPool(1, Integer.MAX_VALUE));
        pools.put(PolicyNumber.Kind.CLASS, new NumberPool(1, Integer.MAX_VALUE));
        pools.put(PolicyNumber.Kind.RULE, new NumberPool(1, limits.rules()));
        pools.keySet().forEach(kind -> remembered.put(kind, new HashMap<>()));
        known.forEach((numbered, name) -> {
            NumberPool pool = pools.get(numbered.kind());
            if (pool != null) {
                pool.reserve(numbered.number());
                remembered.getOrDefault(numbered.kind(), new HashMap<>()).put(name, numbered.number());
            }
        });
        UUID epochs = known.get(EPOCHS);
        nextEpoch = epochs == null ? 1 : (int) epochs.getLeastSignificantBits();
        epochLimit = nextEpoch;
    }

    /** A number for something with this name: that which it had in a former process, if possible. */
    OptionalInt take(PolicyNumber.Kind kind, UUID name) {
        Integer former = remembered.getOrDefault(kind, Map.of()).get(name);
        OptionalInt number = pool(kind).take(former == null ? OptionalInt.empty() : OptionalInt.of(former));
        number.ifPresent(n -> output.putName(new PolicyNumber(kind, n), name));
        return number;
    }

    void give(PolicyNumber.Kind kind, int number) {
        output.removeName(new PolicyNumber(kind, number));
        pool(kind).give(number);
    }

    private NumberPool pool(PolicyNumber.Kind kind) {
        NumberPool pool = pools.get(kind);
        if (pool == null) {
            throw new IllegalArgumentException("no numbers of " + kind);
        }
        return pool;
    }

    /** An epoch that no connection on this node was ever judged in; never 0. */
    int epoch() {
        if (nextEpoch == epochLimit) {
            epochLimit += EPOCH_BLOCK;
            output.putName(EPOCHS, new UUID(0, Integer.toUnsignedLong(epochLimit)));
        }
        int epoch = nextEpoch++;
        return epoch == 0 ? nextEpoch++ : epoch;
    }

    void settled() {
        pools.values().forEach(NumberPool::settle);
    }

    void swept() {
        pools.values().forEach(NumberPool::release);
        remembered.values().forEach(Map::clear);
    }

    /** A name for something that is known by its parts only. */
    static UUID name(Object... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Object part : parts) {
                digest.update(part.toString().getBytes(StandardCharsets.UTF_8));
                digest.update((byte) '\n');
            }
            ByteBuffer bytes = ByteBuffer.wrap(digest.digest());
            return new UUID(bytes.getLong(), bytes.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
