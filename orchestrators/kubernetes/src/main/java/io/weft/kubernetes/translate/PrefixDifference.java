package io.weft.kubernetes.translate;

import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import java.util.ArrayList;
import java.util.List;

/** The addresses of a prefix without those of others, as the fewest prefixes. */
final class PrefixDifference {
    private PrefixDifference() {}

    /** Sorted; empty when nothing is left. */
    static List<IpPrefix> of(IpPrefix whole, List<IpPrefix> excepted) {
        List<IpPrefix> left = new ArrayList<>();
        collect(whole, excepted.stream().filter(whole::overlaps).toList(), left);
        return List.copyOf(left);
    }

    /** Each exception halves what is left at most once for each bit of its length. */
    private static void collect(IpPrefix block, List<IpPrefix> excepted, List<IpPrefix> left) {
        if (excepted.isEmpty()) {
            left.add(block);
        } else if (excepted.stream().noneMatch(exception -> exception.contains(block))) {
            for (IpPrefix half : halves(block)) {
                collect(half, excepted.stream().filter(half::overlaps).toList(), left);
            }
        }
    }

    private static List<IpPrefix> halves(IpPrefix block) {
        int length = block.length() + 1;
        IpAddress address = block.first();
        int bit = address.family().bits() - length;
        IpAddress upper;
        if (address.family() == IpFamily.IPV4) {
            upper = IpAddress.ofIpv4(address.ipv4Bits() | 1 << bit);
        } else {
            upper = bit >= 64
                    ? IpAddress.ofIpv6(address.high() | 1L << (bit - 64), address.low())
                    : IpAddress.ofIpv6(address.high(), address.low() | 1L << bit);
        }
        return List.of(new IpPrefix(address, length), new IpPrefix(upper, length));
    }
}
