package io.weft.protocol;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.StampedLock;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * The server's end of all streams: each topic's records as they are on the wire, each encoded once, in the order of
 * their last change.
 *
 * <p>A node costs a {@link Cursor}: the revision and the domains that it was last given, never a queue. What it is
 * given next is found by walking back from the newest change to its revision, and costs what changed for it. What was
 * removed is remembered for a bounded number of removals; a position from before that is answered with a full batch.
 *
 * <p>Threads: one thread publishes; every cursor has a thread of its own. One lock guards all state, shared by
 * cursors and held alone to publish; it is held while references are collected, never while records are encoded or
 * written.
 *
 * <p>Longer than most, since everything that is done under that lock is to be read in one place.
 */
public final class TopicLog {
    /** How many removals are remembered unless told otherwise. */
    public static final int DEFAULT_REMOVALS = 100_000;
    /** How many records are worth being encoded by several threads. */
    private static final int MANY = 10_000;

    /** Something that went at a revision and is remembered until it is told to forget that revision. */
    private record Removal(long revision, LongConsumer forget) {}

    private final UUID epoch;
    private final int format;
    private final int maxRemovals;
    private final StampedLock lock = new StampedLock();
    private final Map<Topic, TopicState> topics = new HashMap<>();
    private final Map<Long, DomainState> domains = new HashMap<>();
    private final Map<String, HostState> hosts = new HashMap<>();
    private final Deque<Removal> removals = new ArrayDeque<>();
    /** Steps that were several in one: the revision before each, by the revision after it. */
    private final TreeMap<Long, Long> merged = new TreeMap<>();
    /** Cursors whose position lies ahead of this server. */
    private final Set<Cursor> ahead = new HashSet<>();

    private long revision = -1;
    private long previous = -1;
    private long oldest;
    /** Counts what was published. */
    private long step;

    /**
     * A log that nothing was published to yet.
     *
     * @param epoch the store's epoch
     * @param format the format of the records; another one whenever they come to mean something else
     */
    public TopicLog(UUID epoch, int format) {
        this(epoch, format, DEFAULT_REMOVALS);
    }

    /**
     * A log that nothing was published to yet.
     *
     * @param maxRemovals how many removals of records, topics and interests are remembered
     */
    public TopicLog(UUID epoch, int format, int maxRemovals) {
        this.epoch = epoch;
        this.format = format;
        this.maxRemovals = maxRemovals;
    }

    /** The revision that was published last; -1 before the first. */
    public long revision() {
        return reading(() -> revision);
    }

    /** The topics that the host needs, itself and its own peer record included. */
    public Set<Topic> interest(String host) {
        return reading(() -> {
            Set<Topic> interest = new TreeSet<>(List.of(Topic.node(host), Topic.peer(host)));
            HostState state = hosts.get(host);
            if (state != null) {
                for (DomainState domain : state.domains()) {
                    for (DomainState.Member member : domain.members()) {
                        if (member.isPresent()) {
                            interest.add(member.topic().topic());
                        }
                    }
                }
            }
            return interest;
        });
    }

    /** The lines of a topic's records, in the order of a batch; none when there is no such topic. */
    public List<byte[]> lines(Topic topic) {
        return reading(() -> {
            List<byte[]> lines = new ArrayList<>();
            TopicState state = topics.get(topic);
            if (state != null) {
                for (Fact.Type type : Fact.Type.values()) {
                    lines.addAll(List.of(state.snapshot().of(type)));
                }
            }
            return lines;
        });
    }

    /**
     * The lowest revision that is in force on the connected hosts that need a topic; the log's own when none does. It
     * costs a look at each of these hosts, whatever their number of ports.
     *
     * @param reported the revision that a host has reported; negative before its first report
     */
    public long inForce(Topic topic, ToLongFunction<String> reported) {
        return reading(() -> {
            long lowest = revision;
            TopicState state = topics.get(topic);
            if (state != null) {
                for (DomainState.Member member : state.members()) {
                    if (member.isPresent()) {
                        for (HostState host : member.domain().hosts()) {
                            lowest = Math.min(lowest, inForce(host, reported.applyAsLong(host.host()), revision));
                        }
                    }
                }
            }
            return lowest;
        });
    }

    /**
     * The revision that a host has in force: what it reported, or the log's when nothing has come for it since.
     *
     * @param reported the revision that it has reported; negative before its first report
     */
    public long inForce(String host, long reported) {
        return reading(() -> {
            HostState state = hosts.get(host);
            return state == null ? reported : inForce(state, reported, reported);
        });
    }

    /** By the newest cursor, since an older one is one that the host has given up. */
    private long inForce(HostState host, long reported, long unconnected) {
        List<Cursor> cursors = host.cursors();
        return cursors.isEmpty() ? unconnected : cursors.getLast().inForce(reported, revision);
    }

    /** How many cursors are open. */
    public int cursors() {
        return reading(() ->
                hosts.values().stream().mapToInt(host -> host.cursors().size()).sum());
    }

