package io.weft.docker.translate;

import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds room for a subnet. */
public final class FreePrefix {
    private FreePrefix() {}

    /**
     * The first prefix of this length in the blocks, taken in their order, that overlaps none of those in use. Its cost grows
     * with the number of those in use and not with the number of prefixes.
     */
    public static Optional<IpPrefix> find(List<IpPrefix> blocks, int length, Collection<IpPrefix> used) {
        for (IpPrefix block : blocks) {
            if (block.length() > length) {
                continue;
            }
            List<IpPrefix> inside = used.stream()
                    .filter(block::overlaps)
                    .sorted(Comparator.comparing(IpPrefix::first))
                    .toList();
            BigInteger step = BigInteger.ONE.shiftLeft(block.family().bits() - length);
            BigInteger next = number(block.first());
            for (IpPrefix taken : inside) {
                if (number(taken.first()).compareTo(next.add(step)) >= 0) {
                    break;
                }
                BigInteger after = number(taken.last()).add(BigInteger.ONE);
                while (next.compareTo(after) < 0) {
                    // Rounded up to where a prefix of this length may begin.
                    BigInteger steps = after.subtract(next)
                            .add(step)
                            .subtract(BigInteger.ONE)
                            .divide(step);
                    next = next.add(steps.multiply(step));
                }
            }
            if (next.add(step).compareTo(number(block.last()).add(BigInteger.ONE)) <= 0) {
                return Optional.of(new IpPrefix(address(next, block.family()), length));
            }
        }
        return Optional.empty();
    }

    static BigInteger number(IpAddress address) {
        return new BigInteger(1, address.toBytes());
    }

    static IpAddress address(BigInteger number, IpFamily family) {
        byte[] digits = number.toByteArray();
        byte[] bytes = new byte[family.bytes()];
        for (int i = 0; i < Math.min(digits.length, bytes.length); i++) {
            bytes[bytes.length - 1 - i] = digits[digits.length - 1 - i];
        }
        return IpAddress.ofBytes(bytes);
    }
}
