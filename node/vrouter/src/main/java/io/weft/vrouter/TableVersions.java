package io.weft.vrouter;

import io.weft.kernel.bpf.BpfMap;
import io.weft.kernel.bpf.UpdateMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The versions of tables, as {@code tables.h} has them, and what becomes of a table that an earlier build left behind.
 *
 * <p>A table of another version is another pin, so the programs of both builds run side by side during a change. The
 * newer build fills its own table from the older one before any of its programs runs; the older pin stays, for the way
 * back.
 */
final class TableVersions {
    /** Tables that are not at version 1. */
    static final Map<String, Integer> RAISED = Map.of("ports", 2, "nodes", 2);

    /** Of these tables the new value is the old one followed by zeros. */
    private static final Map<String, Integer> GROWN_FROM = Map.of("ports", 1, "nodes", 1);

    private TableVersions() {}

    /** The name under which a build with this version of the table pins it. */
    static Path pin(Path directory, String table) {
        return pin(directory, table, RAISED.getOrDefault(table, 1));
    }

    static Path pin(Path directory, String table, int version) {
        return directory.resolve(table + "_v" + version);
    }

    /** Whether an earlier build left a table whose entries a new one, which is not pinned yet, should begin with. */
    static boolean inherits(Path directory, String table) {
        Integer version = GROWN_FROM.get(table);
        return version != null && !Files.exists(pin(directory, table)) && Files.exists(pin(directory, table, version));
    }

    /** Copies the entries of the earlier version. */
    static void inherit(Path directory, String table, BpfMap to) {
        int version = GROWN_FROM.getOrDefault(table, 1);
        try (BpfMap from = BpfMap.openPinned(pin(directory, table, version));
                Arena arena = Arena.ofConfined()) {
            MemorySegment grown = arena.allocate(to.valueBytes(), 8);
            from.forEach((key, value) -> {
                grown.fill((byte) 0);
                MemorySegment.copy(value, 0, grown, 0, from.valueBytes());
                to.update(key, grown, UpdateMode.ANY);
            });
        }
    }
}
