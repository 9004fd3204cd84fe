package io.weft.responders.metadata;

import java.nio.charset.StandardCharsets;

/**
 * An answer's content.
 *
 * @param type its media type
 * @param content its bytes
 */
@SuppressWarnings("ArrayRecordComponent") // written once, never compared
public record Document(String type, byte[] content) {
    static Document text(String content) {
        return new Document("text/plain; charset=utf-8", content.getBytes(StandardCharsets.UTF_8));
    }

    static Document json(byte[] content) {
        return new Document("application/json", content);
    }
}
