package io.weft.protocol;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What lies between two places of a host, as lines that are shared with all other hosts. Collected under the
 * {@link TopicLog}'s lock, never changed after.
 */
final class Delta {
    private static final Fact.Type[] TYPES = Fact.Type.values();

    private final boolean full;
    private final List<byte[][]> lines = new ArrayList<>();

    private Delta(boolean full) {
        this.full = full;
    }

    boolean isFull() {
        return full;
    }

    boolean isEmpty() {
        return !full && lines.isEmpty();
    }

    /** The lines between the batch's begin and its commit. */
    List<byte[][]> lines() {
        return lines;
    }

    /** Everything that is in these domains, always in the same order. */
    static Delta full(List<DomainState> domains) {
        Map<Topic, TopicState> topics = new TreeMap<>();
        for (DomainState domain : domains) {
            for (DomainState.Member member : domain.members()) {
                if (member.isPresent()) {
                    topics.put(member.topic().topic(), member.topic());
                }
            }
        }
        Delta delta = new Delta(true);
        delta.write(topics.values(), Set.of(), Set.of(), 0);
        return delta;
    }

    /** What changed since the revision for a host that had the old domains then and has the new ones now. */
    static Delta since(long revision, List<DomainState> old, List<DomainState> now) {
        Set<TopicState> kept = new LinkedHashSet<>();
        Set<TopicState> joined = new LinkedHashSet<>();
        Set<TopicState> left = new LinkedHashSet<>();
        if (old.equals(now)) {
            for (DomainState domain : now) {
                DomainState.Member member = domain.newest();
                while (member != null && member.modified() > revision) {
                    if (!member.isPresent()) {
                        if (member.mayHaveBeenHeldAt(revision)) {
                            left.add(member.topic());
                        }
                    } else {
                        (member.wasHeldAt(revision) ? kept : joined).add(member.topic());
                    }
                    member = member.older();
                }
            }
        } else {
            for (DomainState domain : now) {
                for (DomainState.Member member : domain.members()) {
                    if (member.isPresent()) {
                        joined.add(member.topic());
                    }
                }
            }
            for (DomainState domain : old) {
                for (DomainState.Member member : domain.members()) {
                    if (member.mayHaveBeenHeldAt(revision)) {
                        left.add(member.topic());
                    }
                }
            }
        }
        joined.removeIf(topic -> {
            boolean held = wasHeld(old, topic.topic(), revision);
            if (held) {
                kept.add(topic);
            }
            return held;
        });
        left.removeIf(topic -> isHeld(now, topic.topic()));
        Delta delta = new Delta(false);
        delta.write(joined, kept, left, revision);
        return delta;
    }

    private static boolean wasHeld(List<DomainState> domains, Topic topic, long revision) {
        for (DomainState domain : domains) {
            DomainState.Member member = domain.member(topic);
            if (member != null && member.wasHeldAt(revision)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isHeld(List<DomainState> domains, Topic topic) {
        for (DomainState domain : domains) {
            if (domain.has(topic)) {
                return true;
            }
        }
        return false;
    }

    private void write(
            Collection<TopicState> joined, Collection<TopicState> kept, Collection<TopicState> left, long revision) {
        List<byte[]> joinLines = new ArrayList<>(joined.size());
        List<TopicState.Snapshot> snapshots = new ArrayList<>(joined.size());
        for (TopicState topic : joined) {
            joinLines.add(topic.joinLine());
            snapshots.add(topic.snapshot());
        }
        add(joinLines);
        Map<Fact.Type, List<byte[]>> puts = new EnumMap<>(Fact.Type.class);
        Map<Fact.Type, List<byte[]>> deletes = new EnumMap<>(Fact.Type.class);
        for (TopicState topic : kept) {
            TopicState.@Nullable Entry entry = topic.newest();
            while (entry != null && entry.modified() > revision) {
                if (!entry.isDead()) {
                    puts.computeIfAbsent(entry.type(), t -> new ArrayList<>()).add(entry.line());
                } else if (entry.notBefore() <= revision) {
                    deletes.computeIfAbsent(entry.type(), t -> new ArrayList<>())
                            .add(entry.line());
                }
                entry = entry.older();
            }
        }
        for (Fact.Type type : TYPES) {
            for (TopicState.Snapshot snapshot : snapshots) {
                byte[][] ofType = snapshot.of(type);
                if (ofType.length > 0) {
                    lines.add(ofType);
                }
            }
            add(puts.getOrDefault(type, List.of()));
        }
        for (int i = TYPES.length - 1; i >= 0; i--) {
            add(deletes.getOrDefault(TYPES[i], List.of()));
        }
        if (!left.isEmpty()) {
            add(left.stream()
                    .sorted((a, b) -> b.topic().compareTo(a.topic()))
                    .map(TopicState::leaveLine)
                    .toList());
        }
    }

    private void add(List<byte[]> more) {
        if (!more.isEmpty()) {
            lines.add(more.toArray(byte[][]::new));
        }
    }
}
