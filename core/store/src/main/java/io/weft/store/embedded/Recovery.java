package io.weft.store.embedded;

import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.disk.Disk;
import io.weft.store.disk.Disk.DiskFile;
import io.weft.store.frame.FrameContent;
import io.weft.store.frame.FrameReader;
import io.weft.store.frame.FrameSearch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a store's files back: the newest checkpoint, then every segment after it. Only the last segment may end in the
 * middle of something; what follows its last whole frame was never acknowledged and is cut off, unless a later frame says
 * that it was durable. Everything that was accepted is forced before anyone can see it.
 */
final class Recovery {
    private static final long LONGEST_SEARCH = 1 << 30;

    private final Disk disk;
    private final History history;
    private final Map<Long, Long> leases;
    private Tree tree;
    private long revision;
    private long nextSegment;
    private long logLength;
    private final long checkpointEntries;

    private Recovery(Disk disk, Checkpoint checkpoint, long firstSegment, long historyWeight) {
        this.disk = disk;
        this.tree = checkpoint.tree();
        this.revision = checkpoint.revision();
        this.leases = new TreeMap<>(checkpoint.leases());
        this.history = new History(revision, tree, historyWeight);
        this.nextSegment = firstSegment;
        this.checkpointEntries = checkpoint.tree().size();
    }

    /** Reads everything; afterwards the log can go on with {@link #nextSegment}. */
    static Recovery run(Disk disk, long historyWeight) throws IOException {
        List<String> names = disk.list();
        List<Long> checkpoints = StoreFiles.checkpoints(names);
        long first = checkpoints.isEmpty() ? 1 : checkpoints.getLast();
        Checkpoint checkpoint =
                checkpoints.isEmpty() ? new Checkpoint(1, Tree.EMPTY, Map.of()) : Checkpoint.read(disk, first);
        Recovery recovery = new Recovery(disk, checkpoint, first, historyWeight);
        List<Long> segments = StoreFiles.segments(names).stream()
                .filter(segment -> segment >= first)
                .toList();
        for (int i = 0; i < segments.size(); i++) {
            if (segments.get(i) != recovery.nextSegment) {
                throw StoreFiles.corrupt(StoreFiles.segment(recovery.nextSegment), "is missing");
            }
            recovery.segment(i == segments.size() - 1);
        }
        StoreFiles.sweep(disk, first);
        disk.sync();
        return recovery;
    }

    private void segment(boolean last) throws IOException {
        String name = StoreFiles.segment(nextSegment);
        long whole;
        boolean begun;
        try (DiskFile file = disk.open(name)) {
            long size = file.size();
            FrameReader reader = new FrameReader(new DiskStream(file), StoreFiles.SEGMENT_KIND);
            @Nullable FrameContent header = reader.next();
            begun = header != null;
            if (header != null) {
                header(name, header);
                frames(name, reader);
            }
            whole = reader.whole();
            if (reader.torn()) {
                checkNeverDurable(name, file, Math.max(whole, FrameReader.START), reader.chain());
            }
            if (!last && (!begun || reader.torn())) {
                throw StoreFiles.corrupt(name, "is not whole, though the log goes on after it");
            }
            if (!begun && size > 64) {
                // Nothing is appended before the header is durable, so this is no torn beginning.
                throw StoreFiles.corrupt(name, "has no header");
            }
            if (begun) {
                if (whole < size) {
                    file.truncate(whole);
                }
                file.force();
            }
        }
        if (begun) {
            logLength += whole;
            nextSegment++;
        } else {
            disk.delete(name);
        }
    }

    /**
     * Refuses a segment of which something was durable that is not whole any more. What a crash tears was appended last,
     * so that no whole frame after it can say that it was durable before.
     */
    private static void checkNeverDurable(String name, DiskFile file, long broken, int chain) throws IOException {
        byte[] rest = new byte[(int) Math.clamp(file.size() - broken, 0, LONGEST_SEARCH)];
        file.read(ByteBuffer.wrap(rest), broken);
        if (new FrameSearch(rest, Log.HIGHEST_KIND).finds(chain, frame -> durableBefore(frame) > broken)) {
            throw StoreFiles.corrupt(name, "is damaged at byte " + broken + ", which had been durable");
        }
    }

    private static long durableBefore(FrameContent frame) {
        try {
            return Log.durableBefore(frame);
        } catch (StoreException e) {
            // By chance it looked like a frame of the log.
            return -1;
        }
    }

    private void header(String name, FrameContent header) {
        long format = header.number();
        if (format != Log.FORMAT) {
            throw new StoreException(
                    StoreError.NEWER_FORMAT, name + " has format " + format + "; this build knows " + Log.FORMAT);
        }
        if (header.number() != nextSegment || header.number() != revision) {
            throw StoreFiles.corrupt(name, "does not continue the log");
        }
    }

    private void frames(String name, FrameReader reader) throws IOException {
        for (FrameContent frame = reader.next(); frame != null; frame = reader.next()) {
            int kind = (int) frame.number();
            switch (kind) {
                case Log.COMMIT -> {
                    Delta delta = Delta.read(frame, tree);
                    if (delta.revision() != revision + 1) {
                        throw StoreFiles.corrupt(name, "leaves out revision " + (revision + 1));
                    }
                    tree = delta.after();
                    revision = delta.revision();
                    history.add(List.of(delta));
                }
                case Log.LEASE_GRANTED -> leases.put(frame.number(), frame.number());
                case Log.LEASE_ENDED -> leases.remove(frame.number());
                default ->
                    throw new StoreException(
                            StoreError.NEWER_FORMAT, name + " has a frame of the unknown kind " + kind);
            }
        }
    }

    /** The leases, with the keys that live by them, all begun anew. */
    LeaseTable leases(long now) {
        LeaseTable table = new LeaseTable();
        leases.forEach((id, seconds) -> table.grant(id, seconds, now));
        tree.visit(new byte[0], new byte[0], 0, packed -> {
            long lease = Packed.lease(packed);
            if (lease != 0 && !table.attach(lease, Packed.key(packed))) {
                throw new StoreException(
                        StoreError.CORRUPT, Packed.keyText(packed) + " lives by a lease that does not exist");
            }
            return true;
        });
        return table;
    }

    History history() {
        return history;
    }

    Tree tree() {
        return tree;
    }

    long revision() {
        return revision;
    }

    long nextSegment() {
        return nextSegment;
    }

    /** The length of all segments after the checkpoint. */
    long logLength() {
        return logLength;
    }

    /** The number of entries in the checkpoint. */
    long checkpointEntries() {
        return checkpointEntries;
    }
}
