package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two tenants with the same addresses on two hosts: every pair is measured and compared with the reference. */
class ConnectivityTest {
    @ParameterizedTest
    @EnumSource
    void everyPairReachesWhomTheModelSaysAndNobodyElse(Cloud.IpFamilyOfUnderlay family) {
        try (Cloud cloud = Cloud.build(family)) {
            cloud.addServerWithTokens(Tenants.TOKENS);
            cloud.addHost("host1");
            cloud.addHost("host2");
            Tenants tenants = new Tenants(cloud);
            tenants.createAcme();
            tenants.createGlobex();
            tenants.start();

            List<Matrix.Cell> cells = tenants.measure();

            assertThat(cells).anyMatch(Matrix.Cell::expected).anyMatch(cell -> !cell.expected());
            assertThat(cells).allMatch(Matrix.Cell::holds);
            assertThat(tenants.streamFromGuest(Duration.ofSeconds(2))).isTrue();
            assertThat(tenants.metadataInGuest("latest/meta-data/hostname")).contains("host-10-0-");
            assertThat(tenants.metadataInGuest("openstack/latest/meta_data.json"))
                    .contains("\"project_id\":\"");
        }
    }
}
