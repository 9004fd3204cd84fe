package io.weft.vrouter;

import java.util.List;

/**
 * What the programs would do with a packet, and why.
 *
 * @param verdict how it ended
 * @param decisions in the order in which they were made
 * @param packet the packet afterwards, from its Ethernet header on, with the tunnel's header when the programs wrote it
 * @param complete false when there were more decisions than a trace has room for
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes are this trace's own and nobody compares traces
public record Trace(Verdict verdict, List<Decision> decisions, byte[] packet, boolean complete) {
    /** What a program says of a packet. */
    public enum Verdict {
        /** It ends here; copies of it may have gone out. */
        ENDED,
        /** It goes on, as the last decision says. */
        FORWARDED,
        /** It is none of the program's business: the device goes on with it as if there were no program. */
        PASSED
    }

    public Trace {
        decisions = List.copyOf(decisions);
    }

    /** The decisions of one kind. */
    public <T extends Decision> List<T> all(Class<T> kind) {
        return decisions.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
