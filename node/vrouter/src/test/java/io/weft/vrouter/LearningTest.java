package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.fixture.Host;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.vrouter.DataCentre.Gateway;
import io.weft.vrouter.DataCentre.Guest;
import io.weft.vrouter.DataCentre.Site;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/** A guest without port security has others behind it, whose MACs and addresses are in no table. */
class LearningTest {
    private static final MacAddress HIDDEN = MacAddress.parse("02:00:00:00:00:50");

    @Test
    void whatStandsBehindAnUnsecuredPortIsFoundFromTheOtherHost() {
        try (DataCentre centre = new DataCentre(false)) {
            Site one = centre.site("one");
            Site two = centre.site("two");
            centre.network(100, false, false, true);
            Gateway red = centre.gateway(1, 100, "10.0.1.0/24", "2001:db8:1::/64");
            Guest near = centre.guest("near", one, red, 11);
            Guest bridging =
                    centre.guest("bridging", two, red, 12, EnumSet.of(Port.Flag.ADMIN_UP, Port.Flag.PEER_REDIRECT));
            Guest secured = centre.guest("secured", two, red, 13);
            centre.publish();
            FloodKey first = new FloodKey(100, FloodKey.List.UNSECURED, 0);
            one.vrouter().tables().flood().put(first, Place.remote(two.node()));
            two.vrouter().tables().flood().put(first, Place.local(bridging.ifindex()));

            bridging.inside()
                    .require(
                            "ip",
                            "link",
                            "add",
                            "link",
                            "eth0",
                            "name",
                            "hidden",
                            "address",
                            HIDDEN.toString(),
                            "type",
                            "macvlan",
                            "mode",
                            "bridge");
            Host hidden = centre.lab().host("hidden");
            bridging.inside().netlink().moveTo(bridging.inside().index("hidden"), hidden.namespace());
            hidden.up("hidden").address("hidden", "10.0.1.50/24").address("hidden", "2001:db8:1::50/64");

            for (String address : new String[] {"10.0.1.50", "2001:db8:1::50"}) {
                var output = near.inside().run("ping", "-c2", "-i0.2", "-W2", "-q", address);
                assertThat(output.succeeded())
                        .as(
                                "%s%n%s%n%s",
                                output.output(),
                                centre.drops(),
                                one.vrouter().tables().learnedAddresses().dump())
                        .isTrue();
                assertThat(one.vrouter().tables().learnedAddresses().get(new AddressKey(100, IpAddress.parse(address))))
                        .get()
                        .extracting(LearnedAddress::mac, LearnedAddress::place)
                        .containsExactly(HIDDEN, Place.remote(two.node()));
            }
            assertThat(one.vrouter().tables().learnedMacs().get(new MacKey(100, HIDDEN)))
                    .get()
                    .extracting(LearnedMac::place)
                    .isEqualTo(Place.remote(two.node()));
            assertThat(one.vrouter().tables().learnedAddresses().get(new AddressKey(100, secured.ipv4())))
                    .as("what the tables say is not learned")
                    .isEmpty();
        }
    }
}