    /**
     * Makes the changes visible at their revision and wakes the cursors that they concern. Called by one thread, with
     * growing revisions; the first call makes the log ready, even when it changes nothing.
     */
    public void publish(TopicChanges changes) {
        List<byte[]> lines = lines(changes.records());
        List<Cursor> woken = new ArrayList<>();
        writing(() -> {
            if (changes.revision() < revision) {
                throw new IllegalArgumentException("revision " + changes.revision() + " comes after " + revision);
            }
            if (revision < 0) {
                oldest = changes.revision();
            }
            previous = revision;
            revision = changes.revision();
            step++;
            if (changes.merged() && previous >= 0 && revision - previous > 1) {
                merged.put(revision, previous);
                removals.add(new Removal(revision, merged::remove));
            }
            List<HostState> concerned = new ArrayList<>();
            for (TopicChanges.DomainChange change : changes.domains()) {
                apply(change, concerned);
            }
            Set<TopicState> touched = new LinkedHashSet<>();
            for (int i = 0; i < lines.size(); i++) {
                touched.add(apply(changes.records().get(i), lines.get(i)));
            }
            for (TopicState topic : touched) {
                touch(topic, concerned);
            }
            for (HostState host : concerned) {
                woken.addAll(host.cursors());
            }
            ahead.removeIf(cursor -> cursor.isReachedBy(revision) && woken.add(cursor));
            woken.forEach(Cursor::markDue);
            forget();
            return revision;
        });
        // Only now, or they would find the lock taken.
        woken.forEach(Cursor::wake);
    }

    /** The first step has the whole world: that many are encoded on all processors. */
    private static List<byte[]> lines(List<TopicChanges.RecordChange> records) {
        Stream<TopicChanges.RecordChange> stream = records.size() < MANY ? records.stream() : records.parallelStream();
        return stream.map(change -> MessageCodec.encode(
                        change.fact().isPresent()
                                ? new Message.Put(
                                        change.topic(),
                                        change.key(),
                                        change.fact().get())
                                : new Message.Delete(change.topic(), change.key())))
                .toList();
    }

    private void apply(TopicChanges.DomainChange change, List<HostState> concerned) {
        DomainState domain = domains.computeIfAbsent(change.domain(), id -> new DomainState());
        switch (change) {
            case TopicChanges.TopicJoins joins -> {
                domain.join(topic(joins.topic()), revision);
                concern(domain.hosts(), concerned);
            }
            case TopicChanges.TopicLeaves leaves -> {
                DomainState.Member member = domain.leave(leaves.topic(), revision);
                if (member != null) {
                    removals.add(new Removal(revision, at -> {
                        domain.forget(member, at);
                        release(member.topic());
                    }));
                }
                concern(domain.hosts(), concerned);
            }
            case TopicChanges.HostJoins joins -> {
                HostState host = host(joins.host());
                if (domain.hosts().add(host)) {
                    host.join(domain, revision);
                    removals.add(new Removal(revision, host::forget));
                    concern(List.of(host), concerned);
                }
            }
            case TopicChanges.HostLeaves leaves -> {
                HostState host = host(leaves.host());
                if (domain.hosts().remove(host)) {
                    host.leave(domain, revision);
                    removals.add(new Removal(revision, at -> {
                        host.forget(at);
                        release(host);
                    }));
                    concern(List.of(host), concerned);
                }
            }
            case TopicChanges.Dissolved dissolved -> {
                domains.remove(dissolved.domain());
                abandon(domain);
            }
        }
    }

    private TopicState apply(TopicChanges.RecordChange change, byte[] line) {
        TopicState topic = topic(change.topic());
        if (change.fact().isPresent()) {
            topic.put(change.fact().get().type(), change.key(), line, previous, revision);
            return topic;
        }
        Fact.Type type = Fact.Type.ofKey(change.key())
                .orElseThrow(() -> new IllegalArgumentException("no type has the key " + change.key()));
        Optional.ofNullable(topic.delete(type, change.key(), line, revision))
                .ifPresent(entry -> removals.add(new Removal(revision, at -> {
                    topic.forget(entry, at);
                    release(topic);
                })));
        return topic;
    }

    private void touch(TopicState topic, List<HostState> concerned) {
        for (DomainState.Member member : topic.members()) {
            if (member.isPresent()) {
                DomainState domain = member.domain();
                domain.touch(member, revision);
                concern(domain.hosts(), concerned);
                domain.hosts().stream()
                        .filter(host -> host.own() == domain)
                        .forEach(host -> host.cursors().forEach(Cursor::markUrgent));
            }
        }
    }

    private void concern(Collection<HostState> more, List<HostState> concerned) {
        for (HostState host : more) {
            if (host.isConcernedBy(step)) {
                concerned.add(host);
            }
        }
    }

