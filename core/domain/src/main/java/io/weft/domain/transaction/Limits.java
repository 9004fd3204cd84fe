package io.weft.domain.transaction;

import io.weft.domain.quota.QuotaKey;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.replica.View;
import java.util.EnumMap;
import java.util.Map;

/**
 * The limit of what a project may have: the project's own, or the installation's default.
 *
 * @param defaults the installation's, for every resource
 */
public record Limits(Map<QuotaResource, Integer> defaults) {
    public Limits {
        EnumMap<QuotaResource, Integer> complete = new EnumMap<>(QuotaResource.class);
        for (QuotaResource resource : QuotaResource.values()) {
            complete.put(resource, defaults.getOrDefault(resource, resource.defaultLimit()));
        }
        defaults = Map.copyOf(complete);
    }

    /** The limit that holds in a view; {@link QuotaResource#UNLIMITED} or more. */
    public int of(View view, QuotaKey key) {
        int limit = view.quotas().limit(key).orElseGet(() -> defaults.getOrDefault(key.resource(), 0));
        return Math.max(QuotaResource.UNLIMITED, limit);
    }
}
