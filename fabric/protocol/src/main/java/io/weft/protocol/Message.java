package io.weft.protocol;

/** One line of a stream. */
public sealed interface Message {
    /**
     * A batch begins.
     *
     * @param full whether everything that is not in this batch is to be forgotten
     */
    record BatchBegin(boolean full) implements Message {}

    /**
     * The topic is new to this node; its records follow in this batch.
     *
     * @param topic the topic
     */
    record Join(Topic topic) implements Message {}

    /**
     * A record is new or has changed.
     *
     * @param topic where it is
     * @param key the record's key
     * @param fact the record
     */
    record Put(Topic topic, String key, Fact fact) implements Message {
        public Put(Topic topic, Fact fact) {
            this(topic, fact.key(), fact);
        }
    }

    /**
     * A record is gone. It may never have been there.
     *
     * @param topic where it was
     * @param key the record's key
     */
    record Delete(Topic topic, String key) implements Message {}

    /**
     * The topic and all of its records are gone.
     *
     * @param topic the topic
     */
    record Leave(Topic topic) implements Message {}

    /**
     * The batch is complete and may be applied.
     *
     * @param revision the store revision that the node is at with it
     * @param position what to resume with
     */
    record Commit(long revision, Position position) implements Message {}

    /**
     * Outside a batch: nothing of this node has changed up to this revision.
     *
     * @param revision the store revision; the node's position moves on to it
     */
    record Alive(long revision) implements Message {}

    /**
     * A message, topic or record of a kind that this build does not know, to be passed over.
     *
     * @param note what it was, fit for a log
     */
    record Unknown(String note) implements Message {}
}
