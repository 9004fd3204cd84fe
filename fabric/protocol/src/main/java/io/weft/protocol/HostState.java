package io.weft.protocol;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The domains that a host needs and needed lately, and its open cursors. Guarded by the {@link TopicLog}'s lock. */
final class HostState {
    /** What the host needed up to this revision, which is the first at which it did not. */
    private record Past(long until, List<DomainState> domains) {}

    private final String host;
    private final DomainState own;
    private final List<Cursor> cursors = new ArrayList<>(1);
    private final Deque<Past> past = new ArrayDeque<>(0);
    private List<DomainState> domains;
    private long concernedBy;

    /** A host that needs only the topics of its own. */
    HostState(String host, DomainState own) {
        this.host = host;
        this.own = own;
        this.domains = List.of(own);
    }

    String host() {
        return host;
    }

    DomainState own() {
        return own;
    }

    List<Cursor> cursors() {
        return cursors;
    }

    /** What the host needs now; another list whenever that changes. */
    List<DomainState> domains() {
        return domains;
    }

    /** Whether this is the first time that the step concerns the host. */
    boolean isConcernedBy(long step) {
        boolean first = concernedBy != step;
        concernedBy = step;
        return first;
    }

    boolean isIdle() {
        return cursors.isEmpty() && past.isEmpty() && domains.size() == 1;
    }

    /** What the host needed at this revision, when that is not forgotten. */
    List<DomainState> domainsAt(long revision) {
        for (Past before : past) {
            if (before.until > revision) {
                return before.domains;
            }
        }
        return domains;
    }

    long hash() {
        long sum = 0;
        for (DomainState domain : domains) {
            sum += domain.hash();
        }
        return sum;
    }

    long hashAt(long revision) {
        long sum = 0;
        for (DomainState domain : domainsAt(revision)) {
            sum += domain.hashAt(revision);
        }
        return sum;
    }

    void join(DomainState domain, long revision) {
        List<DomainState> more = new ArrayList<>(domains);
        more.add(domain);
        replace(more, revision);
    }

    void leave(DomainState domain, long revision) {
        List<DomainState> fewer = new ArrayList<>(domains);
        fewer.remove(domain);
        replace(fewer, revision);
    }

    private void replace(List<DomainState> next, long revision) {
        Past last = past.peekLast();
        if (last == null || last.until != revision) {
            past.addLast(new Past(revision, domains));
        }
        domains = List.copyOf(next);
    }

    /** Forgets what was needed before this revision and not at it. */
    void forget(long revision) {
        while (!past.isEmpty() && past.getFirst().until <= revision) {
            past.removeFirst();
        }
    }
}
