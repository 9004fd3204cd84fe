package io.weft.protocol;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A set of topics that the same hosts need, with what left it lately. Guarded by the {@link TopicLog}'s lock.
 *
 * <p>A domain that was dissolved stays as it was for the cursors that still stand on it.
 */
final class DomainState {
    /** The place of a topic in a domain. */
    static final class Member extends RecencyList.Node<Member> {
        private final DomainState domain;
        private final TopicState topic;
        private long since;
        private long gone = Long.MAX_VALUE;
        private boolean rejoined;

        private Member(DomainState domain, TopicState topic) {
            this.domain = domain;
            this.topic = topic;
        }

        DomainState domain() {
            return domain;
        }

        TopicState topic() {
            return topic;
        }

        boolean isPresent() {
            return gone == Long.MAX_VALUE;
        }

        /** Whether it is certain that the domain had the topic at this revision and without a break since. */
        boolean wasHeldAt(long revision) {
            return since <= revision && gone > revision;
        }

        /** Whether the domain may have had the topic at this revision. */
        boolean mayHaveBeenHeldAt(long revision) {
            return gone > revision && (since <= revision || rejoined);
        }
    }

    private final Map<Topic, Member> members = new HashMap<>();
    private final RecencyList<Member> changes = new RecencyList<>();
    private final Set<HostState> hosts = new LinkedHashSet<>();
    private long sum;

    Set<HostState> hosts() {
        return hosts;
    }

    /** All topics, also those that left lately. */
    Collection<Member> members() {
        return members.values();
    }

    @Nullable
    Member member(Topic topic) {
        return members.get(topic);
    }

    boolean has(Topic topic) {
        Member member = members.get(topic);
        return member != null && member.isPresent();
    }

    /** The topic that changed, joined or left last. */
    @Nullable
    Member newest() {
        return changes.newest();
    }

    long hash() {
        return InterestHash.mix(sum);
    }

    /** The hash as it was at this revision; a wrong one when topics left and joined again since. */
    long hashAt(long revision) {
        long old = 0;
        for (Member member : members.values()) {
            if (member.wasHeldAt(revision)) {
                old += member.topic.hash();
            }
        }
        return InterestHash.mix(old);
    }

    Member join(TopicState topic, long revision) {
        Member member = members.get(topic.topic());
        if (member == null) {
            member = new Member(this, topic);
            members.put(topic.topic(), member);
            topic.members().add(member);
        } else if (member.isPresent()) {
            return member;
        } else {
            member.rejoined = true;
        }
        member.since = revision;
        member.gone = Long.MAX_VALUE;
        sum += topic.hash();
        changes.touch(member, revision);
        return member;
    }

    /**
     * Topics that have been here since ever. Their records may have changed before anybody asked: a host may come back
     * with a position from before that.
     */
    void hold(List<TopicState> topics) {
        topics.stream()
                .sorted(Comparator.comparingLong(TopicState::modified))
                .forEach(topic -> join(topic, topic.modified()).since = 0);
    }

    /** Marks the topic as gone; null when it is not there. */
    @Nullable
    Member leave(Topic topic, long revision) {
        Member member = members.get(topic);
        if (member == null || !member.isPresent()) {
            return null;
        }
        member.gone = revision;
        sum -= member.topic.hash();
        changes.touch(member, revision);
        return member;
    }

    /** A record of the topic changed. */
    void touch(Member member, long revision) {
        changes.touch(member, revision);
    }

    /** Forgets a topic that has been gone since this revision. */
    void forget(Member member, long revision) {
        if (member.gone == revision) {
            members.remove(member.topic.topic());
            changes.remove(member);
            member.topic.members().remove(member);
        }
    }
}
