package io.weft.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.weft.server.kubernetes.KubernetesSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
    private static Configuration fromEnvironment(Map<String, String> environment) {
        return Configuration.read(Optional.empty(), environment);
    }

    @Test
    void withoutAnySettingEverythingListensOnLoopback() {
        Configuration configuration = fromEnvironment(Map.of("HOME", "/root"));
        assertThat(configuration.api()).hasToString("127.0.0.1:9696");
        assertThat(configuration.agents()).hasToString("127.0.0.1:9697");
        assertThat(configuration.dataDirectory()).isEqualTo(Path.of("/var/lib/weft"));
        assertThat(configuration.masterKey()).isEqualTo(Path.of("/var/lib/weft/master.key"));
        assertThat(configuration.storeEndpoints()).isEmpty();
    }

    @Test
    void theEnvironmentOverridesTheFile(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("weft.properties");
        Files.writeString(file, """
                # where agents connect
                agents.listen = [::1]:7000
                agents.names = one.example, two.example
                store.endpoints = http://10.0.0.1:2379,http://10.0.0.2:2379
                shutdown.grace = 2s
                networks.dns-domain = Cloud.Example
                log.format = json
                """);
        Configuration configuration = Configuration.read(
                Optional.of(file), Map.of("WEFT_AGENTS_LISTEN", "[::1]:0", "WEFT_HOME", "/opt/weft"));
        assertThat(configuration.agents()).hasToString("[0:0:0:0:0:0:0:1]:0");
        assertThat(configuration.serverNames()).containsExactly("one.example", "two.example");
        assertThat(configuration.storeEndpoints()).containsExactly("http://10.0.0.1:2379", "http://10.0.0.2:2379");
        assertThat(configuration.grace()).isEqualTo(Duration.ofSeconds(2));
        assertThat(configuration.dnsDomain()).isEqualTo("cloud.example.");
        assertThat(configuration.logFormat()).isEqualTo(Configuration.LogFormat.JSON);
    }

    @Test
    void inAPodTheClusterIsFoundAsPodsFindIt() {
        assertThat(Configuration.read(Optional.empty(), Map.of("KUBERNETES_SERVICE_HOST", "fd00::1"))
                        .kubernetes())
                .isEmpty();
        Configuration configuration = Configuration.read(
                Optional.empty(),
                Map.of(
                        "WEFT_ENROLMENT_KUBERNETES_SERVICE_ACCOUNT",
                        "weft-system/weft-agent",
                        "KUBERNETES_SERVICE_HOST",
                        "fd00::1",
                        "KUBERNETES_SERVICE_PORT",
                        "6443"));
        assertThat(configuration.kubernetes().orElseThrow())
                .isEqualTo(new KubernetesSettings(
                        "weft-system",
                        "weft-agent",
                        URI.create("https://[fd00::1]:6443"),
                        Path.of("/var/run/secrets/kubernetes.io/serviceaccount")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "WEFT_ENROLMENT_KUBERNETES_SERVICE_ACCOUNT | weft-agent | must be NAMESPACE/NAME",
                "WEFT_ENROLMENT_KUBERNETES_SERVICE_ACCOUNT | a/b | one https URL is needed",
                "WEFT_API_LISTEN | 9696 | must be ADDRESS:PORT",
                "WEFT_API_LISTEN | example.com:9696 | 'example.com' is no IP address",
                "WEFT_API_LISTEN | ::1:9696 | must stand in brackets",
                "WEFT_API_LISTEN | 127.0.0.1:99999 | the port must be from 0 to 65535",
                "WEFT_API_LISTEN | 0.0.0.0:9696 | without authentication the API listens on loopback only",
                "WEFT_API_AUTHENTICATION | ldap | must be one of none, tokens, keystone",
                "WEFT_API_AUTHENTICATION | keystone | keystone.url: is needed",
                "WEFT_KEYSTONE_URL | http://127.0.0.1:5000/v3 | keystone.password-file: is needed",
                "WEFT_KEYSTONE_URL | keystone | must be URLs",
                "WEFT_KEYSTONE_REMEMBER | 2h | must be from 1s to 60m",
                "WEFT_API_AUTHENTICATION | tokens | api.tokens-file: is needed",
                "WEFT_STORE_ENDPOINTS | 10.0.0.1:2379 | must be URLs",
                "WEFT_STORE_KEY | /key.pem | store.certificate: is needed with store.key",
                "WEFT_STORE_HISTORY | 10 | must be at least 1000",
                "WEFT_STORE_HISTORY | many | must be a whole number",
                "WEFT_SHUTDOWN_GRACE | 1 | must be a duration",
                "WEFT_SHUTDOWN_GRACE | 1h | must be from 0s to 5m",
                "WEFT_IDENTITY_CERTIFICATE_LIFETIME | 1s | must be from 10s to 90d",
                "WEFT_NETWORKS_DNS_DOMAIN | under_score | can only be alphanumeric or a hyphen",
                "WEFT_LOG_LEVEL | loud | must be one of",
                "WEFT_LOG_LEVLE | info | there is no such setting"
            })
    void aWrongSettingIsNamedWithItsRule(String variable, String value, String rule) {
        assertThatThrownBy(() -> fromEnvironment(Map.of(variable, value)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(rule);
    }

    @Test
    void allMistakesAreReportedAtOnceWithTheirPlace(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("weft.properties");
        Files.writeString(file, "api.listen = nowhere\ncolour = blue\n");
        ConfigurationException error = catchThrowableOfType(
                ConfigurationException.class,
                () -> Configuration.read(Optional.of(file), Map.of("WEFT_LOG_FORMAT", "xml")));
        assertThat(error.problems()).hasSize(3);
        assertThat(error).hasMessageContainingAll(file + ": api.listen", "WEFT_LOG_FORMAT", file + ": colour");
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = Path.of("/nonexistent/weft.properties");
        assertThatThrownBy(() -> Configuration.read(Optional.of(file), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(file.toString());
    }
}
