package io.weft.protocol;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a node has of the topics that it needs. Owned by one thread.
 *
 * <p>A batch is applied whole or, when it cannot be right, not at all. What comes of it depends on the batches'
 * content alone: applying one twice changes nothing.
 */
public final class Subscription {
    /**
     * A record that a batch made different.
     *
     * @param topic where it is
     * @param key its key
     * @param before what it was; empty when it is new
     * @param after what it is; empty when it is gone
     */
    public record Difference(Topic topic, String key, Optional<Fact> before, Optional<Fact> after) {
        /** What the record says, or said. */
        public Fact.Type type() {
            return after.or(() -> before).orElseThrow().type();
        }
    }

    private Map<Topic, Map<String, Fact>> topics = new HashMap<>();
    private Optional<Position> position = Optional.empty();

    /** What to resume with; empty before the first batch. */
    public Optional<Position> position() {
        return position;
    }

    public Set<Topic> topics() {
        return Collections.unmodifiableSet(topics.keySet());
    }

    /** The records of a topic by key; none when the node does not have the topic. */
    public Map<String, Fact> records(Topic topic) {
        return Collections.unmodifiableMap(topics.getOrDefault(topic, Map.of()));
    }

    /** Forgets the position, so that the next batch is a full one; the records stay until then. */
    public void requestFull() {
        position = Optional.empty();
    }

    /**
     * Applies what a stream said.
     *
     * @return what differs, in an order in which it may be put in force: what others refer to comes first, what is
     *     gone comes last in the reverse order
     * @throws ProtocolException when it does not fit what the node has; nothing was applied then
     */
    public List<Difference> apply(Batch batch) throws ProtocolException {
        return switch (batch) {
            case Batch.Alive alive -> {
                position = position.map(p -> p.at(Math.max(p.revision(), alive.revision())));
                yield List.of();
            }
            case Batch.Changes changes -> apply(changes);
        };
    }

    private List<Difference> apply(Batch.Changes batch) throws ProtocolException {
        if (!batch.full() && position.isEmpty()) {
            throw new ProtocolException("the first batch is not a full one");
        }
        check(batch);
        Map<Place, Optional<Fact>> before = new LinkedHashMap<>();
        if (batch.full()) {
            topics.keySet().forEach(topic -> note(topic, before));
            topics = new HashMap<>();
        }
        for (Message message : batch.messages()) {
            switch (message) {
                case Message.Join join -> {
                    note(join.topic(), before);
                    topics.put(join.topic(), new HashMap<>());
                }
                case Message.Put put -> {
                    Map<String, Fact> records = held(put.topic());
                    before.computeIfAbsent(
                            new Place(put.topic(), put.key()), p -> Optional.ofNullable(records.get(p.key())));
                    records.put(put.key(), put.fact());
                }
                case Message.Delete delete -> {
                    Map<String, Fact> records = held(delete.topic());
                    before.computeIfAbsent(
                            new Place(delete.topic(), delete.key()), p -> Optional.ofNullable(records.get(p.key())));
                    records.remove(delete.key());
                }
                case Message.Leave leave -> {
                    note(leave.topic(), before);
                    topics.remove(leave.topic());
                }
                default -> throw new IllegalStateException("no change: " + message);
            }
        }
        position = Optional.of(batch.position());
        return differences(before);
    }

    /** Refuses what cannot be applied, before anything is. */
    private void check(Batch.Changes batch) throws ProtocolException {
        Set<Topic> joined = new HashSet<>();
        Set<Topic> left = new HashSet<>();
        for (Message message : batch.messages()) {
            switch (message) {
                case Message.Join join -> joined.add(join.topic());
                case Message.Leave leave -> {
                    joined.remove(leave.topic());
                    left.add(leave.topic());
                }
                case Message.Put put -> {
                    boolean kept = !batch.full() && topics.containsKey(put.topic()) && !left.contains(put.topic());
                    if (!kept && !joined.contains(put.topic())) {
                        throw new ProtocolException("a record of " + put.topic() + ", which was not joined");
                    }
                }
                case Message.Delete delete -> {}
                default -> throw new ProtocolException("no change: " + message);
            }
        }
    }

    /** Remembers all records of the topic as they are. */
    private void note(Topic topic, Map<Place, Optional<Fact>> before) {
        topics.getOrDefault(topic, Map.of())
                .forEach((key, fact) -> before.putIfAbsent(new Place(topic, key), Optional.of(fact)));
    }

    private Map<String, Fact> held(Topic topic) {
        return topics.getOrDefault(topic, new HashMap<>());
    }

    private List<Difference> differences(Map<Place, Optional<Fact>> before) {
        List<Difference> differences = new ArrayList<>();
        before.forEach((place, was) -> {
            Optional<Fact> is = Optional.ofNullable(records(place.topic()).get(place.key()));
            if (!is.equals(was)) {
                differences.add(new Difference(place.topic(), place.key(), was, is));
            }
        });
        differences.sort(Subscription::inOrder);
        return differences;
    }

    private static int inOrder(Difference one, Difference other) {
        boolean gone = one.after().isEmpty();
        int byFate = Boolean.compare(gone, other.after().isEmpty());
        if (byFate != 0) {
            return byFate;
        }
        int byType = one.type().compareTo(other.type());
        return gone ? -byType : byType;
    }

    private record Place(Topic topic, String key) {}
}
