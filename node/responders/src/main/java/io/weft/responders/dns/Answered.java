package io.weft.responders.dns;

import org.xbill.DNS.Message;

/** What becomes of a question. */
public sealed interface Answered {
    /** It is answered from what is known here. */
    record Here(Message message) implements Answered {}

    /** Nothing is known here: other resolvers are to be asked. */
    record Elsewhere() implements Answered {}
}
