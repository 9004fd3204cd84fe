package io.weft.agent.services;

import io.weft.responders.metadata.Document;

/**
 * What a guest is answered.
 *
 * @param status of HTTP
 * @param document its content; empty unless the status is 200
 */
record Answer(int status, Document document) {
    static Answer of(int status) {
        return new Answer(status, new Document("text/plain", new byte[0]));
    }
}
