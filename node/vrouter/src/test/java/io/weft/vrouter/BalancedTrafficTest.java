package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.kernel.socket.Offload;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.MacAddress;
import io.weft.vrouter.DataCentre.Gateway;
import io.weft.vrouter.DataCentre.Guest;
import io.weft.vrouter.DataCentre.Site;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.PortUnreachableException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real stacks of guests on two hosts that call virtual addresses. Segments are as large as the stacks make them. */
@Tag("long")
class BalancedTrafficTest {
    private static final int MEGABYTES = 3_000_000;
    private static final int DATAGRAM = 1200;
    private static final Set<Port.Flag> FLAGS =
            EnumSet.of(Port.Flag.ADMIN_UP, Port.Flag.PORT_SECURITY, Port.Flag.PEER_REDIRECT, Port.Flag.BALANCED);

    private UUID lastPool = new UUID(0, 0);

    /** Makes an address of a network virtual, whose TCP and UDP ports from 80 on have these members each. */
    private IpAddress virtual(DataCentre centre, Gateway gateway, IpFamily family, int last, Pool.Member... members) {
        boolean ipv4 = family == IpFamily.IPV4;
        IpAddress address =
                (ipv4 ? gateway.subnet4() : gateway.subnet6()).first().plus(last);
        MacAddress mac = new MacAddress(0xfa163ebb0000L | last << 8 | gateway.network());
        UUID pool = new UUID(1, lastPool.getLeastSignificantBits() + 1);
        lastPool = pool;
        for (Site site : centre.sites()) {
            Tables tables = site.vrouter().tables();
            members(tables, pool, family, members);
            Listener listener = new Listener(Optional.of(pool), 0, false, ipv4 ? gateway.ipv4() : gateway.ipv6());
            for (int protocol : new int[] {Packets.TCP, Packets.UDP}) {
                tables.listeners().put(new ListenerKey(gateway.network(), address, protocol, 80), listener);
            }
            tables.virtualAddresses().put(new AddressKey(gateway.domain(), address), gateway.network());
            tables.macs().put(new MacKey(gateway.network(), mac), Place.virtual());
            tables.addresses().put(new AddressKey(gateway.network(), address), new AddressOwner(mac, Place.virtual()));
        }
        return address;
    }

    private static void members(Tables tables, UUID pool, IpFamily family, Pool.Member... members) {
        Map<Integer, Pool.Member> places = new HashMap<>();
        for (Pool.Member member : members) {
            places.put(places.size(), member);
        }
        tables.pools().put(new PoolKey(pool, family), new Pool(places));
    }

    private static IpAddress address(Guest guest, IpFamily family) {
        return family == IpFamily.IPV4 ? guest.ipv4() : guest.ipv6();
    }

    private static Pool.Member member(Guest guest, IpFamily family) {
        return new Pool.Member(address(guest, family), 8080, 1);
    }

    @ParameterizedTest(name = "IPv6 underlay: {0}, rules: {1}, offloads: {2}")
    @CsvSource({"false, false, true", "false, true, true", "true, true, false"})
    void callsReachMembersWhereverTheyAre(boolean ipv6Underlay, boolean guarded, boolean offloads) throws IOException {
        try (DataCentre centre = new DataCentre(ipv6Underlay, guarded)) {
            Site one = centre.site("one");
            Site two = centre.site("two");
            centre.network(100, false, false, false);
            centre.network(200, false, false, false);
            Gateway red = centre.gateway(1, 100, "10.0.1.0/24", "2001:db8:1::/64");
            Gateway blue = centre.gateway(1, 200, "10.0.2.0/24", "2001:db8:2::/64");
            Guest client = centre.guest("client", one, red, 11, FLAGS);
            Guest near = centre.guest("near", one, red, 12, FLAGS);
            Guest far = centre.guest("far", two, red, 13, FLAGS);
            Guest blueNear = centre.guest("bluenear", one, blue, 11, FLAGS);
            Guest blueFar = centre.guest("bluefar", two, blue, 12, FLAGS);
            centre.publish();
            if (!offloads) {
                for (Guest guest : centre.guests()) {
                    for (Offload offload : Offload.values()) {
                        offload.set(guest.inside().namespace(), "eth0", false);
                    }
                }
            }
            int last = 80;
            for (IpFamily family : IpFamily.values()) {
                for (Guest server : new Guest[] {near, far, blueNear, blueFar, client}) {
                    for (Gateway place : new Gateway[] {red, blue}) {
                        IpAddress address = virtual(centre, place, family, last++, member(server, family));
                        IpAddress seen = server.equals(client) ? address : address(client, family);
                        String what = client.name() + " to " + server.name() + " by " + address;
                        try {
                            assertThat(Calls.tcp(client.inside(), server.inside(), address, 80, 8080, MEGABYTES)
                                            .getAddress())
                                    .as(what)
                                    .isEqualTo(seen.toInetAddress());
                            assertThat(Calls.udp(client.inside(), server.inside(), address, 80, 8080, DATAGRAM)
                                            .getAddress())
                                    .as(what)
                                    .isEqualTo(seen.toInetAddress());
                        } catch (IOException | RuntimeException e) {
                            throw new AssertionError(what + "\n" + centre.drops(), e);
                        }
                    }
                }
                whoIsNotThereIsMissedAtOnce(centre, client, virtual(centre, red, family, last++), family);
                whoIsNotThereIsMissedAtOnce(centre, client, virtual(centre, blue, family, last++), family);
            }
        }
    }

    /** By TCP, by UDP, and by a member's own kernel, whose error names the virtual address. */
    private void whoIsNotThereIsMissedAtOnce(DataCentre centre, Guest client, IpAddress nobody, IpFamily family)
            throws IOException {
        assertThatThrownBy(() -> client.inside().call(() -> Calls.connected(nobody, 80)))
                .hasRootCauseInstanceOf(ConnectException.class);
        isUnreachable(client, nobody);
        UUID pool = lastPool;
        centre.sites()
                .forEach(site -> members(
                        site.vrouter().tables(),
                        pool,
                        family,
                        member(centre.guests().get(2), family)));
        isUnreachable(client, nobody);
    }

    private static void isUnreachable(Guest client, IpAddress address) throws IOException {
        try (DatagramSocket socket = client.inside().call(() -> new DatagramSocket())) {
            socket.connect(address.toInetAddress(), 80);
            socket.setSoTimeout(Calls.PATIENCE_MILLIS);
            socket.send(new DatagramPacket(new byte[10], 10));
            assertThatThrownBy(() -> socket.receive(new DatagramPacket(new byte[10], 10)))
                    .isInstanceOf(PortUnreachableException.class);
        }
    }
}
