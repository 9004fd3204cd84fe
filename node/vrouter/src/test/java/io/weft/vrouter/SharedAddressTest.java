package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.fixture.Lab;
import io.weft.model.IpAddress;
import io.weft.vrouter.DataCentre.Gateway;
import io.weft.vrouter.DataCentre.Guest;
import io.weft.vrouter.DataCentre.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An address that two guests on two hosts share by VRRP: found by who asks, and moved within a second. */
class SharedAddressTest {
    private static final String SHARED4 = "10.0.1.100";
    private static final String SHARED6 = "2001:db8:1::100";
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir
    private Path directory;

    @Test
    void aVrrpAddressMovesToTheOtherHostWithoutAgentAndServer() throws IOException {
        try (DataCentre centre = new DataCentre(false)) {
            Site one = centre.site("one");
            Site two = centre.site("two");
            centre.network(100, false, true, false);
            centre.network(200, false, false, false);
            Gateway red = centre.gateway(1, 100, "10.0.1.0/24", "2001:db8:1::/64");
            Gateway blue = centre.gateway(1, 200, "10.0.2.0/24", "2001:db8:2::/64");
            Guest first = centre.guest("first", one, red, 11);
            Guest second = centre.guest("second", two, red, 12);
            Guest neighbour = centre.guest("neighbour", one, red, 13);
            Guest routed = centre.guest("routed", two, blue, 14);
            centre.publish();
            centre.share(SHARED4 + "/32", first, second);
            centre.share(SHARED6 + "/128", first, second);

            keepalived(first, 200);
            awaitOwner(centre, two, first);
            keepalived(second, 100);
            reaches(centre, neighbour);
            reaches(centre, routed);

            first.inside().down("eth0");
            long start = System.nanoTime();
            awaitOwner(centre, one, second);
            awaitOwner(centre, two, second);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
            reaches(centre, neighbour);
            reaches(centre, routed);
            assertThat(owner(one, SHARED4).place()).isEqualTo(Place.remote(two.node()));
            assertThat(owner(two, SHARED4).place()).isEqualTo(Place.local(second.ifindex()));

            // A node that has heard nothing asks by itself, and the answer is told to it.
            for (Site site : new Site[] {one, two}) {
                site.vrouter().tables().learnedAddresses().remove(key(SHARED4));
                site.vrouter().tables().learnedAddresses().remove(key(SHARED6));
            }
            assertThat(routed.inside()
                            .run("ping", "-c4", "-i0.2", "-W1", "-q", SHARED4)
                            .succeeded())
                    .as(centre.drops())
                    .isTrue();
            assertThat(routed.site().vrouter().counters(routed.number()).drops(DropReason.RESOLVING))
                    .isPositive();
        }
    }

    private static AddressKey key(String address) {
        return new AddressKey(100, IpAddress.parse(address));
    }

    private static LearnedAddress owner(Site site, String address) {
        return site.vrouter().tables().learnedAddresses().get(key(address)).orElseThrow();
    }

    private static void awaitOwner(DataCentre centre, Site site, Guest guest) {
        for (String address : new String[] {SHARED4, SHARED6}) {
            try {
                Lab.await(
                        site.host().name() + " knows that " + guest.name() + " has " + address,
                        LIMIT,
                        () -> site.vrouter()
                                .tables()
                                .learnedAddresses()
                                .get(key(address))
                                .filter(learned -> learned.mac().equals(guest.mac()))
                                .isPresent());
            } catch (AssertionError e) {
                throw new AssertionError(
                        e.getMessage() + "\n" + centre.drops()
                                + site.vrouter().tables().learnedAddresses().dump(),
                        e);
            }
        }
    }

    private static void reaches(DataCentre centre, Guest from) {
        for (String address : new String[] {SHARED4, SHARED6}) {
            var output = from.inside().run("ping", "-c3", "-i0.2", "-W1", "-q", address);
            assertThat(output.succeeded())
                    .as("%s to %s: %s%n%s", from.name(), address, output.output(), centre.drops())
                    .isTrue();
        }
    }

    private void keepalived(Guest guest, int priority) throws IOException {
        Path file = directory.resolve(guest.name() + ".conf");
        Files.writeString(file, """
                global_defs {
                    vrrp_version 3
                    vrrp_garp_master_delay 1
                    script_user root
                }
                vrrp_instance four {
                    state BACKUP
                    interface eth0
                    virtual_router_id 51
                    priority %1$d
                    advert_int 0.1
                    virtual_ipaddress {
                        %2$s/32 dev eth0
                    }
                }
                vrrp_instance six {
                    state BACKUP
                    interface eth0
                    virtual_router_id 52
                    priority %1$d
                    advert_int 0.1
                    virtual_ipaddress {
                        fe80::100/64 dev eth0
                        %3$s/128 dev eth0
                    }
                }
                """.formatted(priority, SHARED4, SHARED6));
        guest.inside()
                .start(
                        "keepalived",
                        "-n",
                        "-P",
                        "-l",
                        "-f",
                        file.toString(),
                        "-p",
                        directory.resolve(guest.name() + ".pid").toString(),
                        "-r",
                        directory.resolve(guest.name() + ".vrrp.pid").toString());
    }
}
