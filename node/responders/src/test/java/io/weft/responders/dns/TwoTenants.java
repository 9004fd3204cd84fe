package io.weft.responders.dns;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Two tenants with the same addresses and names, and a shared network that the first one's router joins. In each
 * tenant's network: {@code www} at 10.0.0.5 and 2001:db8:1::5, a port without a name at 10.0.0.6.
 */
final class TwoTenants {
    static final String DOMAIN = "cloud.example.";
    static final UUID RED = new UUID(1, 1);
    static final UUID RED_BACK = new UUID(1, 2);
    static final UUID BLUE = new UUID(1, 3);
    static final UUID SHARED = new UUID(1, 4);

    final Directory directory = new Directory();

    TwoTenants() {
        Set<UUID> joined = Set.of(RED, RED_BACK, SHARED);
        zone(RED, "red", "red.example.", joined, "10.0.0.0/24", "2001:db8:1::/64");
        zone(RED_BACK, "red", "", joined, "10.0.1.0/24");
        zone(BLUE, "blue", "", Set.of(BLUE), "10.0.0.0/24", "2001:db8:1::/64");
        zone(SHARED, "operator", "", joined, "198.18.0.0/23");
        for (UUID network : List.of(RED, BLUE)) {
            called(network, "10.0.0.5", "www", "");
            called(network, "2001:db8:1::5", "www", "");
            called(network, "10.0.0.6", "", "");
        }
        called(RED, "10.0.0.7", "mail", "other.example.");
        called(RED, "10.0.0.8", "a.deep", "");
        called(RED_BACK, "10.0.1.5", "db", "");
        called(RED_BACK, "10.0.1.6", "www", "");
        called(BLUE, "10.0.0.9", "secret", "");
        called(SHARED, "198.18.0.5", "ntp", "");
    }

    private void zone(UUID network, String project, String ownDomain, Set<UUID> routed, String... subnets) {
        directory.zone(
                network,
                Optional.of(new Zone(
                        project,
                        DOMAIN,
                        ownDomain,
                        List.of(subnets).stream().map(IpPrefix::parse).toList(),
                        routed)));
    }

    void called(UUID network, String address, String name, String domain) {
        directory.called(new NameKey(network, IpAddress.parse(address)), Optional.of(new Called(name, domain)));
    }

    void gone(UUID network, String address) {
        directory.called(new NameKey(network, IpAddress.parse(address)), Optional.empty());
    }

    Names red() {
        return directory.seenFrom(RED, "red");
    }

    Names blue() {
        return directory.seenFrom(BLUE, "blue");
    }

    /** A port of the second tenant in the shared network. */
    Names guest() {
        return directory.seenFrom(SHARED, "blue");
    }
}
