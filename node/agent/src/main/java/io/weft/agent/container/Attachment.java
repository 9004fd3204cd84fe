package io.weft.agent.container;

import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * An interface of a container that this node has made, makes, or has to clear away.
 *
 * @param key what it is known by
 * @param network the name of the network configuration
 * @param namespace the container's, as it was named when it came
 * @param origin whose port it is
 * @param port empty until it is known
 * @param gone whether the container has gone and the port is only left to be released
 * @param first the interface of the container whose request brought this one, and whose end is this one's; empty for one
 *     that was asked for itself
 */
record Attachment(
        AttachmentKey key,
        String network,
        Path namespace,
        Origin origin,
        Optional<UUID> port,
        boolean gone,
        Optional<String> first) {
    /** What becomes of the port when the container goes. */
    enum Origin {
        /** Made for this container: it is deleted. */
        MADE,
        /** Was there and was bound to this node for the container: its binding is taken away. */
        BORROWED,
        /** Somebody else's, who bound it and looks after it: it stays. */
        PREPARED
    }

    Attachment withPort(UUID id) {
        return new Attachment(key, network, namespace, origin, Optional.of(id), gone, first);
    }

    Attachment goneNow() {
        return new Attachment(key, network, namespace, origin, port, true, first);
    }

    /** By whose request it came. */
    AttachmentKey owner() {
        return first.map(name -> new AttachmentKey(key.container(), name)).orElse(key);
    }
}
