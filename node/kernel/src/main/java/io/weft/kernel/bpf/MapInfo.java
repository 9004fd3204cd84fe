package io.weft.kernel.bpf;

/**
 * What the kernel says of a map.
 *
 * @param type number in {@code enum bpf_map_type}
 * @param id number of the map in this kernel
 * @param name at most 15 characters; longer names were cut
 * @param keySize in bytes
 * @param valueSize in bytes, of one CPU's value for per-CPU maps
 * @param maxEntries capacity; bytes of data for a ring buffer
 * @param flags as at creation (BPF_F_...)
 */
public record MapInfo(int type, int id, String name, int keySize, int valueSize, int maxEntries, int flags) {
    /** Whether each entry has one value a possible CPU. */
    public boolean perCpu() {
        return type == MapType.PER_CPU_HASH.number()
                || type == MapType.PER_CPU_ARRAY.number()
                || type == MapType.LRU_PER_CPU_HASH.number();
    }
}
