package io.weft.domain;

import static io.weft.domain.PortsTest.assertProblem;
import static io.weft.domain.Servers.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.domain.error.Problem;
import io.weft.model.Flavor;
import io.weft.model.Router;
import io.weft.model.World;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlavorsTest {
    private static final FlavorUpdate DISABLED =
            new FlavorUpdate(Optional.empty(), Optional.empty(), Optional.of(false), Optional.empty());

    private Servers servers;
    private Domain domain;

    @BeforeEach
    void open(@TempDir Path directory) {
        servers = new Servers(directory, Settings.DEFAULTS);
        domain = servers.first();
    }

    @AfterEach
    void close() {
        servers.close();
    }

    private UUID profile(String driver, String metainfo, boolean enabled) {
        return domain.serviceProfiles()
                .create(List.of(new NewServiceProfile("", driver, metainfo, enabled)))
                .getFirst()
                .id();
    }

    private UUID flavor(String service, UUID... profiles) {
        return domain.flavors()
                .create(List.of(new NewFlavor("f", "", service, true, List.of(profiles))))
                .getFirst()
                .id();
    }

    private Router router(UUID flavor) {
        return domain.routers().create(ALICE, NewRouter.of("alice", "r").withFlavor(flavor));
    }

    private World secondServer() {
        return servers.second().view().world();
    }

    @Test
    void routersKeepTheFlavorThatTheyWereAskedForBy() {
        UUID flavor = flavor(Flavor.ROUTERS, profile("weft", "", true));
        List<Router> both = domain.routers()
                .create(
                        ALICE,
                        List.of(
                                NewRouter.of("alice", "r").withFlavor(flavor),
                                NewRouter.of("alice", "s").withFlavor(flavor)));
        Router renamed = domain.routers().update(ALICE, both.getFirst().id(), RouterUpdate.NONE.withRoutes(List.of()));
        assertThat(renamed.flavor()).contains(flavor);
        assertThat(secondServer().routersOfFlavor(flavor)).hasSize(2);
        assertProblem(Problem.FLAVOR_IN_USE, () -> domain.flavors().delete(flavor));
        domain.flavors().update(flavor, DISABLED);
        both.forEach(router -> domain.routers().delete(ALICE, router.id()));
        assertThat(secondServer().routersOfFlavor(flavor)).isEmpty();
        domain.flavors().delete(flavor);
        assertThat(secondServer().flavor(flavor)).isEmpty();
    }

    @Test
    void aFlavorThatLeadsToNoDriverOfRoutersIsRefused() {
        UUID served = profile("weft", "", true);
        assertProblem(Problem.FLAVOR_NOT_FOUND, () -> router(UUID.randomUUID()));
        UUID other = flavor("FLAVORS", served);
        assertProblem(Problem.INVALID_SERVICE_TYPE, () -> router(other));
        UUID bare = flavor(Flavor.ROUTERS);
        assertProblem(Problem.FLAVOR_SERVICE_PROFILE_BINDING_NOT_FOUND, () -> router(bare));
        UUID driverless = flavor(Flavor.ROUTERS, profile("", "{}", true), served);
        assertProblem(Problem.SERVICE_PROFILE_DRIVER_NOT_FOUND, () -> router(driverless));
        UUID off = flavor(Flavor.ROUTERS, profile("weft", "", false));
        assertProblem(Problem.SERVICE_PROFILE_DISABLED, () -> router(off));
        UUID disabled = flavor(Flavor.ROUTERS, served);
        domain.flavors().update(disabled, DISABLED);
        assertProblem(Problem.FLAVOR_DISABLED, () -> router(disabled));
        assertThat(secondServer().routers()).isEmpty();
    }

    @Test
    void profilesStayAsTheyAreWhileFlavorsHaveThem() {
        UUID profile = profile("weft", "", true);
        UUID flavor = flavor(Flavor.ROUTERS);
        domain.flavors().addProfile(flavor, profile);
        assertProblem(
                Problem.FLAVOR_SERVICE_PROFILE_BINDING_EXISTS,
                () -> domain.flavors().addProfile(flavor, profile));
        ServiceProfileUpdate update =
                new ServiceProfileUpdate(Optional.of("d"), Optional.of(""), Optional.of("m"), Optional.of(false));
        assertProblem(
                Problem.SERVICE_PROFILE_IN_USE, () -> domain.serviceProfiles().update(profile, update));
        assertProblem(
                Problem.SERVICE_PROFILE_IN_USE, () -> domain.serviceProfiles().delete(profile));
        domain.flavors().removeProfile(flavor, profile);
        assertProblem(
                Problem.FLAVOR_SERVICE_PROFILE_BINDING_NOT_FOUND,
                () -> domain.flavors().removeProfile(flavor, profile));
        assertThat(domain.serviceProfiles().update(profile, update).metainfo()).isEqualTo("m");
        domain.serviceProfiles().delete(profile);
        assertProblem(Problem.SERVICE_PROFILE_NOT_FOUND, () -> domain.flavors().addProfile(flavor, profile));
        assertProblem(Problem.SERVICE_PROFILE_NOT_FOUND, () -> flavor(Flavor.ROUTERS, profile));
    }

    @Test
    void profilesHaveADriverThatThereIsOrMetainfo() {
        assertProblem(Problem.SERVICE_PROFILE_EMPTY, () -> profile("", "", true));
        assertProblem(Problem.SERVICE_PROFILE_DRIVER_NOT_FOUND, () -> profile("neutron.services.ovn", "", true));
        UUID profile = profile("weft", "", true);
        assertProblem(
                Problem.SERVICE_PROFILE_EMPTY,
                () -> domain.serviceProfiles()
                        .update(
                                profile,
                                new ServiceProfileUpdate(
                                        Optional.empty(), Optional.of(""), Optional.empty(), Optional.empty())));
        assertProblem(Problem.INVALID_SERVICE_TYPE, () -> flavor("LOADBALANCERV2"));
    }
}
