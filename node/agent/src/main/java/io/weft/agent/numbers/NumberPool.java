package io.weft.agent.numbers;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;

/**
 * Numbers of the node's own. One that was given back is not given out again before {@link #settle}: until then the kernel
 * may still hold entries of its former meaning.
 */
public final class NumberPool {
    private final int first;
    private final int limit;
    private final BitSet taken = new BitSet();
    private final BitSet reserved = new BitSet();
    private final List<Integer> cooling = new ArrayList<>();

    /**
     * @param first the least number
     * @param limit the number after the greatest
     */
    public NumberPool(int first, int limit) {
        this.first = first;
        this.limit = limit;
    }

    /** Keeps a number that the kernel still uses from being given to anything but what {@link #take} names it for. */
    public void reserve(int number) {
        if (number >= first && number < limit) {
            reserved.set(number);
        }
    }

    /** Lets go of all reservations: the kernel holds nothing any more but what was taken. */
    public void release() {
        reserved.clear();
    }

    /** A free number, {@code preferred} if it is free; empty when there is none left. */
    public OptionalInt take(OptionalInt preferred) {
        if (preferred.isPresent()) {
            int number = preferred.getAsInt();
            if (number >= first && number < limit && !taken.get(number)) {
                taken.set(number);
                return preferred;
            }
        }
        int number = taken.nextClearBit(first);
        while (reserved.get(number)) {
            number = taken.nextClearBit(number + 1);
        }
        if (number >= limit) {
            return OptionalInt.empty();
        }
        taken.set(number);
        return OptionalInt.of(number);
    }

    public void give(int number) {
        cooling.add(number);
    }

    /** The kernel has no entries with the numbers that were given back. */
    public void settle() {
        cooling.forEach(taken::clear);
        cooling.clear();
    }
}
