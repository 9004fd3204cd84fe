package io.weft.store.embedded;

import io.weft.store.disk.Disk;
import io.weft.store.disk.Disk.DiskFile;
import io.weft.store.frame.FrameContent;
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

    /** No frame begins with a higher number. */
    static final int HIGHEST_KIND = LEASE_ENDED;

    /** Leases have numbers from 1. */
    private static final long NO_LEASE = 0;

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
            writer.number(position);
            whole = true;
        } finally {
            if (!whole) {
                writer.abandon();
            }
        }
        writer.end();
    }

    void leaseGranted(long id, long seconds) {
        writer.begin()
                .number(LEASE_GRANTED)
                .number(id)
                .number(seconds)
                .number(position)
                .end();
    }

    void leaseEnded(long id) {
        writer.begin().number(LEASE_ENDED).number(id).number(position).end();
    }

    /**
     * Says that everything before was durable, as the last thing. A build that does not know of this reads the end of a
     * lease that never was.
     */
    void finish() throws IOException {
        // Twice, since two frames in a row are recognised by each other, whatever became of what is before them.
        leaseEnded(NO_LEASE);
        leaseEnded(NO_LEASE);
        force();
    }

    /**
     * How much of its segment was durable when a frame was appended. What is broken before that was whole once; what is
     * broken after it may never have been written whole.
     *
     * @return the length, -1 when the frame does not say it, as those of earlier builds
     */
    static long durableBefore(FrameContent frame) {
        switch ((int) frame.number()) {
            case COMMIT -> Delta.skip(frame);
            case LEASE_GRANTED -> {
                frame.number();
                frame.number();
            }
            case LEASE_ENDED -> frame.number();
            default -> {
                return -1;
            }
        }
        return frame.atEnd() ? -1 : frame.number();
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