    /** Whether a position lies within a merged step: nobody knows here what its node has seen of it. */
    private boolean isWithinStep(long position) {
        Map.Entry<Long, Long> next = merged.higherEntry(position);
        return next != null && next.getValue() < position;
    }

    private void forget() {
        while (removals.size() > maxRemovals) {
            Removal removal = removals.remove();
            oldest = Math.max(oldest, removal.revision());
            removal.forget().accept(removal.revision());
        }
    }

    private TopicState topic(Topic topic) {
        return topics.computeIfAbsent(topic, TopicState::new);
    }

    private HostState host(String name) {
        HostState known = hosts.get(name);
        if (known != null) {
            return known;
        }
        DomainState own = new DomainState();
        own.hold(List.of(topic(Topic.peer(name)), topic(Topic.node(name))));
        HostState host = new HostState(name, own);
        own.hosts().add(host);
        hosts.put(name, host);
        return host;
    }

    private void release(TopicState topic) {
        if (topic.isForgotten()) {
            topics.remove(topic.topic(), topic);
        }
    }

    private void release(HostState host) {
        if (host.isIdle() && hosts.remove(host.host(), host)) {
            abandon(host.own());
        }
    }

    /** Takes the domain's topics away from it as far as they know; the domain stays as it was. */
    private void abandon(DomainState domain) {
        for (DomainState.Member member : domain.members()) {
            member.topic().members().remove(member);
            release(member.topic());
        }
    }

    /**
     * Opens the stream of a host, to be used by one thread and closed by it.
     *
     * @param host the node's name, as its certificate says
     * @param position where the node stopped; without one, or with one that cannot be resumed, it is given everything
     */
    public Cursor open(String host, Optional<Position> position) {
        Optional<Position> usable = position.filter(p -> p.epoch().equals(epoch) && p.format() == format);
        Cursor cursor = new Cursor(this, host, usable);
        return writing(() -> {
            host(host).cursors().add(cursor);
            if (cursor.isReachedBy(revision)) {
                cursor.markDue();
            } else {
                ahead.add(cursor);
            }
            return cursor;
        });
    }

    void close(Cursor cursor) {
        writing(() -> {
            HostState host = hosts.get(cursor.host());
            if (host != null && host.cursors().remove(cursor)) {
                ahead.remove(cursor);
                release(host);
            }
            return host;
        });
    }

    /**
     * What a host is to be given next.
     *
     * @param delta what differs from what it has
     * @param place where it is with that
     */
    record Next(Delta delta, Place place) {}

    /**
     * What a host was given.
     *
     * @param revision up to which revision
     * @param domains the domains that it has
     * @param hash the hash of its interest
     */
    record Place(long revision, List<DomainState> domains, long hash) {}

    /**
     * What comes next for a host.
     *
     * @param place what it was given; empty before the first time
     * @param resume where it says that it stopped; counts only without a place
     * @return everything when it has no place that is remembered; empty when this server cannot say anything: it has
     *     seen no revision yet, the host is ahead of it, or its last cursor was closed
     */
    Optional<Next> next(String name, Optional<Place> place, Optional<Position> resume) {
        return reading(() -> {
            HostState host = hosts.get(name);
            if (host == null || revision < 0 || (place.isEmpty() && isAhead(resume))) {
                return Optional.empty();
            }
            Delta delta = place.or(() -> resume.flatMap(position -> placeOf(position, host)))
                    .filter(p -> p.revision() >= oldest && !isWithinStep(p.revision()))
                    .map(p -> Delta.since(p.revision(), p.domains(), host.domains()))
                    .orElseGet(() -> Delta.full(host.domains()));
            return Optional.of(new Next(delta, new Place(revision, host.domains(), host.hash())));
        });
    }

    private boolean isAhead(Optional<Position> resume) {
        return resume.isPresent() && resume.get().revision() > revision;
    }

    /** The place that is meant by a position that is not ahead; empty when it is not remembered. */
    private Optional<Place> placeOf(Position position, HostState host) {
        long at = position.revision();
        if (at < oldest) {
            return Optional.empty();
        }
        if (host.hash() == position.interest()) {
            return Optional.of(new Place(at, host.domains(), position.interest()));
        }
        return host.hashAt(at) == position.interest()
                ? Optional.of(new Place(at, host.domainsAt(at), position.interest()))
                : Optional.empty();
    }

    /** The position that means this place. */
    Position position(Place place) {
        return new Position(epoch, format, place.revision(), place.hash());
    }

    /** Runs what only reads. The lock is not reentrant. */
    private <T> T reading(Supplier<T> action) {
        long stamp = lock.readLock();
        try {
            return action.get();
        } finally {
            lock.unlockRead(stamp);
        }
    }

    /** Runs what changes something. The lock is not reentrant. */
    private <T> T writing(Supplier<T> action) {
        long stamp = lock.writeLock();
        try {
            return action.get();
        } finally {
            lock.unlockWrite(stamp);
        }
    }
}
