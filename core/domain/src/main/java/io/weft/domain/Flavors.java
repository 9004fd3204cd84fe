package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.Flavor;
import io.weft.model.ServiceProfile;
import io.weft.store.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Flavors (Neutron API v2.0, Flavors). All see them, administrators change them; one stays while routers have it. */
public final class Flavors {
    /** The services that there are flavors of: routers, and what clients try flavors with. */
    private static final Set<String> SERVICES = Set.of(Flavor.ROUTERS, "FLAVORS");

    /** As many profiles as a flavor may have, so that its record stays small. */
    private static final int MAX_PROFILES = 100;

    private final Transactor transactor;
    private final Stamp stamp;

    Flavors(Transactor transactor, Stamp stamp) {
        this.transactor = transactor;
        this.stamp = stamp;
    }

    /** Makes flavors, all or none. */
    public List<Flavor> create(List<NewFlavor> wanted) {
        return transactor.run(plan -> {
            List<Flavor> made = new ArrayList<>(wanted.size());
            for (NewFlavor one : wanted) {
                if (!SERVICES.contains(one.serviceType())) {
                    throw Problem.INVALID_SERVICE_TYPE.with(one.serviceType());
                }
                requireProfiles(plan, one.serviceProfiles());
                Flavor flavor = new Flavor(
                        stamp.create(Stamp.newId(), "", one.name(), one.description(), List.of()),
                        one.serviceType(),
                        one.enabled(),
                        one.serviceProfiles());
                plan.create(flavor);
                made.add(flavor);
            }
            return made;
        });
    }

    /** Changes a flavor. What has it already keeps it. */
    public Flavor update(UUID id, FlavorUpdate update) {
        return change(
                id,
                before -> new Flavor(
                        stamp.describe(before, update.name(), update.description()),
                        before.serviceType(),
                        update.enabled().orElse(before.enabled()),
                        update.serviceProfiles().orElse(before.serviceProfiles())));
    }

    /** Has a flavor stand for another service profile, too. */
    public Flavor addProfile(UUID id, UUID profile) {
        return change(id, before -> {
            if (before.serviceProfiles().contains(profile)) {
                throw Problem.FLAVOR_SERVICE_PROFILE_BINDING_EXISTS.with(profile, id);
            }
            List<UUID> all = new ArrayList<>(before.serviceProfiles());
            all.add(profile);
            return before.withServiceProfiles(all);
        });
    }

    /** Has a flavor no longer stand for a service profile. */
    public Flavor removeProfile(UUID id, UUID profile) {
        return change(id, before -> {
            List<UUID> left = new ArrayList<>(before.serviceProfiles());
            if (!left.remove(profile)) {
                throw Problem.FLAVOR_SERVICE_PROFILE_BINDING_NOT_FOUND.with(profile, id);
            }
            return before.withServiceProfiles(left);
        });
    }

    private Flavor change(UUID id, UnaryOperator<Flavor> change) {
        return transactor.run(plan -> {
            Flavor before = flavor(plan, id);
            Flavor after = change.apply(before);
            if (after.equals(before)) {
                return before;
            }
            requireProfiles(
                    plan,
                    after.serviceProfiles().stream()
                            .filter(profile -> !before.serviceProfiles().contains(profile))
                            .toList());
            if (after.serviceProfiles().size() > MAX_PROFILES) {
                throw Problem.INVALID_INPUT.with("a flavor has at most " + MAX_PROFILES + " service profiles");
            }
            Flavor touched = after.withMeta(stamp.touch(after.meta()));
            plan.update(before, touched);
            return touched;
        });
    }

    /** Removes a flavor that no router has. */
    public void delete(UUID id) {
        transactor.run(plan -> {
            Flavor flavor = flavor(plan, id);
            if (!plan.world().routersOfFlavor(id).isEmpty()) {
                throw Problem.FLAVOR_IN_USE.with(id);
            }
            plan.requireUnchanged(Layout.flavorUse(id));
            plan.delete(flavor);
            plan.release(Layout.flavorUse(id));
            return id;
        });
    }

    /** Within a plan: a new router gets a flavor, which is there for routers and leads to the driver that serves them. */
    static void useForRouter(Plan plan, UUID id) {
        Flavor flavor = flavor(plan, id);
        if (!flavor.serviceType().equals(Flavor.ROUTERS)) {
            throw Problem.INVALID_SERVICE_TYPE.with(flavor.serviceType());
        }
        if (!flavor.enabled()) {
            throw Problem.FLAVOR_DISABLED.with();
        }
        if (flavor.serviceProfiles().isEmpty()) {
            throw Problem.FLAVOR_SERVICE_PROFILE_BINDING_NOT_FOUND.with("", id);
        }
        ServiceProfile profile =
                ServiceProfiles.profile(plan, flavor.serviceProfiles().getFirst());
        if (!profile.enabled()) {
            throw Problem.SERVICE_PROFILE_DISABLED.with();
        }
        ServiceProfiles.requireDriver(profile.driver());
        plan.requireUnchanged(flavor);
        plan.requireUnchanged(profile);
        use(plan, id);
    }

    private static void requireProfiles(Plan plan, List<UUID> ids) {
        for (UUID id : ids) {
            plan.requireExists(Layout.record(ServiceProfiles.profile(plan, id)));
            use(plan, id);
        }
    }

    private static void use(Plan plan, UUID id) {
        String key = Layout.flavorUse(id);
        if (!plan.writes(key)) {
            plan.put(key, Bytes.EMPTY);
        }
    }

    private static Flavor flavor(Plan plan, UUID id) {
        return plan.world().flavor(id).orElseThrow(() -> Problem.FLAVOR_NOT_FOUND.with(id));
    }
}
