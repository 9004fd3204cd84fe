package io.weft.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.store.Bytes;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Transaction;
import io.weft.store.disk.Disk.DiskFile;
import io.weft.store.disk.FakeDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The disk damages the last segment of the log after it has confirmed it: no acknowledged commit is lost unnoticed. */
class DamageTest {
    private static final EmbeddedStore.Options OPTIONS = EmbeddedStore.Options.STANDARD;
    private static final int COMMITS = 12;
    private static final int REFUSED = -1;

    /** The last segment after each commit that was forced alone, as it lies on the disk. */
    private static List<byte[]> commit(FakeDisk disk) throws IOException {
        List<byte[]> lengths = new ArrayList<>();
        try (EmbeddedStore store = EmbeddedStore.open(disk, OPTIONS)) {
            for (int i = 0; i < COMMITS; i++) {
                store.commit(Transaction.builder()
                        .put("k" + i, Bytes.utf8("value ".repeat(1 + i % 4)))
                        .build());
                lengths.add(read(disk, last(disk)));
            }
        }
        return lengths;
    }

    private static String last(FakeDisk disk) throws IOException {
        return StoreFiles.segment(StoreFiles.segments(disk.list()).getLast());
    }

    private static byte[] read(FakeDisk disk, String name) throws IOException {
        try (DiskFile file = disk.open(name)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            return bytes.array();
        }
    }

    /** How many commits a store with this only segment has, or {@link #REFUSED}. */
    private static int commits(String name, byte[] segment) throws IOException {
        FakeDisk disk = new FakeDisk();
        try (DiskFile file = disk.open(name)) {
            file.write(ByteBuffer.wrap(segment), 0);
            file.force();
        }
        disk.sync();
        try (EmbeddedStore store = EmbeddedStore.open(disk, OPTIONS)) {
            int found = 0;
            while (store.get("k" + found).isPresent()) {
                found++;
            }
            return found;
        } catch (StoreException e) {
            assertThat(e.error()).isIn(StoreError.CORRUPT, StoreError.NEWER_FORMAT);
            assertThat(e).hasMessageContaining(name);
            assertThat(read(disk, name)).as("what is left is not touched").isEqualTo(segment);
            return REFUSED;
        }
    }

    @Test
    void aByteOfAStoreThatWasClosedIsNotMissed() throws IOException {
        FakeDisk disk = new FakeDisk();
        byte[] durable = commit(disk).getLast();
        String name = last(disk);
        byte[] closed = read(disk, name);
        for (int at = 0; at < closed.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = closed.clone();
                damaged[at] ^= (byte) (1 << bit);
                assertThat(commits(name, damaged))
                        .as("byte %d, bit %d", at, bit)
                        .isEqualTo(at < durable.length ? REFUSED : COMMITS);
            }
        }
    }

    @Test
    void aSectorOfAStoreThatWasClosedIsNotMissed() throws IOException {
        FakeDisk disk = new FakeDisk();
        byte[] durable = commit(disk).getLast();
        String name = last(disk);
        byte[] closed = read(disk, name);
        Random random = new Random(1);
        for (int length : new int[] {4, 16, 64, 200}) {
            for (int from = 0; from + length <= durable.length; from++) {
                byte[] damaged = closed.clone();
                Arrays.fill(damaged, from, from + length, (byte) (from % 2 == 0 ? 0 : random.nextInt(1, 256)));
                assertThat(commits(name, damaged))
                        .as("%d bytes from byte %d", length, from)
                        .isEqualTo(Arrays.equals(damaged, closed) ? COMMITS : REFUSED);
            }
        }
    }

    @Test
    void ofAStoreThatWasKilledOnlyTheLastForceCanBeMissed() throws IOException {
        FakeDisk disk = new FakeDisk();
        List<byte[]> durable = commit(disk);
        String name = last(disk);
        byte[] killed = durable.getLast();
        int lastForce = durable.get(COMMITS - 2).length;
        assertThat(commits(name, killed)).isEqualTo(COMMITS);
        for (int at = 0; at < killed.length; at++) {
            byte[] damaged = killed.clone();
            damaged[at] ^= 0x10;
            assertThat(commits(name, damaged)).as("byte %d", at).isEqualTo(at < lastForce ? REFUSED : COMMITS - 1);
        }
    }

    @Test
    void whatACrashToreOffIsCutOff() throws IOException {
        FakeDisk disk = new FakeDisk();
        List<byte[]> durable = commit(disk);
        String name = last(disk);
        byte[] killed = durable.getLast();
        for (int length = durable.get(COMMITS - 2).length; length < killed.length; length++) {
            assertThat(commits(name, Arrays.copyOf(killed, length))).isEqualTo(COMMITS - 1);
        }
    }
}
