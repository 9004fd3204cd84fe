package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.records.Layout;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.ServiceProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Service profiles (Neutron API v2.0, Service profiles), for administrators. One stays as it is while a flavor has it. */
public final class ServiceProfiles {
    /** The one driver of a service that there is: Weft's, of routers. */
    public static final String DRIVER = "weft";

    private final Transactor transactor;
    private final Stamp stamp;

    ServiceProfiles(Transactor transactor, Stamp stamp) {
        this.transactor = transactor;
        this.stamp = stamp;
    }

    /** Makes service profiles, all or none. */
    public List<ServiceProfile> create(List<NewServiceProfile> wanted) {
        return transactor.run(plan -> {
            List<ServiceProfile> made = new ArrayList<>(wanted.size());
            for (NewServiceProfile one : wanted) {
                ServiceProfile profile = checked(new ServiceProfile(
                        stamp.create(Stamp.newId(), "", "", one.description(), List.of()),
                        one.driver(),
                        one.metainfo(),
                        one.enabled()));
                plan.create(profile);
                made.add(profile);
            }
            return made;
        });
    }

    /** Changes a service profile that no flavor has. */
    public ServiceProfile update(UUID id, ServiceProfileUpdate update) {
        return transactor.run(plan -> {
            ServiceProfile before = unused(plan, id);
            ServiceProfile after = checked(new ServiceProfile(
                    stamp.describe(before, Optional.empty(), update.description()),
                    update.driver().orElse(before.driver()),
                    update.metainfo().orElse(before.metainfo()),
                    update.enabled().orElse(before.enabled())));
            if (after.equals(before)) {
                return before;
            }
            ServiceProfile touched = after.withMeta(stamp.touch(after.meta()));
            plan.update(before, touched);
            return touched;
        });
    }

    /** Removes a service profile that no flavor has. */
    public void delete(UUID id) {
        transactor.run(plan -> {
            plan.delete(unused(plan, id));
            plan.release(Layout.flavorUse(id));
            return id;
        });
    }

    private static ServiceProfile checked(ServiceProfile profile) {
        if (profile.driver().isEmpty() && profile.metainfo().isEmpty()) {
            throw Problem.SERVICE_PROFILE_EMPTY.with();
        }
        if (!profile.driver().isEmpty()) {
            requireDriver(profile.driver());
        }
        return profile;
    }

    /** There are few flavors, so that looking at all of them costs little. */
    private static ServiceProfile unused(Plan plan, UUID id) {
        ServiceProfile profile = profile(plan, id);
        if (plan.world().flavors().stream()
                .anyMatch(flavor -> flavor.serviceProfiles().contains(id))) {
            throw Problem.SERVICE_PROFILE_IN_USE.with(id);
        }
        plan.requireUnchanged(Layout.flavorUse(id));
        return profile;
    }

    /** There is such a driver. */
    static void requireDriver(String driver) {
        if (!driver.equals(DRIVER)) {
            throw Problem.SERVICE_PROFILE_DRIVER_NOT_FOUND.with(driver);
        }
    }

    static ServiceProfile profile(Plan plan, UUID id) {
        return plan.world().serviceProfile(id).orElseThrow(() -> Problem.SERVICE_PROFILE_NOT_FOUND.with(id));
    }
}
