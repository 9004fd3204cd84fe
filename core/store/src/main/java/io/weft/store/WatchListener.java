package io.weft.store;

/**
 * Hears of changes. One thread at a time calls it, in order; it may block, which delays only its own watch. An exception
 * that it throws ends the watch with {@link #failed}.
 */
public interface WatchListener {
    /** A revision changed keys of the watch. Revisions rise, none that concerns the watch is left out or split. */
    void changed(Batch batch);

    /**
     * Everything up to a revision, included, has been delivered. It comes where revisions pass that do not concern the
     * watch, soon after the last of them and not for each.
     */
    default void progress(long revision) {}

    /**
     * The watch has ended by itself and nothing more comes. {@link CompactedException} when the next revision to deliver
     * is no longer kept: read everything anew and watch from there. Anything else is for good as well: a store that was
     * merely out of reach goes on by itself.
     */
    void failed(StoreException reason);
}
