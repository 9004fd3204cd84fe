package io.weft.store.backup;

import io.weft.store.Entry;
import io.weft.store.KeyRange;
import io.weft.store.Keys;
import io.weft.store.Snapshot;
import io.weft.store.Store;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.frame.FrameContent;
import io.weft.store.frame.FrameReader;
import io.weft.store.frame.FrameWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Backup files. The form is that of {@link FrameWriter} with the kind {@code weftbak1}: a frame with the format, the
 * epoch as text and the revision; frames of entries, as many as there are; a frame that counts entries and bytes. Each
 * frame begins with a number that tells which it is.
 */
public final class Backup {
    private static final String KIND = "weftbak1";
    private static final int FORMAT = 1;
    private static final int HEAD = 0;
    private static final int ENTRIES = 1;
    private static final int END = 2;
    private static final int FRAME = 1 << 16;
    private static final int WRITE = 1 << 20;

    private Backup() {}

    /**
     * Writes a store, as its latest revision left it, to a file; the store may be in use meanwhile. The caller makes the
     * file durable and closes it.
     *
     * @throws IOException when the file cannot be written
     */
    public static Summary write(Store store, OutputStream file) throws IOException {
        try (Snapshot snapshot = store.snapshot()) {
            Output output = new Output(file);
            UUID epoch = store.epoch();
            output.head(epoch, snapshot.revision());
            snapshot.read(KeyRange.ALL, output::entry);
            return output.end(epoch, snapshot.revision());
        } catch (UncheckedIOException e) {
            throw new IOException("the backup could not be written", e);
        }
    }

    /** Whether an entry belongs in a backup. */
    static boolean isKept(Entry entry) {
        return entry.lease() == 0
                && !entry.key().equals(Keys.EPOCH)
                && !entry.key().startsWith(Keys.COMMITS);
    }

    private static final class Output {
        private final OutputStream file;
        private final FrameWriter writer = new FrameWriter(KIND);
        private int frameStart;
        private long entries;
        private long bytes;

        Output(OutputStream file) {
            this.file = file;
        }

        void head(UUID epoch, long revision) {
            writer.begin()
                    .number(HEAD)
                    .number(FORMAT)
                    .sized(epoch.toString().getBytes(StandardCharsets.US_ASCII))
                    .number(revision)
                    .end();
            beginEntries();
        }

        private void beginEntries() {
            frameStart = writer.pending();
            writer.begin().number(ENTRIES);
        }

        void entry(Entry entry) {
            if (!isKept(entry)) {
                return;
            }
            byte[] key = Keys.encode(entry.key());
            writer.sized(key).sized(entry.value().toByteArray());
            entries++;
            bytes += key.length + entry.value().length();
            if (writer.pending() - frameStart < FRAME) {
                return;
            }
            writer.end();
            if (writer.pending() >= WRITE) {
                try {
                    flush();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            beginEntries();
        }

        Summary end(UUID epoch, long revision) throws IOException {
            writer.end();
            writer.begin().number(END).number(entries).number(bytes).end();
            flush();
            return new Summary(epoch, revision, entries, bytes);
        }

        private void flush() throws IOException {
            byte[] view = new byte[writer.pending()];
            writer.view().get(view);
            file.write(view);
            writer.taken();
        }
    }

    /** Takes the entries of a backup. */
    interface Receiver {
        void entry(String key, byte[] value);
    }

    /**
     * Reads a backup from end to end and tells what is in it.
     *
     * @throws StoreException {@link StoreError#CORRUPT} when it is not what was written;
     *     {@link StoreError#NEWER_FORMAT} when this build cannot read it
     */
    public static Summary verify(InputStream file) throws IOException {
        return read(file, (key, value) -> {});
    }

    static Summary read(InputStream file, Receiver receiver) throws IOException {
        FrameReader reader = new FrameReader(file, KIND);
        if (!reader.kindMatches()) {
            throw corrupt("is no backup");
        }
        @Nullable FrameContent head = reader.next();
        if (head == null || head.number() != HEAD) {
            throw corrupt("has no beginning");
        }
        long format = head.number();
        if (format != FORMAT) {
            throw new StoreException(
                    StoreError.NEWER_FORMAT, "the backup has format " + format + "; this build knows " + FORMAT);
        }
        UUID epoch = epoch(head.sized());
        long revision = head.number();
        long entries = 0;
        long bytes = 0;
        for (FrameContent frame = reader.next(); frame != null; frame = reader.next()) {
            long kind = frame.number();
            if (kind == END) {
                if (frame.number() != entries || frame.number() != bytes || reader.next() != null || reader.torn()) {
                    throw corrupt("has more or less than it should");
                }
                return new Summary(epoch, revision, entries, bytes);
            }
            if (kind != ENTRIES) {
                throw corrupt("has a frame of the unknown kind " + kind);
            }
            while (!frame.atEnd()) {
                byte[] key = frame.sized();
                byte[] value = frame.sized();
                entries++;
                bytes += key.length + value.length;
                receiver.entry(new String(key, StandardCharsets.UTF_8), value);
            }
        }
        throw corrupt("ends too early");
    }

    private static UUID epoch(byte[] text) {
        try {
            return UUID.fromString(new String(text, StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException e) {
            throw new StoreException(StoreError.CORRUPT, "the backup names no epoch", e);
        }
    }

    private static StoreException corrupt(String what) {
        return new StoreException(StoreError.CORRUPT, "the backup " + what);
    }
}
