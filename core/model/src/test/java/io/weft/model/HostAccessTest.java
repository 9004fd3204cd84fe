package io.weft.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostAccessTest {
    private static Optional<HostAccess> of(Object host) {
        return HostAccess.of(Map.of("weft:host", host, "os_vif_delegation", true));
    }

    private static Object nodePorts(Object range, Object addresses) {
        return Map.of("node_ports", Map.of("range", range, "addresses", addresses));
    }

    @Test
    void isSaidByTheProfileAlone() {
        assertThat(HostAccess.of(Map.of("pci_slot", "0000:00:1f.0"))).isEmpty();
        assertThat(of(Map.of())).contains(new HostAccess(Optional.empty()));
        HostAccess access = new HostAccess(Optional.of(new HostAccess.NodePorts(
                30000, 32767, List.of(IpAddress.parse("10.96.255.254"), IpAddress.parse("fd96::fffe")))));
        assertThat(of(nodePorts("30000-32767", List.of("10.96.255.254", "fd96::fffe"))))
                .contains(access);
        assertThat(HostAccess.of(access.written())).contains(access);
        assertThat(HostAccess.of(new HostAccess(Optional.empty()).written())).isPresent();
    }

    @Test
    void whatMakesNoSenseIsRefusedByName() {
        refused(true, "binding:profile.weft:host", "must be an object");
        refused(Map.of("node_port", ""), "binding:profile.weft:host", "has no member 'node_port'");
        refused(Map.of("node_ports", List.of()), "binding:profile.weft:host.node_ports", "must be an object");
        refused(nodePorts(30000, List.of("10.0.0.1")), "range", "must be text");
        refused(nodePorts("30000-32767", "10.0.0.1"), "addresses", "must be a list");
        refused(nodePorts("30000-32767", List.of("web")), "addresses", "'web' is not an address");
        refused(nodePorts("30000-32767", List.of()), "addresses", "must be one address");
        refused(nodePorts("30000-32767", List.of("10.0.0.1", "10.0.0.2")), "addresses", "must be one address");
    }

    @ParameterizedTest
    @CsvSource({"30000", "a-b", "0-10", "10-9", "1-65536", "1-2-3", "''", "-1-5"})
    void aRangeHasTwoEndsInOrder(String range) {
        refused(nodePorts(range, List.of("10.0.0.1")), "binding:profile.weft:host.node_ports.range", "");
    }

    @Test
    void noBindingHasAProfileThatMakesNoSense() {
        assertThatThrownBy(() -> new Binding("node", "normal", Map.of("weft:host", "yes")))
                .isInstanceOf(InvalidException.class);
        assertThat(new Binding("node", "normal", Map.of("weft:host", Map.of())).hostAccess())
                .isPresent();
    }

    private static void refused(Object host, String field, String rule) {
        assertThatThrownBy(() -> of(host)).isInstanceOfSatisfying(InvalidException.class, e -> {
            assertThat(e.field()).endsWith(field);
            assertThat(e.rule()).contains(rule);
        });
    }
}
