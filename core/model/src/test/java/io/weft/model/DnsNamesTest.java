package io.weft.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DnsNamesTest {
    private static final String DOMAIN = "cloud.example.";
    private static final String LABEL = "a".repeat(63);

    @ParameterizedTest
    @ValueSource(strings = {"", "www", "a-b", "0", "www.shop", "www.cloud.example.", "3com"})
    void namesOfTheRightFormAreTaken(String name) {
        assertThatCode(() -> DnsNames.requireName("dns_name", name)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-www | must not start or end with a hyphen",
                "www- | must not start or end with a hyphen",
                "a..b | empty component",
                ". | empty component",
                "WWW | can only be alphanumeric or a hyphen",
                "under_score | can only be alphanumeric or a hyphen",
                "www.1 | must not be all numeric"
            })
    void othersAreRefusedWithTheReason(String name, String reason) {
        assertThatThrownBy(() -> DnsNames.requireName("dns_name", name))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining(reason);
        assertThatThrownBy(() -> new PortDns(name, "")).isInstanceOf(InvalidException.class);
    }

    @Test
    void aLabelHasAtMost63Characters() {
        assertThatCode(() -> DnsNames.requireName("dns_name", LABEL)).doesNotThrowAnyException();
        assertThatThrownBy(() -> DnsNames.requireName("dns_name", LABEL + "a")).isInstanceOf(InvalidException.class);
    }

    @Test
    void aDomainIsCompleteAndLeavesRoomForAName() {
        String longest = (LABEL + ".").repeat(3) + "b".repeat(59) + ".";
        assertThat(longest).hasSize(DnsNames.MAX_LENGTH - 2);
        assertThatCode(() -> DnsNames.requireDomain("dns_domain", longest)).doesNotThrowAnyException();
        assertThatThrownBy(
                        () -> DnsNames.requireDomain("dns_domain", "c" + "b".repeat(59) + "." + longest.substring(60)))
                .isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> DnsNames.requireDomain("dns_domain", "example.org"))
                .hasMessageContaining("is not a FQDN");
        assertThatThrownBy(() -> new PortDns("ab", longest)).hasMessageContaining("too long");
    }

    @Test
    void aCompleteNameLiesInTheDomainAndARelativeOneFitsIt() {
        DnsNames.requireIn("dns_name", "www", DOMAIN);
        DnsNames.requireIn("dns_name", "www.cloud.example.", DOMAIN);
        for (String wrong : new String[] {"www.example.", "cloud.example.", "xcloud.example."}) {
            assertThatThrownBy(() -> DnsNames.requireIn("dns_name", wrong, DOMAIN))
                    .hasMessageContaining("must be equal to the domain 'cloud.example.'");
        }
        String tooLong = (LABEL + ".").repeat(3) + "b".repeat(48);
        assertThatThrownBy(() -> DnsNames.requireIn("dns_name", tooLong, DOMAIN))
                .hasMessageContaining("is a PQDN");
        assertThat(DnsNames.relative("www.shop.cloud.example.", DOMAIN)).isEqualTo("www.shop");
        assertThat(DnsNames.relative("www", DOMAIN)).isEqualTo("www");
    }
}
