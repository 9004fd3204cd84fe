package io.weft.agent.tables;

import io.weft.vrouter.FloodKey;
import io.weft.vrouter.Place;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** The slots of a network's flood lists: without gaps, and a member keeps its slot as long as that is possible. */
final class FloodSlots {
    /** A list ends here at the latest. */
    static final int MAXIMUM = 4096;

    private final Map<FloodKey.List, List<Place>> lists = new EnumMap<>(FloodKey.List.class);

    /**
     * Makes a list's members these, and names each with its slot.
     *
     * @param before the members that the kernel has, for a list that this process has not filled yet
     */
    void update(FloodKey.List list, Set<Place> members, Supplier<List<Place>> before, BiConsumer<Integer, Place> sink) {
        List<Place> slots = lists.computeIfAbsent(list, l -> new ArrayList<>(before.get()));
        Set<Place> missing = new HashSet<>(members);
        for (int slot = 0; slot < slots.size(); ) {
            if (missing.remove(slots.get(slot))) {
                slot++;
            } else {
                Place last = slots.removeLast();
                if (slot < slots.size()) {
                    slots.set(slot, last);
                }
            }
        }
        missing.stream()
                .sorted((a, b) ->
                        a.kind() != b.kind() ? a.kind().compareTo(b.kind()) : Integer.compare(a.number(), b.number()))
                .forEach(slots::add);
        for (int slot = 0; slot < Math.min(slots.size(), MAXIMUM); slot++) {
            sink.accept(slot, slots.get(slot));
        }
    }
}
