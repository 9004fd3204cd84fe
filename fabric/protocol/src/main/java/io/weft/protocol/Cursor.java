package io.weft.protocol;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One host's place in a {@link TopicLog}.
 *
 * <p>Its thread alternates {@link #await} and {@link #writeTo}; {@link #close} may be called by any thread. When
 * writing fails the cursor is of no more use: the node comes back with the position that it has.
 */
public final class Cursor implements AutoCloseable {
    /** What {@link #writeTo} wrote. */
    public enum Written {
        /** Nothing: the node is further than this server. */
        NOTHING,
        /** That nothing has changed for the node. */
        ALIVE,
        /** What has changed for the node. */
        BATCH,
        /** Everything that the node needs. */
        FULL_BATCH
    }

    private static final byte[] BEGIN = MessageCodec.encode(new Message.BatchBegin(false));
    private static final byte[] BEGIN_FULL = MessageCodec.encode(new Message.BatchBegin(true));
    private static final int BUFFER = 32 * 1024;

    private final TopicLog log;
    private final String host;
    private final Optional<Position> resume;
    private final Pace pace = new Pace();
    private Optional<TopicLog.Place> place = Optional.empty();

    private volatile boolean due;
    /** Whether what is due does not wait for a rest. */
    private volatile boolean urgent;

    private volatile boolean writing;
    /** The revision of the last batch that was written; -1 before the first. */
    private volatile long written = -1;

    private volatile boolean closed;
    private volatile @Nullable Thread waiter;

    Cursor(TopicLog log, String host, Optional<Position> position) {
        this.log = log;
        this.host = host;
        this.resume = position;
    }

    /** The node that it is for. */
    public String host() {
        return host;
    }

    /** Whether something waits to be written. */
    public boolean isDue() {
        return due;
    }

    public boolean isClosed() {
        return closed;
    }

    /** Whether the log at this revision can tell what comes next. Called under the log's lock before the first write. */
    boolean isReachedBy(long revision) {
        return revision >= 0 && resume.map(Position::revision).orElse(0L) <= revision;
    }

    /**
     * The revision that the node has in force. When it has confirmed the last batch and nothing else concerns it, that
     * is the log's.
     *
     * @param reported the revision that it has reported; negative before the first report
     * @param latest the log's revision; read before this is called
     */
    long inForce(long reported, long latest) {
        // In this order: writing begins before what is due is taken, and ends after the batch is noted.
        boolean settled = !due && !writing && reported >= Math.max(1, written);
        return settled ? Math.max(reported, latest) : reported;
    }

    /** Something waits to be written. */
    void markDue() {
        due = true;
    }

    /** Something waits to be written that somebody on the node waits for. */
    void markUrgent() {
        urgent = true;
        due = true;
    }

    /** Lets a waiting thread look again. */
    void wake() {
        LockSupport.unpark(waiter);
    }

    /**
     * Waits until something has changed for the node, and it has had a rest when much has changed lately and this is not
     * about its own ports, or the cursor is closed.
     *
     * @param timeout how long at most
     * @return whether something is to be written; false after the time-out, when a sign of life is due
     * @throws InterruptedException when the thread was interrupted
     */
    public boolean await(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        waiter = Thread.currentThread();
        try {
            while (!closed) {
                long now = System.nanoTime();
                long rest = !due ? Long.MAX_VALUE : urgent ? 0 : pace.rest(now);
                if (rest <= 0) {
                    return true;
                }
                long left = Math.min(rest, deadline - now);
                if (left <= 0) {
                    return false;
                }
                LockSupport.parkNanos(this, left);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            return false;
        } finally {
            waiter = null;
        }
    }

    /**
     * Writes what the node is to know now: one batch, or a sign of life when nothing has changed for it. A small batch
     * is one write. The stream is flushed.
     *
     * @return what was written
     * @throws IOException what the stream throws
     */
    public Written writeTo(OutputStream out) throws IOException {
        writing = true;
        // In this order: what becomes urgent in between is among what is written now.
        urgent = false;
        due = false;
        Written result = writeNext(out);
        writing = false;
        return result;
    }

    private Written writeNext(OutputStream out) throws IOException {
        Optional<TopicLog.Next> next = log.next(host, place, resume);
        if (next.isEmpty()) {
            return Written.NOTHING;
        }
        long oldHash = place.map(TopicLog.Place::hash)
                .or(() -> resume.map(Position::interest))
                .orElse(0L);
        TopicLog.Place reached = next.get().place();
        Delta delta = next.get().delta();
        place = Optional.of(reached);
        if (delta.isEmpty() && reached.hash() == oldHash) {
            out.write(MessageCodec.aliveLine(reached.revision()));
            out.flush();
            return Written.ALIVE;
        }
        written = reached.revision();
        write(out, delta, MessageCodec.commitLine(log.position(reached)));
        pace.spend(System.nanoTime());
        return delta.isFull() ? Written.FULL_BATCH : Written.BATCH;
    }

    private static void write(OutputStream out, Delta delta, byte[] commit) throws IOException {
        byte[] begin = delta.isFull() ? BEGIN_FULL : BEGIN;
        Buffer buffer = new Buffer(out, Math.min(BUFFER, begin.length + size(delta.lines()) + commit.length));
        buffer.add(begin);
        for (byte[][] group : delta.lines()) {
            for (byte[] line : group) {
                buffer.add(line);
            }
        }
        buffer.add(commit);
        buffer.flush();
    }

    /** The size of these lines, or of enough of them to fill a buffer. */
    private static int size(List<byte[][]> lines) {
        int size = 0;
        for (byte[][] group : lines) {
            for (byte[] line : group) {
                size += line.length;
                if (size >= BUFFER) {
                    return BUFFER;
                }
            }
        }
        return size;
    }

    /** Gathers lines, so that the stream sees few writes. */
    private static final class Buffer {
        private final OutputStream out;
        private final byte[] bytes;
        private int length;

        Buffer(OutputStream out, int size) {
            this.out = out;
            this.bytes = new byte[size];
        }

        void add(byte[] line) throws IOException {
            if (line.length > bytes.length - length) {
                drain();
                if (line.length > bytes.length) {
                    out.write(line);
                    return;
                }
            }
            System.arraycopy(line, 0, bytes, length, line.length);
            length += line.length;
        }

        void flush() throws IOException {
            drain();
            out.flush();
        }

        private void drain() throws IOException {
            out.write(bytes, 0, length);
            length = 0;
        }
    }

    /** Gives the place up; a waiting thread returns. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(waiter);
        log.close(this);
    }
}
