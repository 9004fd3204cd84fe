package io.weft.protocol;

import java.util.List;
import java.util.Optional;

/**
 * What a step from one revision to another changes in topics and in who needs them.
 *
 * <p>Nodes do not need single topics but <em>domains</em>: sets of topics that the same nodes need, such as networks
 * that routers join, with those routers and the peers on them. So a node that many share a domain with costs one
 * entry, not one for each topic.
 *
 * @param revision the store revision after the step
 * @param records records that are new, different or gone; at most one entry for each key of a topic
 * @param domains changes of domains, in the order in which they are to be made
 * @param merged whether the step may be several in one: what came and went on the way stands in no change, but another
 *     server may have told it to a node
 */
public record TopicChanges(long revision, List<RecordChange> records, List<DomainChange> domains, boolean merged) {
    public TopicChanges {
        records = List.copyOf(records);
        domains = List.copyOf(domains);
    }

    /** One step. */
    public TopicChanges(long revision, List<RecordChange> records, List<DomainChange> domains) {
        this(revision, records, domains, false);
    }

    public boolean isEmpty() {
        return records.isEmpty() && domains.isEmpty();
    }

    /**
     * A record that changed.
     *
     * @param topic where it is
     * @param key its key
     * @param fact what it is now; empty when it is gone
     */
    public record RecordChange(Topic topic, String key, Optional<Fact> fact) {}

    /** A change of a domain. Domains are numbered by whoever makes them; a number is never used again. */
    public sealed interface DomainChange {
        /** The number of the domain; one that is not known yet is new and empty. */
        long domain();
    }

    /**
     * The domain has one more topic.
     *
     * @param domain the domain
     * @param topic the topic
     */
    public record TopicJoins(long domain, Topic topic) implements DomainChange {}

    /**
     * The domain has one topic less.
     *
     * @param domain the domain
     * @param topic the topic
     */
    public record TopicLeaves(long domain, Topic topic) implements DomainChange {}

    /**
     * A node needs the domain from now on.
     *
     * @param domain the domain
     * @param host the node's name
     */
    public record HostJoins(long domain, String host) implements DomainChange {}

    /**
     * A node does not need the domain any more.
     *
     * @param domain the domain
     * @param host the node's name
     */
    public record HostLeaves(long domain, String host) implements DomainChange {}

    /**
     * The domain is no more. Its hosts have left it before.
     *
     * @param domain the domain
     */
    public record Dissolved(long domain) implements DomainChange {}
}
