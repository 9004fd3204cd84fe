package io.weft.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.model.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What settings about Services mean. */
class ControllerSettingsTest {
    @TempDir
    private Path directory;

    private ControllerSettings read(String... lines) throws IOException {
        return ControllerSettings.read(
                Optional.of(Files.write(directory.resolve("settings"), List.of(lines))), Map.of());
    }

    @Test
    void servicesHaveARouterAndNodePortsUnlessSomebodySaysOtherwise() throws IOException {
        ControllerSettings settings = read("kubernetes.service-cidrs = 10.96.0.0/16, 10.97.0.0/16, fd45::/112");
        assertThat(settings.nodePorts().orElseThrow().addresses())
                .containsExactly(IpAddress.parse("10.96.255.254"), IpAddress.parse("fd45::fffe"));
        assertThat(settings.network().router()).contains("kubernetes");
        ControllerSettings said = read(
                "kubernetes.service-cidrs = 10.96.0.0/16",
                "kubernetes.node-port-addresses = 10.96.0.99",
                "kubernetes.router = r");
        assertThat(said.nodePorts().orElseThrow().addresses()).containsExactly(IpAddress.parse("10.96.0.99"));
        assertThat(said.network().router()).contains("r");
        assertThat(read().network().router()).isEmpty();
    }

    @Test
    void nodesThatAreMachinesOfTheNetworkHandOnNoNodePorts() throws IOException {
        ControllerSettings settings = read("kubernetes.nested = true", "kubernetes.service-cidrs = 10.96.0.0/16");
        assertThat(settings.nested()).isTrue();
        assertThat(settings.nodePorts()).isEmpty();
        assertThat(read().nested()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    kubernetes.service-cidrs = 10.96.0.0/30      |                                                         | kubernetes.service-cidrs: 10.96.0.0/30 has less than 8 addresses
                    kubernetes.service-cidrs = everywhere        |                                                         | kubernetes.service-cidrs:
                    kubernetes.service-cidrs = 10.96.0.0/16      | kubernetes.node-port-addresses = 10.99.0.1              | kubernetes.node-port-addresses: 10.99.0.1 is in no prefix
                    kubernetes.service-cidrs = 10.96.0.0/16      | kubernetes.node-port-addresses = 10.96.0.1, 10.96.0.2   | kubernetes.node-port-addresses:
                    kubernetes.service-cidrs = 10.96.0.0/16      | kubernetes.external-ip-cidrs = 10.96.7.0/24             | kubernetes.external-ip-cidrs: 10.96.7.0/24 overlaps
                    kubernetes.service-cidrs = 10.96.0.0/16      | kubernetes.external-ip-cidrs = 203.0.113.9/32           | kubernetes.external-ip-cidrs: 203.0.113.9/32 has less than 8 addresses
                    kubernetes.nested = yes                      |                                                         | kubernetes.nested: must be true or false
                    kubernetes.nested = true                     | kubernetes.node-port-range = 30000-30100                | kubernetes.node-port-range: cannot stand beside kubernetes.nested
                    kubernetes.pod-cidrs = 10.96.0.0/16          | kubernetes.external-ip-cidrs = 203.0.113.0/24           | kubernetes.external-ip-cidrs: needs kubernetes.service-cidrs
                    """)
    void whatMakesNoSenseIsRefusedByName(String prefixes, String nodePorts, String message) {
        assertThatThrownBy(() -> read(prefixes, nodePorts == null ? "" : nodePorts))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }
}
