package io.weft.vrouter;

import io.weft.kernel.bpf.BpfFileSystem;
import io.weft.kernel.bpf.BpfMap;
import io.weft.kernel.bpf.BpfObject;
import io.weft.kernel.bpf.UpdateMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The versions of a build's tables, as {@code tables.h} had them when it was compiled, and what becomes of a table that
 * another build left behind.
 *
 * <p>A table of another version is another pin, so the programs of both builds run side by side during a change. Where
 * nothing but an agent writes, the newer build fills its own table from the older one before any of its programs runs; the
 * older pin stays, for the way back. Where programs write, {@link HandOver} moves the entries.
 */
final class TableVersions {
    /** Tables that have the version of another, because what stands in them changes with it. */
    private static final Map<String, String> FOLLOWERS = Map.of("translation_queue", "translations");

    /** Of these tables the new value is the old one followed by zeros. */
    private static final Map<String, Integer> GROWN_FROM = Map.of("ports", 1, "nodes", 1);

    private final Map<String, Integer> versions = new HashMap<>();

    /** Those of an object that is not loaded yet. */
    TableVersions(BpfObject object) {
        for (String table : object.mapNames()) {
            String leader = FOLLOWERS.getOrDefault(table, table);
            versions.put(table, object.global("version_of_" + leader).orElse(1));
        }
    }

    int of(String table) {
        return versions.getOrDefault(table, 1);
    }

    /** The name under which this build pins the table. */
    Path pin(Path directory, String table) {
        return pin(directory, table, of(table));
    }

    static Path pin(Path directory, String table, int version) {
        return directory.resolve(prefix(table) + version);
    }

    /** Versions of a table that other builds left behind. */
    List<Integer> others(Path directory, String table) {
        String prefix = prefix(table);
        return BpfFileSystem.list(directory).stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> Integer.valueOf(name.substring(prefix.length())))
                .filter(version -> version != of(table))
                .toList();
    }

    private static String prefix(String table) {
        return table + "_v";
    }

    /**
     * The capacity that is in force: a pinned table keeps its own, and one into which entries of other builds are to be
     * moved needs theirs.
     */
    OptionalInt capacity(Path directory, String table) {
        Path own = pin(directory, table);
        if (Files.exists(own)) {
            return OptionalInt.of(capacity(own));
        }
        return others(directory, table).stream()
                .mapToInt(version -> capacity(pin(directory, table, version)))
                .max();
    }

    private static int capacity(Path pin) {
        try (BpfMap map = BpfMap.openPinned(pin)) {
            return map.info().maxEntries();
        }
    }

    /** Whether an earlier build left a table whose entries a new one, which is not pinned yet, should begin with. */
    boolean inherits(Path directory, String table) {
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
