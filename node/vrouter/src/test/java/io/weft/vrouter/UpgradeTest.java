package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.kernel.fixture.PinDirectory;
import io.weft.model.IpAddress;
import io.weft.vrouter.DataCentre.Gateway;
import io.weft.vrouter.DataCentre.Guest;
import io.weft.vrouter.DataCentre.Site;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What stands in the kernel outlives the process that put it there. */
class UpgradeTest {
    @Test
    void aNewGenerationOfProgramsLosesNoPacketAndNoEntry() {
        try (DataCentre centre = new DataCentre(false)) {
            Site one = centre.site("one");
            Site two = centre.site("two");
            centre.network(100, false, false, false);
            Gateway red = centre.gateway(1, 100, "10.0.1.0/24", "2001:db8:1::/64");
            Guest near = centre.guest("near", one, red, 11);
            Guest far = centre.guest("far", two, red, 12);
            centre.publish();
            near.inside().require("ping", "-c1", "-W3", far.ipv4().toString());

            Set<Integer> devices = one.vrouter().attached();
            assertThat(devices)
                    .contains(
                            near.ifindex(),
                            one.host().index("uplink"),
                            one.host().index("tunnel"));
            one.vrouter().close();
            Process traffic = near.inside()
                    .start(
                            "ping",
                            "-q",
                            "-c",
                            "2000",
                            "-i",
                            "0.001",
                            "-W",
                            "1",
                            far.ipv4().toString());
            int generations = 0;
            while (traffic.isAlive() && generations < 5) {
                try (KernelVrouter next =
                        KernelVrouter.load(new Configuration(one.pins().path(), Sizes.standard()))) {
                    assertThat(next.tables().macs().dump()).containsKey(new MacKey(100, far.mac()));
                    assertThat(next.tables().macs().capacity())
                            .as("what is pinned keeps its size")
                            .isEqualTo(Sizes.small().macs());
                    assertThat(next.attached()).isEqualTo(devices);
                    one.host().namespace().run(() -> {
                        next.attachWorkload(near.ifindex());
                        next.attachUplink(one.host().index("uplink"));
                        next.attachTunnelDevice(one.host().index("tunnel"));
                    });
                }
                generations++;
            }
            assertThat(generations).isPositive();
            assertThat(traffic.onExit().join().exitValue()).isZero();
            try (KernelVrouter last =
                    KernelVrouter.load(new Configuration(one.pins().path(), Sizes.small()))) {
                PortCounters counters = last.counters(near.number());
                // Echo requests and replies, and ARP of the first one: not one is missing.
                assertThat(counters.sentPackets()).isGreaterThanOrEqualTo(2001);
                assertThat(counters.receivedPackets()).isGreaterThanOrEqualTo(2001);
            }
        }
    }

    @Test
    void aNumberOfADeviceThatIsGoneIsAttachedAnew() {
        try (DataCentre centre = new DataCentre(false)) {
            Site one = centre.site("one");
            centre.network(100, false, false, false);
            Gateway red = centre.gateway(1, 100, "10.0.1.0/24", "2001:db8:1::/64");
            Guest guest = centre.guest("guest", one, red, 11);
            one.host().netlink().deleteLink("port" + guest.number());
            assertThat(one.vrouter().attached()).contains(guest.ifindex());
            one.vrouter().detach(guest.ifindex());
            one.vrouter().detach(guest.ifindex());
            assertThat(one.vrouter().attached()).doesNotContain(guest.ifindex());
        }
    }

    @Test
    void tablesHoldWhatIsPutAndSayWhenTheyAreFull() {
        try (PinDirectory pins = new PinDirectory();
                Vrouter vrouter = Vrouter.load(new Configuration(pins.path(), Sizes.small()))) {
            Table<Integer, NodeAddress> nodes = vrouter.tables().nodes();
            NodeAddress address = new NodeAddress(IpAddress.parse("fd00::5"));
            nodes.put(5, address);
            assertThat(nodes.dump()).containsOnly(Map.entry(5, address));
            nodes.remove(5);
            assertThat(nodes.get(5)).isEmpty();

            Table<Integer, NetworkFacts> networks = vrouter.tables().networks();
            NetworkFacts facts = new NetworkFacts(false, true, false, 1450);
            Map<Integer, NetworkFacts> many = new HashMap<>();
            for (int vni = 1; vni <= networks.capacity(); vni++) {
                many.put(vni, facts);
            }
            networks.putAll(many);
            assertThat(networks.dump()).isEqualTo(many);
            assertThatThrownBy(() -> networks.put(0x7fffff, facts)).isInstanceOf(TableFullException.class);
            networks.removeAll(many.keySet());
            networks.removeAll(many.keySet());
            assertThat(networks.dump()).isEmpty();
        }
    }
}
