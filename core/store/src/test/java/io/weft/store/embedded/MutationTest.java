package io.weft.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.backup.Backup;
import io.weft.store.backup.Summary;
import io.weft.store.disk.Disk.DiskFile;
import io.weft.store.disk.FakeDisk;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever a store's files or a backup contain, reading them ends, in a refusal or in something that was true once: every
 * state accepted is one that the store really had.
 */
class MutationTest {
    private static final EmbeddedStore.Options OPTIONS = EmbeddedStore.Options.STANDARD;

    @Test
    void mutatedStoresAreRefusedOrReadAsTheyOnceWere() throws IOException {
        mutateStores(1500, System.nanoTime());
    }

    @Test
    void mutatedBackupsAreRefused() throws IOException {
        mutateBackups(5000, System.nanoTime());
    }

    @Test
    @Tag("long")
    void veryManyMutationsAreRefusedToo() throws IOException {
        mutateStores(100_000, System.nanoTime());
        mutateBackups(300_000, System.nanoTime());
    }

    private static void mutateBackups(int count, long firstSeed) throws IOException {
        byte[] backup = Files.readAllBytes(GoldenTest.golden("format-1").resolve("backup.weft"));
        Summary whole = Backup.verify(new ByteArrayInputStream(backup));
        long refused = LongStream.range(firstSeed, firstSeed + count)
                .parallel()
                .filter(seed -> refusesBackup(backup, whole, seed))
                .count();
        System.out.printf("%d of %d mutated backups refused, from seed %d%n", refused, count, firstSeed);
    }

    private static boolean refusesBackup(byte[] backup, Summary whole, long seed) {
        byte[] mutated = mutated(backup, new Random(seed));
        try {
            assertThat(Backup.verify(new ByteArrayInputStream(mutated))).isEqualTo(whole);
            assertThat(mutated).as("seed %d", seed).isEqualTo(backup);
            return false;
        } catch (StoreException e) {
            assertThat(e.error()).as("seed %d", seed).isIn(StoreError.CORRUPT, StoreError.NEWER_FORMAT);
            return true;
        } catch (IOException | RuntimeException e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    private static void mutateStores(int count, long firstSeed) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> paths = Files.list(GoldenTest.golden("format-1").resolve("store"))) {
            for (Path path : paths.toList()) {
                files.put(path.getFileName().toString(), Files.readAllBytes(path));
            }
        }
        Set<Integer> states = states(files);
        long refused = LongStream.range(firstSeed, firstSeed + count)
                .parallel()
                .filter(seed -> refusesStore(files, states, seed))
                .count();
        System.out.printf("%d of %d mutated stores refused, from seed %d%n", refused, count, firstSeed);
    }

    private static boolean refusesStore(Map<String, byte[]> files, Set<Integer> states, long seed) {
        Random random = new Random(seed);
        Map<String, byte[]> mutated = new TreeMap<>(files);
        String victim = files.keySet().stream()
                .skip(random.nextInt(files.size()))
                .findFirst()
                .orElseThrow();
        mutated.compute(victim, (name, bytes) -> bytes == null ? new byte[0] : mutated(bytes, random));
        try (EmbeddedStore store = EmbeddedStore.open(disk(mutated), OPTIONS)) {
            assertThat(states).as("seed %d, %s", seed, victim).contains(state(store));
            return false;
        } catch (StoreException e) {
            assertThat(e.error()).as("seed %d", seed).isIn(StoreError.CORRUPT, StoreError.NEWER_FORMAT);
            return true;
        } catch (IOException | RuntimeException e) {
            throw new AssertionError("seed " + seed + ", " + victim, e);
        }
    }

    /** What the store can be found as: any beginning of its last segment. */
    private static Set<Integer> states(Map<String, byte[]> files) throws IOException {
        Set<Integer> states = new HashSet<>();
        String last = files.keySet().stream()
                .filter(name -> name.endsWith(".log"))
                .max(String::compareTo)
                .orElseThrow();
        byte[] log = files.get(last);
        assertThat(log).isNotNull();
        // Every frame is longer than a step.
        for (int length = 0; length <= log.length + 39; length += 40) {
            Map<String, byte[]> cut = new TreeMap<>(files);
            cut.put(last, Arrays.copyOf(log, Math.min(length, log.length)));
            try (EmbeddedStore store = EmbeddedStore.open(disk(cut), OPTIONS)) {
                states.add(state(store));
            }
        }
        // The last segment may be cut off, never an earlier one, so there are not many more states than commits in it.
        assertThat(states.size()).isBetween(60, 70);
        return states;
    }

    private static int state(EmbeddedStore store) {
        return GoldenStores.lines(store).hashCode();
    }

    private static FakeDisk disk(Map<String, byte[]> files) throws IOException {
        FakeDisk disk = new FakeDisk();
        for (Map.Entry<String, byte[]> entry : files.entrySet()) {
            DiskFile file = disk.open(entry.getKey());
            file.write(ByteBuffer.wrap(entry.getValue()), 0);
            file.force();
        }
        disk.sync();
        return disk;
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        byte[] mutated = bytes.clone();
        for (int i = random.nextInt(3); i >= 0 && mutated.length > 1; i--) {
            int at = random.nextInt(mutated.length);
            int other = random.nextInt(mutated.length);
            int length = random.nextInt(Math.min(64, mutated.length - Math.max(at, other)) + 1);
            switch (random.nextInt(6)) {
                case 0 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutated[at] = (byte) random.nextInt(256);
                case 2 -> mutated = Arrays.copyOf(mutated, at);
                case 3 -> mutated = Arrays.copyOf(mutated, mutated.length + 1 + random.nextInt(100));
                case 4 -> System.arraycopy(bytes.clone(), Math.min(other, bytes.length - length), mutated, at, length);
                default -> Arrays.fill(mutated, at, at + length, (byte) random.nextInt(256));
            }
        }
        return mutated;
    }
}
