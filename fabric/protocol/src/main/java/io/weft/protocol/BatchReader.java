package io.weft.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The node's end of a stream: gathers lines until a batch is complete. What is torn off in the middle is never seen.
 *
 * <p>Owned by one thread. Memory is bounded by the longest line and the largest batch.
 */
public final class BatchReader {
    /** How many messages a batch may have unless told otherwise. */
    public static final int DEFAULT_MAX_MESSAGES = 1_000_000;

    private static final int MAX_NOTES = 16;
    private static final int FIRST_BUFFER = 8 * 1024;

    private final InputStream in;
    private final int maxMessages;
    private byte[] buffer = new byte[FIRST_BUFFER];
    private int start;
    private int end;

    public BatchReader(InputStream in) {
        this(in, DEFAULT_MAX_MESSAGES);
    }

    /**
     * A reader of this stream.
     *
     * @param maxMessages how many messages a batch may have; more is a {@link ProtocolException}
     */
    public BatchReader(InputStream in, int maxMessages) {
        this.in = in;
        this.maxMessages = maxMessages;
    }

    /**
     * Waits for the next batch or sign of life.
     *
     * @return empty when the stream has ended, whether between two batches or within one
     * @throws ProtocolException when the stream is not the protocol
     * @throws IOException what the stream throws
     */
    public Optional<Batch> next() throws IOException {
        Optional<Message> first = read();
        while (first.isPresent() && first.get() instanceof Message.Unknown) {
            first = read();
        }
        if (first.isEmpty()) {
            return Optional.empty();
        }
        return switch (first.get()) {
            case Message.Alive alive -> Optional.of(new Batch.Alive(alive.revision()));
            case Message.BatchBegin begin -> readBatch(begin.full());
            case Message other ->
                throw new ProtocolException(
                        "a " + other.getClass().getSimpleName().toLowerCase(Locale.ROOT) + " stands outside a batch");
        };
    }

    private Optional<Batch> readBatch(boolean full) throws IOException {
        List<Message> messages = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (Optional<Message> message = read(); message.isPresent(); message = read()) {
            switch (message.get()) {
                case Message.Commit commit -> {
                    return Optional.of(new Batch.Changes(full, messages, commit.revision(), commit.position(), notes));
                }
                case Message.Unknown unknown -> {
                    if (notes.size() < MAX_NOTES) {
                        notes.add(unknown.note());
                    }
                }
                case Message.BatchBegin begin -> throw new ProtocolException("a batch begins within a batch");
                case Message.Alive alive -> throw new ProtocolException("a sign of life within a batch");
                case Message change -> {
                    if (messages.size() == maxMessages) {
                        throw new ProtocolException("a batch of more than " + maxMessages + " messages");
                    }
                    messages.add(change);
                }
            }
        }
        return Optional.empty();
    }

    /** Reads a line; empty at the end of the stream, also when a line without its end stands there. */
    private Optional<Message> read() throws IOException {
        int searched = start;
        while (true) {
            for (int i = searched; i < end; i++) {
                if (buffer[i] == '\n') {
                    Message message = MessageCodec.decode(buffer, start, i - start);
                    start = i + 1;
                    return Optional.of(message);
                }
            }
            searched = end - start;
            makeRoom();
            searched += start;
            int count = in.read(buffer, end, buffer.length - end);
            if (count < 0) {
                return Optional.empty();
            }
            end += count;
        }
    }

    private void makeRoom() throws ProtocolException {
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }
        if (end == buffer.length) {
            if (end > MessageCodec.MAX_LINE) {
                throw new ProtocolException("a line of more than " + MessageCodec.MAX_LINE + " bytes");
            }
            buffer = Arrays.copyOf(buffer, Math.min(2 * buffer.length, MessageCodec.MAX_LINE + 1));
        }
    }
}
