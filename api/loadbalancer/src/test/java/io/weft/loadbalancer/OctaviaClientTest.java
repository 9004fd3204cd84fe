package io.weft.loadbalancer;

import io.weft.neutron.ClientPage;
import io.weft.rest.NoAuthentication;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stock client's commands of load balancers: the rows of {@code docs/openstack-client-load-balancers.md}. */
class OctaviaClientTest {
    @Test
    void everyCommandOfThePageWorksOrIsRefusedAsThePageSays(@TempDir Path directory) throws Exception {
        try (Cloud cloud = new Cloud(directory.resolve("store"), new NoAuthentication())) {
            ClientPage.assertThatAllHold("docs/openstack-client-load-balancers.md", 50, cloud.url(), directory);
        }
    }
}
