package io.weft.vrouter;

import io.weft.model.IpAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Consistent hashing as Maglev has it (Eisenbud et al., NSDI 2016, section 3.4): each member goes through the slots in an
 * order of its own and takes the first free one in its turn, so its share is exact and a change of members moves few others.
 * The weights say how often each has a turn. Nothing but addresses, ports and weights goes into it.
 */
final class Maglev {
    /** An order of members that no node sees otherwise. */
    static final Comparator<Pool.Member> ORDER = Comparator.comparing(Pool.Member::address)
            .thenComparingInt(Pool.Member::port)
            .thenComparingInt(Pool.Member::weight);

    /** A member in the making of a table. */
    private static final class Taker {
        private final Pool.Member member;
        private final int skip;
        private int next;
        private int credit;

        Taker(Pool.Member member, int slots) {
            this.member = member;
            IpAddress address = member.address();
            long hash = mixed(mixed(mixed(address.high()) ^ address.low()) ^ member.port());
            next = (int) Long.remainderUnsigned(hash, slots);
            skip = 1 + (int) Long.remainderUnsigned(mixed(hash), slots - 1L);
        }
    }

    private Maglev() {}

    /**
     * The member of each slot.
     *
     * @param members at least one, each with a weight above 0
     * @param slots how many, a prime
     */
    static Pool.Member[] choose(Collection<Pool.Member> members, int slots) {
        List<Taker> takers = new ArrayList<>();
        members.stream().sorted(ORDER).forEach(member -> takers.add(new Taker(member, slots)));
        int greatest = members.stream().mapToInt(Pool.Member::weight).max().orElseThrow();
        Pool.Member[] chosen = new Pool.Member[slots];
        int filled = 0;
        while (filled < slots) {
            for (Taker taker : takers) {
                taker.credit += taker.member.weight();
                if (taker.credit < greatest || filled == slots) {
                    continue;
                }
                taker.credit -= greatest;
                while (chosen[taker.next] != null) {
                    taker.next = (taker.next + taker.skip) % slots;
                }
                chosen[taker.next] = taker.member;
                filled++;
            }
        }
        return chosen;
    }

    /** The finisher of SplitMix64. */
    private static long mixed(long bits) {
        long z = bits + 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
