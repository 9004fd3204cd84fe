package io.weft.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.OperationalState;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BindingsTest {
    private static final UUID PORT = UUID.fromString("3f2a9c10-77b1-4c55-9a4e-0c8d9b5d1e02");

    private final Bindings bindings = new Bindings();

    private static Link link(int index, String name, String alias) {
        return link(index, name, "tun", 1, alias);
    }

    private static Link link(int index, String name, String kind, int flags, String alias) {
        return new Link(index, name, kind, Optional.empty(), 1450, OperationalState.UP, flags, 0, -1, 0, alias, 0);
    }

    @Test
    void anAliasNamesThePortWhateverTheDeviceIsCalled() {
        assertThat(bindings.changed(link(3, "anything", "weft:" + PORT))).isTrue();
        assertThat(bindings.byPort()).containsOnlyKeys(PORT);
        assertThat(bindings.changed(link(3, "anything", "weft:" + PORT))).isFalse();
        assertThat(bindings.changed(link(3, "anything", ""))).isTrue();
        assertThat(bindings.byPort()).isEmpty();
    }

    @Test
    void aTapIsRecognisedByItsNameOnceThePortIsOfThisNode() {
        bindings.changed(link(4, "tap3f2a9c10-77", ""));
        assertThat(bindings.byPort()).isEmpty();
        bindings.localPorts(List.of(PORT));
        assertThat(bindings.byPort()).containsOnlyKeys(PORT);
        bindings.localPorts(List.of());
        assertThat(bindings.byPort()).isEmpty();
    }

    @Test
    void theYoungestOfSeveralDevicesCounts() {
        bindings.changed(link(9, "new", "weft:" + PORT));
        bindings.changed(link(5, "old", "weft:" + PORT));
        assertThat(bindings.byPort().get(PORT)).isEqualTo(link(9, "new", "weft:" + PORT));
        assertThat(bindings.removed(9)).isTrue();
        assertThat(bindings.byPort().get(PORT)).isEqualTo(link(5, "old", "weft:" + PORT));
    }

    @Test
    void aVethIsEarlyUntilItIsAPorts() {
        String early = Bindings.early("container:eth0");
        assertThat(Bindings.early("container:eth1")).hasSize(15).isNotEqualTo(early);
        for (String name : List.of(early, Bindings.veth(PORT))) {
            assertThat(bindings.changed(link(7, name, "veth", 0, ""))).isTrue();
            assertThat(bindings.early()).extracting(Link::index).containsExactly(7);
            assertThat(bindings.byPort()).isEmpty();
        }
        assertThat(bindings.changed(link(7, Bindings.veth(PORT), "veth", 0, "weft:" + PORT)))
                .isTrue();
        assertThat(bindings.early()).isEmpty();
        assertThat(bindings.byPort()).containsOnlyKeys(PORT);
    }

    @Test
    void aCarrierChangesNothing() {
        bindings.changed(link(3, "anything", "tun", 0, "weft:" + PORT));
        assertThat(bindings.changed(link(3, "anything", "tun", 1, "weft:" + PORT)))
                .isFalse();
    }

    @Test
    void othersDevicesAreLeftAlone() {
        bindings.localPorts(List.of(PORT));
        assertThat(bindings.changed(link(1, "eth0", ""))).isFalse();
        assertThat(bindings.changed(link(2, "tap0", ""))).isFalse();
        assertThat(bindings.changed(link(3, "veth1", "weft:nonsense"))).isFalse();
        assertThat(bindings.changed(link(5, Bindings.early("a"), "tun", 1, ""))).isFalse();
        assertThat(bindings.changed(link(6, "weft-services", "veth", 1, ""))).isFalse();
        bindings.changed(link(4, "tap3f2a9c10-77", "something of somebody's"));
        assertThat(bindings.byPort()).isEmpty();
    }
}
