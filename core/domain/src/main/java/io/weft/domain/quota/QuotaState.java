package io.weft.domain.quota;

import io.vavr.collection.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The limits and counts of all projects at one revision; immutable. */
public final class QuotaState {
    public static final QuotaState EMPTY = new QuotaState(HashMap.empty(), HashMap.empty());

    private final HashMap<String, Map<String, Integer>> limits;
    private final HashMap<QuotaKey, Shards> shards;

    private QuotaState(HashMap<String, Map<String, Integer>> limits, HashMap<QuotaKey, Shards> shards) {
        this.limits = limits;
        this.shards = shards;
    }

    /** The limits that were set for a project, by the resource's name; resources of other builds included. */
    public Map<String, Integer> limits(String project) {
        return limits.getOrElse(project, Map.of());
    }

    /** The limit that was set for a resource of a project. */
    public Optional<Integer> limit(QuotaKey key) {
        return Optional.ofNullable(limits(key.project()).get(key.resource().text()));
    }

    /** The projects with limits of their own. */
    public Set<String> limitedProjects() {
        return new TreeSet<>(limits.keySet().toJavaSet());
    }

    public Shards shards(QuotaKey key) {
        return shards.getOrElse(key, Shards.NONE);
    }

    public QuotaState withLimits(String project, Map<String, Integer> newLimits) {
        HashMap<String, Map<String, Integer>> changed =
                newLimits.isEmpty() ? limits.remove(project) : limits.put(project, Map.copyOf(newLimits));
        return new QuotaState(changed, shards);
    }

    public QuotaState withShards(QuotaKey key, Shards newShards) {
        return new QuotaState(limits, shards.put(key, newShards));
    }
}
