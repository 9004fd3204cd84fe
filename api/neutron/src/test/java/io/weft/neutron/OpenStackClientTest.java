package io.weft.neutron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.weft.rest.Authenticator;
import io.weft.rest.NoAuthentication;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The stock {@code openstack} client against a real server: the rows of {@code docs/openstack-client.md}, from top to
 * bottom, in one process of the client.
 */
class OpenStackClientTest {
    @Test
    void everyCommandOfThePageWorksOrIsRefusedAsThePageSays(@TempDir Path directory) throws Exception {
        assertThatAllHold("docs/openstack-client.md", 150, Cloud::withAuthenticator, directory);
    }

    @Test
    void everyCommandOfThePageOfGroupsWorksOrIsRefusedAsThePageSays(@TempDir Path directory) throws Exception {
        assertThatAllHold("docs/openstack-client-groups.md", 70, Cloud::withGroups, directory);
    }

    @Test
    void everyCommandOfThePageOfExternalNetworksWorksOrIsRefusedAsThePageSays(@TempDir Path directory)
            throws Exception {
        assertThatAllHold("docs/openstack-client-external.md", 45, Cloud::withExternalNetworks, directory);
    }

    @Test
    void everyCommandOfThePageOfQosWorksOrIsRefusedAsThePageSays(@TempDir Path directory) throws Exception {
        assertThatAllHold("docs/openstack-client-qos.md", 30, Cloud::withExternalNetworks, directory);
    }

    @Test
    void everyCommandOfThePageOfRbacWorksOrIsRefusedAsThePageSays(@TempDir Path directory) throws Exception {
        assertThatAllHold("docs/openstack-client-rbac.md", 20, Cloud::withGroupsAndExternalNetworks, directory);
    }

    @Test
    void everyCommandOfThePageOfSubnetPoolsWorksOrIsRefusedAsThePageSays(@TempDir Path directory) throws Exception {
        assertThatAllHold("docs/openstack-client-pools.md", 45, Cloud::withAuthenticator, directory);
    }

    @Test
    void everyCommandOfThePageOfTrunksWorksOrIsRefusedAsThePageSays(@TempDir Path directory) throws Exception {
        assertThatAllHold("docs/openstack-client-trunks.md", 30, Cloud::withAuthenticator, directory);
    }

    /** Runs a page, which has more rows than these, against a cloud that is made for it. */
    private static void assertThatAllHold(
            String page, int least, BiFunction<Path, Authenticator, Cloud> make, Path directory) throws IOException {
        try (Cloud cloud = make.apply(directory.resolve("store"), new NoAuthentication())) {
            ClientPage.assertThatAllHold(page, least, cloud.url(), directory);
        }
    }

    @Test
    void aTokenIsTakenAndAWrongOneRefused(@TempDir Path directory) throws Exception {
        assumeThat(ClientPage.CLIENT).exists();
        try (Cloud cloud = Cloud.withTokens(directory.resolve("store"))) {
            for (String token : List.of("alice-token", "other-token")) {
                try (ClientPage.Batch batch = ClientPage.Batch.start(
                        directory,
                        "--os-auth-type",
                        "admin_token",
                        "--os-endpoint",
                        cloud.url(),
                        "--os-token",
                        token)) {
                    JsonNode result = batch.run(List.of("network", "create", "n"));
                    assertThat(result.path("status").asInt()).isEqualTo(token.equals("alice-token") ? 0 : 1);
                    assertThat(result.toString())
                            .contains(token.equals("alice-token") ? "alpha" : "requires authentication");
                }
            }
        }
    }
}
