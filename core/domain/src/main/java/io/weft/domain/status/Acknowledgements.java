package io.weft.domain.status;

import java.util.UUID;
import java.util.function.ToLongFunction;

/** What the nodes that are connected to this server have in force, as their streams tell. Any thread may ask. */
public interface Acknowledgements {
    /** A server without streams: a node has in force what it reports, and no other node needs anything. */
    Acknowledgements REPORTED = new Acknowledgements() {
        @Override
        public long ofNode(String host, long reported) {
            return reported;
        }

        @Override
        public long ofNetwork(UUID networkId, ToLongFunction<String> reported) {
            return Long.MAX_VALUE;
        }
    };

    /**
     * The revision that a node has in force. It may be later than what the node reported, when nothing that concerns it
     * has come since.
     *
     * @param reported the revision that it reported last; negative before its first report
     */
    long ofNode(String host, long reported);

    /**
     * The lowest revision that is in force on the nodes that are connected here and need a network: those with ports on
     * it, or on networks that are routed to it.
     *
     * @param reported what a node reported last; negative before its first report
     */
    long ofNetwork(UUID networkId, ToLongFunction<String> reported);
}
