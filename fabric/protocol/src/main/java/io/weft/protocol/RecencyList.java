package io.weft.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Things in the order of their last change, linked through themselves, so that what changed since a revision is found
 * by walking from the newest and costs what changed. Not thread-safe.
 */
@SuppressWarnings("ReferenceEquality") // nodes are links, not values
final class RecencyList<N extends RecencyList.Node<N>> {
    /** Something that is in at most one list. */
    abstract static class Node<N extends Node<N>> {
        private @Nullable N older;
        private @Nullable N newer;
        private long modified;

        /** The revision of the last change. */
        final long modified() {
            return modified;
        }

        /** The one that changed before this one. */
        final @Nullable N older() {
            return older;
        }
    }

    private @Nullable N newest;
    private @Nullable N oldest;

    @Nullable
    N newest() {
        return newest;
    }

    boolean isEmpty() {
        return newest == null;
    }

    /** Puts the node at the newest end; it may be in this list already. Revisions never go back. */
    void touch(N node, long revision) {
        ((Node<N>) node).modified = revision;
        if (node == newest) {
            return;
        }
        remove(node);
        Node<N> links = node;
        links.older = newest;
        if (newest == null) {
            oldest = node;
        } else {
            ((Node<N>) newest).newer = node;
        }
        newest = node;
    }

    /** Takes the node out; nothing happens when it is not in. */
    void remove(N node) {
        Node<N> links = node;
        N older = links.older;
        N newer = links.newer;
        if (older != null) {
            ((Node<N>) older).newer = newer;
        } else if (oldest == node) {
            oldest = newer;
        }
        if (newer != null) {
            ((Node<N>) newer).older = older;
        } else if (newest == node) {
            newest = older;
        }
        links.older = null;
        links.newer = null;
    }
}
