package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.BpfFileSystem;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.vrouter.DataCentre.Gateway;
import io.weft.vrouter.DataCentre.Guest;
import io.weft.vrouter.DataCentre.Site;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two hosts change to a build that keeps connections and translations in another layout, and back, while long and short
 * connections and datagrams go between them, in and out. Rules let nobody call who calls, and nobody who is called call
 * anybody, so a connection that is lost is refused at its next packet, and a datagram that is lost is missed.
 */
class LayoutTrafficTest {
    private static final int CALLS = 11;
    private static final int SERVES = 12;

    /** Every reason by which a packet of a connection that somebody forgot may end. */
    private static final Set<DropReason> LOST = EnumSet.of(
            DropReason.POLICY_EGRESS,
            DropReason.POLICY_INGRESS,
            DropReason.CONNECTION_INVALID,
            DropReason.CONNECTION_CUT,
            DropReason.CONNECTIONS_FULL,
            DropReason.HALF_OPEN_LIMIT,
            DropReason.TRANSLATION_UNKNOWN,
            DropReason.TRANSLATION_PORTS,
            DropReason.TRANSLATIONS_FULL);

    private final Map<Site, KernelVrouter> running = new HashMap<>();

    @Test
    void upgradesAndDowngradesLoseNoPacketAndNoConnection(@TempDir Path directory) throws IOException {
        byte[] own = KernelVrouter.image();
        byte[] other = AlteredDataPath.ofAnotherLayout(directory).image();
        try (DataCentre centre = new DataCentre(false);
                Loads loads = new Loads()) {
            Site one = centre.site("one", Sizes.standard());
            Site two = centre.site("two", Sizes.standard());
            centre.network(100, false, false, false);
            Gateway red = centre.gateway(1, 100, "10.0.1.0/24", "2001:db8:1::/64");
            Guest caller = centre.guest("caller", one, red, 11);
            Guest server = centre.guest("server", two, red, 12);
            Guest hidden = centre.guest("hidden", two, red, 13);
            Outside outside = new Outside(centre);
            centre.publish();
            outside.join(one);
            outside.gateway(red, 2, one, true);
            IpAddress forwarded = outside.forward(red, 60, 8080, server, 80, one);
            IpAddress forwardedIdle = outside.forward(red, 61, 8081, server, 81, one);
            for (Site site : centre.sites()) {
                allow(site.vrouter().tables(), CALLS, PolicyKey.Direction.EGRESS);
                allow(site.vrouter().tables(), SERVES, PolicyKey.Direction.INGRESS);
                running.put(site, site.vrouter());
            }
            centre.guard(caller, CALLS);
            centre.guard(hidden, CALLS);
            centre.guard(server, SERVES);
            // The first packets may be spent on questions for neighbours.
            Calls.udp(hidden.inside(), outside.router(), Outside.ROUTER4, 5000, 5000, 100);
            Calls.tcp(outside.beyond(), server.inside(), forwarded, 8080, 80, 100);
            Calls.tcp(caller.inside(), server.inside(), server.ipv4(), 80, 80, 100);

            loads.serve(server.inside(), 80);
            loads.serve(outside.router(), 5000);
            loads.idleConnection("idle", caller.inside(), server.ipv4(), 90, server.inside(), 90);
            loads.idleConnection("idle out", hidden.inside(), Outside.ROUTER4, 90, outside.router(), 90);
            loads.idleConnection("idle in", outside.beyond(), forwardedIdle, 8081, server.inside(), 81);
            loads.longConnection("long", caller.inside(), server.ipv4(), 80);
            loads.longConnection("long out", hidden.inside(), Outside.ROUTER4, 5000);
            loads.shortConnections("short", caller.inside(), server.ipv4(), 80);
            loads.shortConnections("short out", hidden.inside(), Outside.ROUTER4, 5000);
            loads.shortConnections("short in", outside.beyond(), forwarded, 8080);
            loads.datagrams("datagrams", caller.inside(), server.ipv4(), 80);
            loads.datagrams("datagrams out", hidden.inside(), Outside.ROUTER4, 5000);
            loads.goOn();
            Map<DropReason, Long> before = lost(centre);
            for (byte[] next : new byte[][] {other, own, other, own}) {
                for (Site site : centre.sites()) {
                    change(site, next);
                    loads.goOn();
                }
            }
            loads.stop();
            assertThat(lost(centre)).as("%s", loads).isEqualTo(before).isEmpty();
            for (Site site : centre.sites()) {
                assertThat(BpfFileSystem.list(site.pins().path()))
                        .contains("connection_sets_v1", "translations_v1")
                        .doesNotContain("connection_sets_v2", "translations_v2", "handover");
            }
        } finally {
            running.values().forEach(KernelVrouter::close);
        }
    }

    private static void allow(Tables tables, int ruleSet, PolicyKey.Direction direction) {
        tables.ruleSets().put(ruleSet, new RuleSet(1, false));
        tables.policy()
                .put(
                        PolicyKey.allPorts(ruleSet, 0, direction, IpFamily.IPV4, PolicyKey.ANY_PROTOCOL),
                        new PolicyVerdict(true, true, 1, 1));
    }

    /** As a new agent begins. */
    private void change(Site site, byte[] next) {
        KernelVrouter previous = running.get(site);
        assertThat(previous).isNotNull();
        previous.close();
        running.put(site, KernelVrouter.load(new Configuration(site.pins().path(), Sizes.standard()), next));
    }

    private Map<DropReason, Long> lost(DataCentre centre) {
        Map<DropReason, Long> lost = new HashMap<>();
        running.forEach((site, vrouter) -> {
            count(vrouter.counters(0), lost);
            centre.guests().stream()
                    .filter(guest -> guest.site().equals(site))
                    .forEach(guest -> count(vrouter.counters(guest.number()), lost));
        });
        return lost;
    }

    private static void count(PortCounters counters, Map<DropReason, Long> lost) {
        counters.drops().forEach((reason, count) -> {
            if (LOST.contains(reason)) {
                lost.merge(reason, count, Long::sum);
            }
        });
    }
}
