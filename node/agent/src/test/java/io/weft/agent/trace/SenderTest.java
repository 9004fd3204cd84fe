package io.weft.agent.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.model.Route;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** To whom a guest would send. */
class SenderTest {
    private final Sender sender = new Sender(
            new UUID(0, 1),
            7,
            OptionalInt.empty(),
            new MacAddress(2),
            List.of(ip("10.0.0.11"), ip("10.9.0.11"), ip("fe80::1"), ip("2001:db8::11")),
            List.of(
                    subnet("10.0.0.0/24", "10.0.0.1", new Route(IpPrefix.parse("192.0.2.0/24"), ip("10.0.0.9"))),
                    subnet("10.9.0.0/24", "10.9.0.1"),
                    subnet("2001:db8::/64", "2001:db8::1")));

    private static Sender.Subnet subnet(String cidr, String gateway, Route... routes) {
        return new Sender.Subnet(IpPrefix.parse(cidr), Optional.of(ip(gateway)), List.of(routes));
    }

    private static IpAddress ip(String text) {
        return IpAddress.parse(text);
    }

    @Test
    void whatIsOnTheLinkIsSentThereFromTheAddressInTheSameSubnet() {
        assertThat(sender.nextHop(ip("10.9.0.20"))).contains(ip("10.9.0.20"));
        assertThat(sender.source(ip("10.9.0.20"))).contains(ip("10.9.0.11"));
        assertThat(sender.nextHop(ip("169.254.169.254"))).contains(ip("169.254.169.254"));
    }

    @Test
    void everythingElseGoesToTheRouterOfTheLongestRouteThatTheGuestWasTold() {
        assertThat(sender.nextHop(ip("192.0.2.5"))).contains(ip("10.0.0.9"));
        assertThat(sender.nextHop(ip("198.51.100.1"))).contains(ip("10.0.0.1"));
        assertThat(sender.nextHop(ip("2001:db8:1::1"))).contains(ip("2001:db8::1"));
        assertThat(sender.source(ip("2001:db8:1::1"))).contains(ip("2001:db8::11"));
    }

    @Test
    void withoutAnAddressOrARouterOfTheFamilyThereIsNoWay() {
        Sender lonely = new Sender(
                new UUID(0, 1),
                7,
                OptionalInt.empty(),
                new MacAddress(2),
                List.of(ip("10.0.0.11")),
                List.of(new Sender.Subnet(IpPrefix.parse("10.0.0.0/24"), Optional.empty(), List.of())));
        assertThat(lonely.nextHop(ip("198.51.100.1"))).isEmpty();
        assertThat(lonely.source(ip("2001:db8::1"))).isEmpty();
    }
}
