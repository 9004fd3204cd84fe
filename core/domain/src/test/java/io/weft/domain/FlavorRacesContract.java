package io.weft.domain;

import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.race;
import static io.weft.domain.Servers.returned;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.Flavor;
import io.weft.model.World;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The rows of docs/transactions.md that are about flavors. */
abstract class FlavorRacesContract extends LoadBalancerRacesContract {
    private static final int ROUNDS = 8;

    private World now() {
        return servers().first().view().world();
    }

    private UUID profile() {
        return servers()
                .first()
                .serviceProfiles()
                .create(List.of(new NewServiceProfile("", ServiceProfiles.DRIVER, "", true)))
                .getFirst()
                .id();
    }

    private UUID flavor(List<UUID> profiles) {
        return servers()
                .first()
                .flavors()
                .create(List.of(new NewFlavor("f", "", Flavor.ROUTERS, true, profiles)))
                .getFirst()
                .id();
    }

    @Test
    void aFlavorGoesOrARouterGetsItButNotBoth() {
        UUID profile = profile();
        for (int round = 0; round < ROUNDS; round++) {
            UUID flavor = flavor(List.of(profile));
            var outcomes = race(2, number -> {
                Domain server = servers().server(number);
                if (number == 0) {
                    server.flavors().delete(flavor);
                } else {
                    server.routers().create(ALICE, NewRouter.of("alice", "r").withFlavor(flavor));
                }
                return number;
            });
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(now().flavor(flavor).isPresent())
                    .isEqualTo(!now().routersOfFlavor(flavor).isEmpty());
        }
    }

    @Test
    void aServiceProfileGoesOrAFlavorGetsItButNotBoth() {
        for (int round = 0; round < ROUNDS; round++) {
            UUID profile = profile();
            UUID flavor = flavor(List.of());
            var outcomes = race(2, number -> {
                Domain server = servers().server(number);
                if (number == 0) {
                    server.serviceProfiles().delete(profile);
                } else {
                    server.flavors().addProfile(flavor, profile);
                }
                return number;
            });
            assertThat(returned(outcomes)).hasSize(1);
            assertThat(now().serviceProfile(profile).isPresent())
                    .isEqualTo(
                            now().flavor(flavor).orElseThrow().serviceProfiles().contains(profile));
        }
    }
}
