package io.weft.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.agent.tables.HostPort;
import io.weft.kernel.netlink.Route;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the host reaches by its port, beside what it reaches otherwise. */
class HostRoutesTest {
    private static final int DEVICE = 7;
    private static final IpAddress OWN = IpAddress.parse("10.244.0.9");
    private static final HostPort.Way PODS = way("10.244.0.0/16", Optional.empty());
    private static final HostPort.Way SERVICES = way("10.96.0.0/16", Optional.of(IpAddress.parse("10.244.0.1")));

    private static HostPort.Way way(String destination, Optional<IpAddress> gateway) {
        return new HostPort.Way(IpPrefix.parse(destination), gateway, OWN);
    }

    private static HostRoutes routes(List<Route> present, String... tunnels) {
        HostPort port = new HostPort(
                new UUID(1, 2),
                MacAddress.parse("fa:16:3e:00:00:09"),
                1450,
                List.of(OWN),
                List.of(PODS, SERVICES),
                Optional.empty(),
                List.of());
        return HostRoutes.of(
                port,
                DEVICE,
                present,
                List.of(tunnels).stream().map(IpAddress::parse).toList());
    }

    private static Route other(String destination, String gateway) {
        return new Route(
                IpPrefix.parse(destination),
                gateway.isEmpty() ? Optional.empty() : Optional.of(IpAddress.parse(gateway)),
                2,
                Optional.empty(),
                Route.MAIN,
                0);
    }

    @Test
    void allSubnetsAreReachedWithThePortsAddressAsSource() {
        assertThat(routes(List.of(other("0.0.0.0/0", "192.0.2.1"), other("192.0.2.0/24", "")))
                        .routes())
                .containsExactly(
                        new Route(
                                PODS.destination(),
                                Optional.empty(),
                                DEVICE,
                                Optional.of(OWN),
                                Route.MAIN,
                                HostRoutes.METRIC),
                        new Route(
                                SERVICES.destination(),
                                SERVICES.gateway(),
                                DEVICE,
                                Optional.of(OWN),
                                Route.MAIN,
                                HostRoutes.METRIC));
    }

    @Test
    void itsOwnRoutesAreNoConflict() {
        HostRoutes once = routes(List.of());
        assertThat(routes(once.routes())).isEqualTo(once);
    }

    @ParameterizedTest
    @CsvSource({
        "10.244.0.0/16, 192.0.2.1, the same",
        "10.244.0.0/16, '', the same on a link",
        "10.244.7.0/24, '', a part of it",
        "10.244.7.5/32, 192.0.2.1, an address of it",
        "10.240.0.0/12, '', a link of the host's own around it"
    })
    void aRouteOfTheHostsOwnStays(String destination, String gateway, String why) {
        HostRoutes routes = routes(List.of(other(destination, gateway)));
        assertThat(routes.routes()).as(why).extracting(Route::destination).containsExactly(SERVICES.destination());
        assertThat(routes.conflicts())
                .containsExactly(
                        "host port: 10.244.0.0/16 is not reached by processes of the host: the host has a route to "
                                + destination + " already");
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/8, 192.0.2.1", "10.245.0.0/16, ''", "fd44::/16, ''"})
    void aRouteBesideItOrAWiderOneByARouterIsNoConflict(String destination, String gateway) {
        assertThat(routes(List.of(other(destination, gateway))).conflicts()).isEmpty();
    }

    @Test
    void nothingThatTunnelsNeedIsLedIntoThem() {
        HostRoutes routes = routes(List.of(), "192.0.2.9", "10.96.3.3");
        assertThat(routes.routes()).extracting(Route::destination).containsExactly(PODS.destination());
        assertThat(routes.conflicts())
                .singleElement()
                .asString()
                .contains("a node's tunnel address 10.96.3.3 is in it");
    }
}
