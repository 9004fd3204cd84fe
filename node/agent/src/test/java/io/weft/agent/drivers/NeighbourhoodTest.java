package io.weft.agent.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.agent.tables.Neighbourhood;
import io.weft.kernel.netlink.Route;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NeighbourhoodTest {
    private static final int UPLINK = 3;
    private static final IpAddress OWN4 = IpAddress.parse("192.0.2.10");
    private static final IpAddress OWN6 = IpAddress.parse("2001:db8::10");
    private static final IpAddress NEAR4 = IpAddress.parse("192.0.2.20");
    private static final IpAddress NEAR6 = IpAddress.parse("2001:db8::20");

    private final List<Route> routes = new ArrayList<>(List.of(
            route("0.0.0.0/0", Optional.of(IpAddress.parse("192.0.2.1")), UPLINK, Optional.empty()),
            route("192.0.2.0/24", Optional.empty(), UPLINK, Optional.of(OWN4)),
            route("::/0", Optional.of(IpAddress.parse("fe80::1")), UPLINK, Optional.empty()),
            route("2001:db8::/64", Optional.empty(), UPLINK, Optional.empty()),
            route("fe80::/64", Optional.empty(), UPLINK, Optional.empty())));

    private static Route route(String to, Optional<IpAddress> gateway, int device, Optional<IpAddress> source) {
        return new Route(IpPrefix.parse(to), gateway, device, source, Route.MAIN, 0);
    }

    private Neighbourhood neighbourhood() {
        return TunnelDriver.neighbourhood(UPLINK, List.of(OWN4, OWN6), routes);
    }

    @Test
    void thoseOnTheUplinksOwnLinkAreNear() {
        assertThat(neighbourhood().contains(NEAR4)).isTrue();
        assertThat(neighbourhood().contains(NEAR6)).isTrue();
    }

    @Test
    void thoseBehindARouterAreNot() {
        assertThat(neighbourhood().contains(IpAddress.parse("198.51.100.20"))).isFalse();
        assertThat(neighbourhood().contains(IpAddress.parse("2001:db8:1::20"))).isFalse();
    }

    @Test
    void aRouteWithinTheLinkIsObeyed() {
        routes.add(route("192.0.2.20/32", Optional.of(IpAddress.parse("192.0.2.2")), UPLINK, Optional.empty()));
        assertThat(neighbourhood().contains(NEAR4)).isFalse();
        assertThat(neighbourhood().contains(IpAddress.parse("192.0.2.21"))).isTrue();
        routes.add(new Route(IpPrefix.parse("2001:db8::/64"), Optional.empty(), 9, Optional.empty(), Route.MAIN, 1));
        assertThat(neighbourhood().contains(NEAR6)).isFalse();
    }

    @Test
    void routingByRulesIsLeftToTheKernel() {
        routes.add(new Route(IpPrefix.parse("0.0.0.0/0"), Optional.of(NEAR4), UPLINK, Optional.empty(), 100, 0));
        assertThat(neighbourhood()).isEqualTo(Neighbourhood.NONE);
    }

    @Test
    void aTunnelAddressOnTheLoopbackHasNoLink() {
        assertThat(TunnelDriver.neighbourhood(0, List.of(OWN4), routes)).isEqualTo(Neighbourhood.NONE);
    }
}
