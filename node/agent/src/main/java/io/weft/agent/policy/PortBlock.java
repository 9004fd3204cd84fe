package io.weft.agent.policy;

import io.weft.protocol.PortMatch;
import java.util.ArrayList;
import java.util.List;

/**
 * A block of the sixteen bits that tell the packets of a protocol apart: the destination port, or an ICMP message's type
 * in the upper and code in the lower byte.
 *
 * @param bits the first value of the block
 * @param length how many leading bits all values share, 0 to 16
 */
public record PortBlock(int bits, int length) {
    /** All packets of a protocol. */
    public static final PortBlock ALL = new PortBlock(0, 0);

    static final int BITS = 16;

    /** The fewest blocks that are exactly what a rule means: at most thirty. */
    public static List<PortBlock> of(PortMatch match) {
        return switch (match) {
            case PortMatch.Any _ -> List.of(ALL);
            case PortMatch.Range(int first, int last) -> range(first, last);
            case PortMatch.Icmp icmp ->
                List.of(
                        icmp.code().isPresent()
                                ? new PortBlock(icmp.type() << 8 | icmp.code().get(), BITS)
                                : new PortBlock(icmp.type() << 8, 8));
        };
    }

    private static List<PortBlock> range(int first, int last) {
        List<PortBlock> blocks = new ArrayList<>();
        for (int at = first; at <= last; ) {
            int free = at == 0 ? BITS : Math.min(BITS, Integer.numberOfTrailingZeros(at));
            while (at + (1 << free) - 1 > last) {
                free--;
            }
            blocks.add(new PortBlock(at, BITS - free));
            at += 1 << free;
        }
        return blocks;
    }

    boolean contains(int value) {
        return value >>> (BITS - length) == bits >>> (BITS - length);
    }
}
