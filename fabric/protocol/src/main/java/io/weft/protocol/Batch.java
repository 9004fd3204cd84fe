package io.weft.protocol;

import java.util.List;

/** What a stream says at once. */
public sealed interface Batch {
    /** The store revision that the node is at with it. */
    long revision();

    /**
     * A complete batch.
     *
     * @param full whether everything that is not in it is to be forgotten
     * @param messages joins, puts, deletes and leaves in their order
     * @param revision the store revision that the node is at with it
     * @param position what to resume with once it is applied
     * @param notes what was passed over because this build does not know it, for the log; bounded
     */
    record Changes(boolean full, List<Message> messages, long revision, Position position, List<String> notes)
            implements Batch {
        public Changes {
            messages = List.copyOf(messages);
            notes = List.copyOf(notes);
        }
    }

    /**
     * Nothing has changed for the node.
     *
     * @param revision up to this store revision
     */
    record Alive(long revision) implements Batch {}
}
