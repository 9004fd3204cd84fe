package io.weft.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.OperationalState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BindingsTest {
    private static final UUID PORT = UUID.fromString("3f2a9c10-77b1-4c55-9a4e-0c8d9b5d1e02");

    private final Bindings bindings = new Bindings();

    private final Map<UUID, Link> bound = new HashMap<>();
    private final Set<Integer> present = new HashSet<>();

    /** Follows what is told to have changed. */
    private Map<UUID, Link> byPort() {
        Bindings.Changes changes = bindings.take();
        changes.ports().forEach((port, link) -> {
            if (link.isPresent()) {
                bound.put(port, link.get());
            } else {
                bound.remove(port);
            }
        });
        present.removeAll(changes.absent());
        present.addAll(changes.present());
        return bound;
    }

    private Set<Integer> present() {
        byPort();
        return present;
    }

    private static Link link(int index, String name, String alias) {
        return link(index, name, "tun", 1, alias);
    }

    private static Link link(int index, String name, String kind, int flags, String alias) {
        return new Link(index, name, kind, Optional.empty(), 1450, OperationalState.UP, flags, 0, -1, 0, alias, 0);
    }

    @Test
    void anAliasNamesThePortWhateverTheDeviceIsCalled() {
        assertThat(bindings.changed(link(3, "anything", "weft:" + PORT))).isTrue();
        assertThat(byPort()).containsOnlyKeys(PORT);
        assertThat(bindings.changed(link(3, "anything", "weft:" + PORT))).isFalse();
        assertThat(bindings.changed(link(3, "anything", ""))).isTrue();
        assertThat(byPort()).isEmpty();
    }

    @Test
    void aTapIsRecognisedByItsNameOnceThePortIsOfThisNode() {
        bindings.changed(link(4, "tap3f2a9c10-77", ""));
        assertThat(byPort()).isEmpty();
        bindings.local(PORT, true);
        assertThat(byPort()).containsOnlyKeys(PORT);
        bindings.local(PORT, false);
        assertThat(byPort()).isEmpty();
    }

    @Test
    void theYoungestOfSeveralDevicesCounts() {
        bindings.changed(link(9, "new", "weft:" + PORT));
        bindings.changed(link(5, "old", "weft:" + PORT));
        assertThat(byPort().get(PORT)).isEqualTo(link(9, "new", "weft:" + PORT));
        assertThat(bindings.removed(9)).isTrue();
        assertThat(byPort().get(PORT)).isEqualTo(link(5, "old", "weft:" + PORT));
    }

    @Test
    void aVethIsEarlyUntilItIsAPorts() {
        String early = Bindings.early("container:eth0");
        assertThat(Bindings.early("container:eth1")).hasSize(15).isNotEqualTo(early);
        for (String name : List.of(early, Bindings.veth(PORT))) {
            assertThat(bindings.changed(link(7, name, "veth", 0, ""))).isTrue();
            assertThat(present()).containsExactly(7);
            assertThat(bound).isEmpty();
        }
        assertThat(bindings.changed(link(7, Bindings.veth(PORT), "veth", 0, "weft:" + PORT)))
                .isTrue();
        assertThat(byPort()).containsOnlyKeys(PORT);
        assertThat(present).containsExactly(7);
    }

    @Test
    void aCarrierChangesNothing() {
        bindings.changed(link(3, "anything", "tun", 0, "weft:" + PORT));
        assertThat(bindings.changed(link(3, "anything", "tun", 1, "weft:" + PORT)))
                .isFalse();
    }

    @Test
    void onlyWhatHasChangedIsLookedAt() {
        UUID other = UUID.fromString("4f2a9c10-77b1-4c55-9a4e-0c8d9b5d1e02");
        bindings.changed(link(3, "one", "weft:" + PORT));
        bindings.changed(link(4, "other", "weft:" + other));
        assertThat(bindings.take().ports()).containsOnlyKeys(PORT, other);
        bindings.changed(link(5, "one again", "weft:" + PORT));
        Bindings.Changes changes = bindings.take();
        assertThat(changes.ports()).containsOnlyKeys(PORT);
        assertThat(changes.present()).containsExactly(5);
        assertThat(changes.absent()).containsExactly(3);
        assertThat(bindings.take()).isEqualTo(new Bindings.Changes(Map.of(), Set.of(), Set.of()));
    }

    @Test
    void afterAllIsListedAnewWhatIsNotThereIsGone() {
        bindings.changed(link(3, "one", "weft:" + PORT));
        bindings.changed(link(7, Bindings.early("a"), "veth", 0, ""));
        assertThat(present()).containsExactlyInAnyOrder(3, 7);
        bindings.clear();
        bindings.changed(link(7, Bindings.early("a"), "veth", 0, ""));
        assertThat(present()).containsExactly(7);
        assertThat(bound).isEmpty();
    }

    @Test
    void othersDevicesAreLeftAlone() {
        bindings.local(PORT, true);
        assertThat(bindings.changed(link(1, "eth0", ""))).isFalse();
        assertThat(bindings.changed(link(2, "tap0", ""))).isFalse();
        assertThat(bindings.changed(link(3, "veth1", "weft:nonsense"))).isFalse();
        assertThat(bindings.changed(link(5, Bindings.early("a"), "tun", 1, ""))).isFalse();
        assertThat(bindings.changed(link(6, "weft-services", "veth", 1, ""))).isFalse();
        bindings.changed(link(4, "tap3f2a9c10-77", "something of somebody's"));
        assertThat(byPort()).isEmpty();
    }
}
