package io.weft.domain.replica;

import io.weft.model.Change;
import java.util.List;

/** Hears of changes, in order, on one thread that is its own. It may take its time: what piles up comes at once. */
public interface Subscriber {
    /** Everything there is when it begins to listen; called once, first. */
    void started(View view);

    /**
     * What became of the last view that it was given.
     *
     * @param changes at most one for a resource; empty when only status, quotas or the revision moved on
     */
    void changed(View before, View after, List<Change> changes);
}
