package io.weft.kernel.bpf;

/** The kinds of map that Weft makes by itself, with their numbers in {@code enum bpf_map_type}. */
public enum MapType {
    HASH(1),
    ARRAY(2),
    PROGRAM_ARRAY(3),
    PER_CPU_HASH(5),
    PER_CPU_ARRAY(6),
    LRU_HASH(9),
    LRU_PER_CPU_HASH(10),
    /** Longest-prefix match; needs {@link BpfMap#NO_PREALLOCATION}. */
    LPM_TRIE(11),
    ARRAY_OF_MAPS(12),
    HASH_OF_MAPS(13),
    /** First in, first out; has no keys. */
    QUEUE(22),
    RING_BUFFER(27);

    private final int number;

    MapType(int number) {
        this.number = number;
    }

    /** As the kernel counts. */
    public int number() {
        return number;
    }
}
