package io.weft.store.embedded;

import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.disk.Disk;
import io.weft.store.disk.Disk.DiskFile;
import io.weft.store.frame.FrameContent;
import io.weft.store.frame.FrameReader;
import io.weft.store.frame.FrameWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All entries at one revision, in a file: a frame with the format, the revision, the leases and the number of entries,
 * then frames of entries in order. It gets its name only when it is whole.
 *
 * @param revision the revision
 * @param tree the entries
 * @param leases times to live in seconds, by lease
 */
record Checkpoint(long revision, Tree tree, Map<Long, Long> leases) {
    private static final int FORMAT = 1;
    private static final int FRAME = 1 << 16;
    private static final int WRITE = 1 << 20;
    // Forced in parts, so that the log's own forces do not wait behind a gigabyte.
    private static final long FORCE = 8 << 20;

    /** Thrown through a visit of the tree when the store closes meanwhile. */
    private static final class Abandoned extends RuntimeException {
        Abandoned() {
            super("the store closes", null, false, false);
        }
    }

    /**
     * Writes the checkpoint that comes before a segment; answers its length, or -1 when it was abandoned.
     *
     * @param abandon tells whether to give up
     */
    long write(Disk disk, long segment, BooleanSupplier abandon) throws IOException {
        String unfinished = StoreFiles.unfinishedCheckpoint(segment);
        long length;
        try (DiskFile file = disk.open(unfinished)) {
            file.truncate(0);
            Output output = new Output(file, abandon);
            length = output.write(this);
        } catch (Abandoned e) {
            return -1;
        } catch (UncheckedIOException e) {
            throw new IOException(e.getCause());
        }
        disk.rename(unfinished, StoreFiles.checkpoint(segment));
        disk.sync();
        return length;
    }

    private static final class Output {
        private final DiskFile file;
        private final BooleanSupplier abandon;
        private final FrameWriter writer = new FrameWriter(StoreFiles.CHECKPOINT_KIND);
        private long position;
        private long forced;
        private int frameStart;

        Output(DiskFile file, BooleanSupplier abandon) {
            this.file = file;
            this.abandon = abandon;
        }

        long write(Checkpoint checkpoint) throws IOException {
            writer.begin()
                    .number(FORMAT)
                    .number(checkpoint.revision)
                    .number(checkpoint.tree.size())
                    .number(checkpoint.leases.size());
            checkpoint.leases.forEach((id, seconds) -> writer.number(id).number(seconds));
            writer.end();
            beginFrame();
            checkpoint.tree.visit(new byte[0], new byte[0], 0, packed -> {
                add(packed);
                return true;
            });
            writer.end();
            flush();
            file.force();
            return position;
        }

        private void beginFrame() {
            frameStart = writer.pending();
            writer.begin();
        }

        private void add(byte[] packed) {
            writer.sized(packed);
            if (writer.pending() - frameStart < FRAME) {
                return;
            }
            writer.end();
            if (writer.pending() >= WRITE) {
                if (abandon.getAsBoolean()) {
                    throw new Abandoned();
                }
                try {
                    flush();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            beginFrame();
        }

        private void flush() throws IOException {
            int length = writer.pending();
            file.write(writer.view(), position);
            position += length;
            writer.taken();
            if (position - forced >= FORCE) {
                file.force();
                forced = position;
            }
        }
    }

    /** Reads the checkpoint before a segment. */
    static Checkpoint read(Disk disk, long segment) throws IOException {
        String name = StoreFiles.checkpoint(segment);
        try (DiskStream stream = new DiskStream(disk.open(name))) {
            FrameReader reader = new FrameReader(stream, StoreFiles.CHECKPOINT_KIND);
            @Nullable FrameContent header = reader.next();
            if (header == null) {
                throw StoreFiles.corrupt(name, "has no header");
            }
            long format = header.number();
            if (format != FORMAT) {
                throw new StoreException(
                        StoreError.NEWER_FORMAT, name + " has format " + format + "; this build knows " + FORMAT);
            }
            long revision = header.number();
            long size = header.number();
            long leaseCount = header.number();
            Map<Long, Long> leases = new TreeMap<>();
            for (long i = 0; i < leaseCount; i++) {
                leases.put(header.number(), header.number());
            }
            Tree.Loader loader = new Tree.Loader();
            for (FrameContent frame = reader.next(); frame != null; frame = reader.next()) {
                while (!frame.atEnd()) {
                    byte[] packed = frame.sized();
                    if (!Packed.isWhole(packed) || !loader.add(packed)) {
                        throw FrameContent.corrupt();
                    }
                }
            }
            Tree tree = loader.finish();
            if (reader.torn() || tree.size() != size) {
                throw StoreFiles.corrupt(name, "is not whole");
            }
            return new Checkpoint(revision, tree, leases);
        }
    }
}
