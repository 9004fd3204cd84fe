package io.weft.protocol;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A topic's records as they are on the wire, and those that went lately. Guarded by the {@link TopicLog}'s lock. */
final class TopicState {
    /** A record, or what is left of it. */
    static final class Entry extends RecencyList.Node<Entry> {
        private final Fact.Type type;
        private final String key;
        private final long notBefore;
        /** The line that puts it, or the one that deletes it. */
        private byte[] line;

        private boolean dead;

        private Entry(Fact.Type type, String key, long notBefore, byte[] line) {
            this.type = type;
            this.key = key;
            this.notBefore = notBefore;
            this.line = line;
        }

        Fact.Type type() {
            return type;
        }

        byte[] line() {
            return line;
        }

        boolean isDead() {
            return dead;
        }

        /** It was not there before this revision, as far as is remembered. */
        long notBefore() {
            return notBefore;
        }
    }

    /** The lines of all records by type and key; never changed, shared by all who write it out. */
    record Snapshot(Map<Fact.Type, byte[][]> lines) {
        byte[][] of(Fact.Type type) {
            return lines.getOrDefault(type, NONE);
        }

        private static final byte[][] NONE = {};
    }

    private final Topic topic;
    private final long hash;
    private final byte[] joinLine;
    private final byte[] leaveLine;
    private final Map<Fact.Type, TreeMap<String, Entry>> entries = new EnumMap<>(Fact.Type.class);
    private final RecencyList<Entry> changes = new RecencyList<>();
    /** The places that it has in domains that exist, also those that it has left. */
    private final List<DomainState.Member> members = new ArrayList<>(1);

    /** Made by the first reader that needs it, perhaps by two at once: they make the same. */
    private volatile @Nullable Snapshot snapshot;

    TopicState(Topic topic) {
        this.topic = topic;
        this.hash = InterestHash.of(topic);
        this.joinLine = MessageCodec.encode(new Message.Join(topic));
        this.leaveLine = MessageCodec.encode(new Message.Leave(topic));
    }

    Topic topic() {
        return topic;
    }

    long hash() {
        return hash;
    }

    byte[] joinLine() {
        return joinLine;
    }

    byte[] leaveLine() {
        return leaveLine;
    }

    List<DomainState.Member> members() {
        return members;
    }

    /** The record that changed last. */
    @Nullable
    Entry newest() {
        return changes.newest();
    }

    /** The revision of the last change; 0 before the first. */
    long modified() {
        @Nullable Entry newest = changes.newest();
        return newest == null ? 0 : newest.modified();
    }

    /** Whether nothing is known of it any more. */
    boolean isForgotten() {
        return members.isEmpty() && changes.isEmpty();
    }

    /**
     * Adds or replaces a record.
     *
     * @param previous the revision before the step, which may be one of many: others may have the record since then
     * @param revision the revision after it
     */
    void put(Fact.Type type, String key, byte[] line, long previous, long revision) {
        TreeMap<String, Entry> ofType = entries.computeIfAbsent(type, t -> new TreeMap<>());
        Entry entry = ofType.get(key);
        if (entry == null) {
            entry = new Entry(type, key, previous + 1, line);
            ofType.put(key, entry);
        }
        entry.line = line;
        entry.dead = false;
        changes.touch(entry, revision);
        snapshot = null;
    }

    /** Marks the record as gone; null when there is none. */
    @Nullable
    Entry delete(Fact.Type type, String key, byte[] line, long revision) {
        TreeMap<String, Entry> ofType = entries.get(type);
        Entry entry = ofType == null ? null : ofType.get(key);
        if (entry == null || entry.dead) {
            return null;
        }
        entry.line = line;
        entry.dead = true;
        changes.touch(entry, revision);
        snapshot = null;
        return entry;
    }

    /** Forgets a record that has been gone since this revision. */
    void forget(Entry entry, long revision) {
        if (entry.dead && entry.modified() == revision) {
            changes.remove(entry);
            TreeMap<String, Entry> ofType = entries.get(entry.type);
            if (ofType != null) {
                ofType.remove(entry.key);
                if (ofType.isEmpty()) {
                    entries.remove(entry.type);
                }
            }
        }
    }

    Snapshot snapshot() {
        Snapshot current = snapshot;
        if (current == null) {
            Map<Fact.Type, byte[][]> lines = new EnumMap<>(Fact.Type.class);
            entries.forEach((type, ofType) -> {
                List<byte[]> alive = new ArrayList<>(ofType.size());
                for (Entry entry : ofType.values()) {
                    if (!entry.dead) {
                        alive.add(entry.line);
                    }
                }
                lines.put(type, alive.toArray(byte[][]::new));
            });
            current = new Snapshot(lines);
            snapshot = current;
        }
        return current;
    }
}
