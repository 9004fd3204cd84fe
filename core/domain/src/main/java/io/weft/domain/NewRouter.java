package io.weft.domain;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A router to be made.
 *
 * @param project its owner
 * @param name its name
 * @param description its description
 * @param tags its tags
 * @param adminStateUp whether it forwards
 * @param gateway its way out
 * @param defaultRouteEcmp whether the default routes of several ways out share the flows; not, when empty. Administrators only
 * @param defaultRouteBfd whether the next hops of default routes are watched by BFD; not, when empty. Administrators only
 * @param availabilityZoneHints the availability zones asked for
 * @param flavor the flavor asked for
 */
public record NewRouter(
        String project,
        String name,
        String description,
        List<String> tags,
        boolean adminStateUp,
        Optional<GatewayInfo> gateway,
        Optional<Boolean> defaultRouteEcmp,
        Optional<Boolean> defaultRouteBfd,
        List<String> availabilityZoneHints,
        Optional<UUID> flavor) {
    /** A router with one default route. */
    public NewRouter(
            String project,
            String name,
            String description,
            List<String> tags,
            boolean adminStateUp,
            Optional<GatewayInfo> gateway) {
        this(
                project,
                name,
                description,
                tags,
                adminStateUp,
                gateway,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty());
    }

    /** A router with Neutron's defaults. */
    public static NewRouter of(String project, String name) {
        return new NewRouter(project, name, "", List.of(), true, Optional.empty());
    }

    /** The same with this way out. */
    public NewRouter withGateway(GatewayInfo newGateway) {
        return new NewRouter(
                project,
                name,
                description,
                tags,
                adminStateUp,
                Optional.of(newGateway),
                defaultRouteEcmp,
                defaultRouteBfd,
                availabilityZoneHints,
                flavor);
    }

    /** The same with this flavor. */
    public NewRouter withFlavor(UUID newFlavor) {
        return new NewRouter(
                project,
                name,
                description,
                tags,
                adminStateUp,
                gateway,
                defaultRouteEcmp,
                defaultRouteBfd,
                availabilityZoneHints,
                Optional.of(newFlavor));
    }
}
