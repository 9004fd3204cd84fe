package io.weft.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.store.Bytes;
import io.weft.store.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The tree does what a sorted map does, and keeps every state that it had. */
class TreeTest {
    private static byte[] key(int number) {
        return "k%05d".formatted(number).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] packed(int number, long revision) {
        return Packed.pack(key(number), revision, revision, 1, 0, Bytes.utf8("v" + revision));
    }

    private static List<String> visited(Tree tree, byte[] from, byte[] to, long newerThan) {
        List<String> found = new ArrayList<>();
        tree.visit(from, to, newerThan, entry -> found.add(Packed.keyText(entry) + "@" + Packed.modRevision(entry)));
        return found;
    }

    private static List<String> expected(NavigableMap<Integer, Long> map, int from, int to, long newerThan) {
        return map.subMap(from, to).entrySet().stream()
                .filter(entry -> entry.getValue() > newerThan)
                .map(entry -> "k%05d@%d".formatted(entry.getKey(), entry.getValue()))
                .toList();
    }

    @Test
    void itAgreesWithASortedMap() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 5; round++) {
            int keys = List.of(10, 100, 1000, 20_000).get(random.nextInt(4));
            Tree tree = Tree.EMPTY;
            TreeMap<Integer, Long> map = new TreeMap<>();
            List<Tree> trees = new ArrayList<>();
            List<TreeMap<Integer, Long>> maps = new ArrayList<>();
            // Grows, stays, shrinks, so that nodes split and join on every level.
            for (long revision = 1; revision <= 30_000; revision++) {
                int number = random.nextInt(keys);
                if (random.nextInt(100) < (revision < 12_000 ? 90 : revision < 20_000 ? 50 : 8)) {
                    tree = tree.put(packed(number, revision));
                    map.put(number, revision);
                } else {
                    tree = tree.remove(key(number));
                    map.remove(number);
                }
                if (revision % 5000 == 0) {
                    trees.add(tree);
                    maps.add(new TreeMap<>(map));
                }
            }
            for (int i = 0; i < trees.size(); i++) {
                check(trees.get(i), maps.get(i), random, keys);
            }
        }
    }

    private static void check(Tree tree, NavigableMap<Integer, Long> map, Random random, int keys) {
        assertThat(tree.size()).isEqualTo(map.size());
        assertThat(visited(tree, new byte[0], new byte[0], 0)).isEqualTo(expected(map, 0, keys, 0));
        for (int i = 0; i < 50; i++) {
            int from = random.nextInt(keys);
            int to = from + random.nextInt(keys - from + 1);
            long newerThan = random.nextInt(30_000);
            assertThat(visited(tree, key(from), key(to), 0)).isEqualTo(expected(map, from, to, 0));
            assertThat(visited(tree, key(from), key(to), newerThan)).isEqualTo(expected(map, from, to, newerThan));
            byte[] found = tree.get(key(from));
            assertThat(found == null ? null : Packed.modRevision(found)).isEqualTo(map.get(from));
        }
        Tree.Loader loader = new Tree.Loader();
        tree.visit(new byte[0], new byte[0], 0, loader::add);
        Tree loaded = loader.finish();
        assertThat(loaded.size()).isEqualTo(tree.size());
        assertThat(visited(loaded, new byte[0], new byte[0], 0)).isEqualTo(expected(map, 0, keys, 0));
        for (int number : map.keySet()) {
            loaded = loaded.remove(key(number));
        }
        assertThat(loaded.size()).isZero();
        assertThat(visited(loaded, new byte[0], new byte[0], 0)).isEmpty();
    }

    @Test
    void entriesComeBackAsTheyWerePacked() {
        String longKey = "k".repeat(4096);
        byte[] packed = Packed.pack(
                longKey.getBytes(StandardCharsets.UTF_8), 3, Long.MAX_VALUE, 129, 1L << 62, Bytes.utf8("value"));
        assertThat(Packed.isWhole(packed)).isTrue();
        assertThat(Packed.entry(packed))
                .isEqualTo(new Entry(longKey, Bytes.utf8("value"), 3, Long.MAX_VALUE, 129, 1L << 62));
        assertThat(Packed.modRevision(packed)).isEqualTo(Long.MAX_VALUE);
        assertThat(Packed.lease(packed)).isEqualTo(1L << 62);
    }
}
