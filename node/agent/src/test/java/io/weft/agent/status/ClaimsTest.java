package io.weft.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.protocol.AddressClaim;
import io.weft.protocol.NodeReport;
import io.weft.vrouter.AddressKey;
import io.weft.vrouter.LearnedAddress;
import io.weft.vrouter.Place;
import io.weft.vrouter.VrouterEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ClaimsTest {
    private static final MacAddress MAC = MacAddress.parse("fa:16:3e:00:00:01");
    private static final IpAddress SHARED = IpAddress.parse("10.0.0.100");

    private final Claims claims = new Claims();

    private static Optional<UUID> port(int ifindex) {
        return Optional.of(new UUID(0, ifindex));
    }

    private static VrouterEvent.Learned learned(IpAddress address, Place place) {
        return new VrouterEvent.Learned(100, address, MAC, place);
    }

    private static AddressClaim claim(int port, IpAddress address) {
        return new AddressClaim(new UUID(0, port), address, MAC);
    }

    @Test
    void whatAPortOfTheNodeAnnouncesIsClaimedUntilAnotherNodeDoes() {
        claims.learned(learned(SHARED, Place.local(5)));
        assertThat(claims.news(ClaimsTest::port)).contains(List.of(claim(5, SHARED)));
        assertThat(claims.news(ClaimsTest::port)).isEmpty();
        claims.learned(learned(SHARED, Place.local(6)));
        assertThat(claims.news(ClaimsTest::port)).contains(List.of(claim(6, SHARED)));
        claims.learned(learned(SHARED, Place.remote(1)));
        assertThat(claims.news(ClaimsTest::port)).contains(List.of());
    }

    @Test
    void aDeviceThatIsNoPortsHoldsNothing() {
        claims.learned(learned(SHARED, Place.local(5)));
        assertThat(claims.news(ClaimsTest::port)).isPresent();
        assertThat(claims.news(ifindex -> Optional.empty())).contains(List.of());
        assertThat(claims.news(ifindex -> Optional.empty())).isEmpty();
    }

    @Test
    void linkLocalAddressesAreNotWorthTelling() {
        claims.learned(learned(IpAddress.parse("fe80::100"), Place.local(5)));
        assertThat(claims.news(ClaimsTest::port)).isEmpty();
    }

    @Test
    void theLatestAreKeptAndNoMoreThanAReportHolds() {
        for (int i = 0; i <= NodeReport.MAX_CLAIMS; i++) {
            claims.learned(learned(SHARED.plus(i), Place.local(5)));
        }
        assertThat(claims.news(ClaimsTest::port).orElseThrow())
                .hasSize(NodeReport.MAX_CLAIMS)
                .doesNotContain(claim(5, SHARED))
                .contains(claim(5, SHARED.plus(NodeReport.MAX_CLAIMS)));
    }

    @Test
    void whatAFormerProcessLearnedCounts() {
        claims.restore(Map.of(
                new AddressKey(100, SHARED),
                new LearnedAddress(MAC, Place.local(5), 1),
                new AddressKey(100, SHARED.plus(1)),
                new LearnedAddress(MAC, Place.remote(2), 2)));
        assertThat(claims.news(ClaimsTest::port)).contains(List.of(claim(5, SHARED)));
    }
}
