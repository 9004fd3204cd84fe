package io.weft.responders.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DirectoryTest {
    private final TwoTenants tenants = new TwoTenants();

    private static List<String> addresses(Names names, String name) {
        return names.addresses(name).stream().map(IpAddress::toString).toList();
    }

    private static Optional<String> name(Names names, String address) {
        return names.name(IpAddress.parse(address));
    }

    @Test
    void aNameMeansAllPortsOfTheNameThatTheAskerMayKnow() {
        assertThat(addresses(tenants.red(), "www.cloud.example."))
                .containsExactly("10.0.0.5", "10.0.1.6", "2001:db8:1::5");
        assertThat(addresses(tenants.blue(), "www.cloud.example.")).containsExactly("10.0.0.5", "2001:db8:1::5");
        assertThat(addresses(tenants.red(), "db.cloud.example.")).containsExactly("10.0.1.5");
        assertThat(addresses(tenants.red(), "www.")).hasSize(3);
    }

    @Test
    void aPortWithoutANameHasTheOneOfItsAddress() {
        assertThat(addresses(tenants.red(), "host-10-0-0-6.cloud.example.")).containsExactly("10.0.0.6");
        assertThat(addresses(tenants.red(), "host-10-0-0-6.red.example.")).containsExactly("10.0.0.6");
        assertThat(addresses(tenants.red(), "host-10-0-0-5.cloud.example."))
                .as("of a port with a name")
                .isEmpty();
        assertThat(addresses(tenants.red(), "host-10-0-0-06.cloud.example.")).isEmpty();
        tenants.called(TwoTenants.RED, "2001:db8:1::9", "", "");
        assertThat(addresses(tenants.red(), "host-2001-db8-1--9.cloud.example."))
                .containsExactly("2001:db8:1::9");
        assertThat(name(tenants.red(), "2001:db8:1::9")).contains("host-2001-db8-1--9.cloud.example.");
    }

    @Test
    void aPortsOwnDomainStandsInThePlaceOfItsNetworks() {
        assertThat(addresses(tenants.red(), "www.red.example.")).containsExactly("10.0.0.5", "2001:db8:1::5");
        assertThat(addresses(tenants.red(), "mail.other.example.")).containsExactly("10.0.0.7");
        assertThat(addresses(tenants.red(), "mail.cloud.example.")).containsExactly("10.0.0.7");
        assertThat(addresses(tenants.red(), "mail.red.example.")).isEmpty();
        assertThat(name(tenants.red(), "10.0.0.7")).contains("mail.cloud.example.");
    }

    @Test
    void nothingOfAnotherTenantIsKnownAlsoWhereARouterJoinsTheNetworks() {
        assertThat(addresses(tenants.red(), "secret.cloud.example.")).isEmpty();
        assertThat(name(tenants.red(), "10.0.0.9")).isEmpty();
        assertThat(name(tenants.blue(), "10.0.0.9")).contains("secret.cloud.example.");
        assertThat(addresses(tenants.guest(), "db.cloud.example.")).isEmpty();
        assertThat(addresses(tenants.guest(), "www.red.example.")).isEmpty();
        assertThat(name(tenants.guest(), "10.0.1.5")).isEmpty();
        assertThat(tenants.guest().tenantDomain("www.red.example.")).isEmpty();
        assertThat(addresses(tenants.guest(), "ntp.cloud.example.")).containsExactly("198.18.0.5");
        assertThat(addresses(tenants.red(), "ntp.cloud.example."))
                .as("the network is the operator's")
                .isEmpty();
    }

    @Test
    void whatGoesIsForgottenAndWhatIsRenamedIsFoundUnderTheNewNameAlone() {
        tenants.called(TwoTenants.RED, "10.0.0.5", "web", "");
        assertThat(addresses(tenants.red(), "www.red.example.")).containsExactly("2001:db8:1::5");
        assertThat(addresses(tenants.red(), "web.red.example.")).containsExactly("10.0.0.5");
        tenants.gone(TwoTenants.RED, "10.0.0.5");
        assertThat(addresses(tenants.red(), "web.red.example.")).isEmpty();
        assertThat(tenants.red().hasBelow("deep.cloud.example.")).isTrue();
        tenants.gone(TwoTenants.RED, "10.0.0.8");
        assertThat(tenants.red().hasBelow("deep.cloud.example.")).isFalse();
        tenants.directory.zone(TwoTenants.RED, Optional.empty());
        assertThat(tenants.red().domain()).isEmpty();
        assertThat(addresses(tenants.red(), "www.cloud.example.")).isEmpty();
    }
}
