package io.weft.store.embedded;

import io.weft.store.disk.Disk;
import io.weft.store.disk.Disk.DiskFile;
import io.weft.store.frame.FrameWriter;
import java.io.IOException;

/**
 * The end of the log, to which the one thread that writes appends. After an exception nothing may be appended any more,
 * since what the disk holds is not known then.
 */
final class Log implements AutoCloseable {
    /** The first frame of a segment: number of the segment and revision before it. */
    static final int FORMAT = 1;

    static final int COMMIT = 1;
    static final int LEASE_GRANTED = 2;
    static final int LEASE_ENDED = 3;

    private final Disk disk;
    private long segment;
    private DiskFile file;
    private FrameWriter writer;
    private long position;

    private Log(Disk disk, long segment, DiskFile file, FrameWriter writer) {
        this.disk = disk;
        this.segment = segment;
        this.file = file;
        this.writer = writer;
    }

    /** Begins a segment. */
    static Log begin(Disk disk, long segment, long revision) throws IOException {
        Log log = new Log(disk, segment, disk.open(StoreFiles.segment(segment)), header(segment, revision));
        log.force();
        disk.sync();
        return log;
    }

    private static FrameWriter header(long segment, long revision) {
        FrameWriter writer = new FrameWriter(StoreFiles.SEGMENT_KIND);
        writer.begin().number(FORMAT).number(segment).number(revision).end();
        return writer;
    }

    /** Ends this segment, which must have been forced, and begins the next. */
    void rotate(long revision) throws IOException {
        file.close();
        segment++;
        position = 0;
        file = disk.open(StoreFiles.segment(segment));
        writer = header(segment, revision);
        force();
        disk.sync();
    }

    /** Appends all of a delta, or, with an exception, nothing of it. */
    void commit(Delta delta) {
        boolean whole = false;
        writer.begin().number(COMMIT);
        try {
            delta.write(writer);
            whole = true;
        } finally {
            if (!whole) {
                writer.abandon();
            }
        }
        writer.end();
    }

    void leaseGranted(long id, long seconds) {
        writer.begin().number(LEASE_GRANTED).number(id).number(seconds).end();
    }

    void leaseEnded(long id) {
        writer.begin().number(LEASE_ENDED).number(id).end();
    }

    /** How many bytes were appended since the last force. */
    int pending() {
        return writer.pending();
    }

    /** Makes everything appended durable. */
    void force() throws IOException {
        int length = writer.pending();
        file.write(writer.view(), position);
        file.force();
        position += length;
        writer.taken();
    }

    /** The number of the segment. */
    long segment() {
        return segment;
    }

    /** The length of the segment. */
    long length() {
        return position;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
