package io.weft.protocol;

import io.weft.model.InvalidException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/**
 * Messages as lines of JSON.
 *
 * <p>Writing is canonical: the same message is always the same bytes. Reading passes over fields that it does not
 * know and answers {@link Message.Unknown} for messages, topics and records of unknown kinds, so that a newer server
 * may say more; what is known must be right, or it is a {@link ProtocolException}.
 */
public final class MessageCodec {
    /** The longest line that is read, in bytes. */
    public static final int MAX_LINE = 1 << 20;

    private static final int MAX_KEY = 256;

    private MessageCodec() {}

    /** The line of this message, with its line end. */
    public static byte[] encode(Message message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator out =
                JsonObject.FACTORY.createGenerator(ObjectWriteContext.empty(), bytes, JsonEncoding.UTF8)) {
            out.writeStartObject();
            switch (message) {
                case Message.BatchBegin begin -> {
                    out.writeName("batch").writeStartObject();
                    out.writeBooleanProperty("full", begin.full());
                    out.writeEndObject();
                }
                case Message.Join join ->
                    out.writeStringProperty("join", join.topic().toString());
                case Message.Put put -> {
                    out.writeStringProperty("topic", put.topic().toString());
                    out.writeStringProperty("key", put.key());
                    out.writeName("put");
                    FactCodec.write(out, put.fact());
                }
                case Message.Delete delete -> {
                    out.writeStringProperty("topic", delete.topic().toString());
                    out.writeStringProperty("key", delete.key());
                    out.writeBooleanProperty("delete", true);
                }
                case Message.Leave leave ->
                    out.writeStringProperty("leave", leave.topic().toString());
                case Message.Commit commit -> {
                    out.writeName("commit").writeStartObject();
                    out.writeNumberProperty("revision", commit.revision());
                    out.writeStringProperty("position", commit.position().toString());
                    out.writeEndObject();
                }
                case Message.Alive alive -> {
                    out.writeName("alive").writeStartObject();
                    out.writeNumberProperty("revision", alive.revision());
                    out.writeEndObject();
                }
                case Message.Unknown unknown ->
                    throw new IllegalArgumentException("an unknown message has no text: " + unknown.note());
            }
            out.writeEndObject();
        }
        bytes.write('\n');
        return bytes.toByteArray();
    }

    /** The same as encoding a commit, for every batch of every node. */
    static byte[] commitLine(Position position) {
        return ("{\"commit\":{\"revision\":" + position.revision() + ",\"position\":\"" + position + "\"}}\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The same as encoding a sign of life. */
    static byte[] aliveLine(long revision) {
        return ("{\"alive\":{\"revision\":" + revision + "}}\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Reads a line, with or without its line end. */
    public static Message decode(byte[] line) throws ProtocolException {
        return decode(line, 0, line.length);
    }

    /** Reads a line that is a part of these bytes. */
    public static Message decode(byte[] bytes, int offset, int length) throws ProtocolException {
        if (length > MAX_LINE) {
            throw new ProtocolException("a line of " + length + " bytes is too long");
        }
        try {
            return decode(JsonObject.parse(bytes, offset, length));
        } catch (ProtocolException e) {
            throw e;
        } catch (IOException | InvalidException | IllegalArgumentException e) {
            throw new ProtocolException("not a valid message: " + Excerpt.of(String.valueOf(e.getMessage())), e);
        }
    }

    private static Message decode(JsonObject line) throws IOException {
        if (line.has("topic")) {
            return decodeRecord(line);
        }
        if (line.has("batch")) {
            return new Message.BatchBegin(line.object("batch").flag("full"));
        }
        if (line.has("join")) {
            String text = line.text("join");
            return Topic.parse(text).<Message>map(Message.Join::new).orElseGet(() -> unknownTopic(text));
        }
        if (line.has("leave")) {
            String text = line.text("leave");
            return Topic.parse(text).<Message>map(Message.Leave::new).orElseGet(() -> unknownTopic(text));
        }
        if (line.has("commit")) {
            JsonObject commit = line.object("commit");
            String text = commit.text("position");
            Position position =
                    Position.parse(text).orElseThrow(() -> new ProtocolException("no position: " + Excerpt.of(text)));
            return new Message.Commit(commit.revision("revision"), position);
        }
        if (line.has("alive")) {
            return new Message.Alive(line.object("alive").revision("revision"));
        }
        return new Message.Unknown("a message with the fields " + Excerpt.of(String.join(", ", line.names())));
    }

    private static Message decodeRecord(JsonObject line) throws IOException {
        String topicText = line.text("topic");
        String key = line.text("key");
        if (key.isEmpty() || key.length() > MAX_KEY) {
            throw new ProtocolException("no key: " + Excerpt.of(key));
        }
        Optional<Topic> topic = Topic.parse(topicText);
        if (topic.isEmpty()) {
            return unknownTopic(topicText);
        }
        if (!line.has("put")) {
            if (line.has("delete") && line.flag("delete")) {
                return new Message.Delete(topic.get(), key);
            }
            return new Message.Unknown("neither put nor delete for " + Excerpt.of(key));
        }
        JsonObject put = line.object("put");
        String typeText = put.text("type");
        Optional<Fact.Type> type = Fact.Type.of(typeText);
        if (type.isEmpty()) {
            return new Message.Unknown("a record of type " + Excerpt.of(typeText));
        }
        Fact fact = FactCodec.read(type.get(), put);
        if (!fact.key().equals(key)) {
            throw new ProtocolException("the record " + Excerpt.of(fact.key()) + " has the key " + Excerpt.of(key));
        }
        return new Message.Put(topic.get(), key, fact);
    }

    private static Message unknownTopic(String text) {
        return new Message.Unknown("the topic " + Excerpt.of(text));
    }
}
