package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaKey;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.quota.Shards;
import io.weft.domain.records.Layout;
import io.weft.domain.replica.QuotaText;
import io.weft.domain.replica.View;
import io.weft.domain.transaction.Limits;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.store.Bytes;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * How many resources projects may have (Neutron API v2.0, Quotas). {@value QuotaResource#UNLIMITED} is no limit. A limit
 * may be set below what is in use; nothing more can then be made until less is.
 */
public final class Quotas {
    private final Transactor transactor;
    private final Supplier<View> view;
    private final Limits limits;

    Quotas(Transactor transactor, Supplier<View> view, Limits limits) {
        this.transactor = transactor;
        this.view = view;
        this.limits = limits;
    }

    /** The limits of projects that have none of their own. */
    public Map<QuotaResource, Integer> defaults() {
        return limits.defaults();
    }

    /** The limits that hold for a project. */
    public Map<QuotaResource, Integer> limits(String project) {
        View now = view.get();
        Map<QuotaResource, Integer> all = new EnumMap<>(QuotaResource.class);
        for (QuotaResource resource : QuotaResource.values()) {
            all.put(resource, limits.of(now, new QuotaKey(project, resource)));
        }
        return all;
    }

    /** How many a project has. */
    public Map<QuotaResource, Integer> usage(String project) {
        View now = view.get();
        Map<QuotaResource, Integer> all = new EnumMap<>(QuotaResource.class);
        for (QuotaResource resource : QuotaResource.values()) {
            all.put(
                    resource,
                    now.quotas().shards(new QuotaKey(project, resource)).total());
        }
        return all;
    }

    /** The projects that have limits of their own. */
    public Set<String> projects() {
        return view.get().quotas().limitedProjects();
    }

    /** Sets limits of a project; the others stay. Administrators only. */
    public Map<QuotaResource, Integer> update(String project, Map<QuotaResource, Integer> changes) {
        if (project.isEmpty()) {
            throw Problem.INVALID_INPUT.with("a quota needs a project");
        }
        for (Map.Entry<QuotaResource, Integer> change : changes.entrySet()) {
            if (change.getValue() < QuotaResource.UNLIMITED) {
                throw Problem.INVALID_INPUT.with(
                        "the limit of " + change.getKey().text() + " must be -1 or more");
            }
        }
        transactor.run(plan -> {
            Map<String, Integer> all = new HashMap<>(plan.view().quotas().limits(project));
            changes.forEach((resource, limit) -> all.put(resource.text(), limit));
            return write(plan, project, all);
        });
        return limits(project);
    }

    /** The project has no limits of its own for these any more. Administrators only. */
    public void reset(String project, Set<QuotaResource> resources) {
        transactor.run(plan -> {
            Map<String, Integer> left = new HashMap<>(plan.view().quotas().limits(project));
            resources.forEach(resource -> left.remove(resource.text()));
            return write(plan, project, left);
        });
    }

    private boolean write(Plan plan, String project, Map<String, Integer> all) {
        if (all.equals(plan.view().quotas().limits(project))) {
            return false;
        }
        String key = Layout.quotaLimits(project);
        plan.requireUnchanged(key);
        plan.put(key, QuotaText.text(all));
        // Whoever counts next spreads the counts over the new limit first; until then nothing is counted.
        for (QuotaResource resource : QuotaResource.values()) {
            QuotaKey counted = new QuotaKey(project, resource);
            if (plan.view().quotas().shards(counted) != Shards.NONE) {
                plan.put(Layout.quotaBalanced(counted), Bytes.EMPTY);
            }
        }
        return true;
    }
}
