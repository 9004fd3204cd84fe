package io.weft.agent.sync;

import io.weft.protocol.Batch;
import io.weft.protocol.BatchReader;
import io.weft.protocol.Fact;
import io.weft.protocol.Message;
import io.weft.protocol.MessageCodec;
import io.weft.protocol.Position;
import io.weft.protocol.ProtocolException;
import io.weft.protocol.Topic;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The node's records on disk, as one full batch of the stream. It is whole or not there. */
public final class RecordsFile {
    private final Path file;

    public RecordsFile(Path file) {
        this.file = file;
    }

    /**
     * Reads the batch; empty when there is no file.
     *
     * @throws ProtocolException when it is not one batch; the server will send everything anew
     */
    public Optional<Batch> read() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            Optional<Batch> batch = new BatchReader(in).next();
            if (batch.isEmpty()) {
                throw new ProtocolException(file + " ends without a commit");
            }
            return batch;
        }
    }

    /** Replaces the file. */
    public void write(Map<Topic, List<Fact>> records, Position position) throws IOException {
        AtomicFile.write(file, out -> {
            out.write(MessageCodec.encode(new Message.BatchBegin(true)));
            for (Topic topic : records.keySet()) {
                out.write(MessageCodec.encode(new Message.Join(topic)));
            }
            for (Map.Entry<Topic, List<Fact>> topic : records.entrySet()) {
                for (Fact fact : topic.getValue()) {
                    out.write(MessageCodec.encode(new Message.Put(topic.getKey(), fact)));
                }
            }
            out.write(MessageCodec.encode(new Message.Commit(position.revision(), position)));
        });
    }
}
