package io.weft.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.AddressPair;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.protocol.AddressClaim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** VRRP for IPv6 on a virtual MAC of its own (RFC 9568), between guests of two hosts that a pair allows it. */
class VirtualMacTest {
    private static final MacAddress VIRTUAL = MacAddress.parse("00:00:5e:00:02:34");
    private static final IpAddress SHARED = IpAddress.parse("2001:db8:0::100");

    @TempDir
    private Path directory = Path.of("");

    @Test
    void anAddressOnAVirtualMacIsReachedAndMovesToTheOtherHost() throws IOException {
        try (AgentLab lab = new AgentLab(directory)) {
            AgentLab.Guest first = lab.guest(0, "h1");
            AgentLab.Guest second = lab.guest(0, "h2");
            AgentLab.Guest client = lab.guest(0, "h2");
            AgentLab.Guest routed = lab.guest(1, "h1");
            lab.awaitReady("h1");
            lab.awaitReady("h2");
            lab.allow(List.of(new AddressPair(new IpPrefix(SHARED, 128), VIRTUAL)), first, second);
            for (AgentLab.Guest guest : List.of(first, second, client, routed)) {
                lab.attach(guest);
                guest.inside().up("eth0");
                lab.dhclient(guest, "-4");
            }
            for (AgentLab.Guest guest : List.of(first, second, client)) {
                guest.inside().address("eth0", guest.ipv6() + "/64");
                guest.inside().route("::/0", "2001:db8::1");
            }

            keepalived(first, 200);
            lab.await("the first has the address", () -> has(first));
            keepalived(second, 100);
            lab.awaitPing(client, SHARED);
            lab.awaitPing(routed, SHARED);
            assertThat(client.inside().require("ip", "-6", "neighbour", "show", SHARED.toString()))
                    .contains(VIRTUAL.toString());
            // The second hears the first: it does not take the address.
            assertThat(has(second)).as(lab.logs()).isFalse();

            lab.await(
                    "the first's claim is filed",
                    () -> lab.server.claims("h1").equals(List.of(new AddressClaim(first.port(), SHARED, VIRTUAL))));
            assertThat(lab.server.claims("h2")).isEmpty();

            first.inside().down("eth0");
            lab.await("the second has the address", () -> has(second));
            lab.awaitPing(client, SHARED);
            lab.awaitPing(routed, SHARED);

            lab.await(
                    "the second's claim is filed",
                    () -> lab.server.claims("h2").equals(List.of(new AddressClaim(second.port(), SHARED, VIRTUAL))));
            lab.await(
                    "the first's claim is taken back",
                    () -> lab.server.claims("h1").isEmpty());

            // The link-local address of the virtual MAC belongs to it as much as to any.
            IpAddress linkLocal = VIRTUAL.eui64Address(IpPrefix.parse("fe80::/64"));
            second.inside().require("ip", "address", "add", linkLocal + "/64", "dev", "vrrp.52", "nodad");
            lab.await(
                    "the link-local address is reached",
                    () -> client.inside()
                            .run("ping", "-c1", "-W1", linkLocal + "%eth0")
                            .succeeded());
        }
    }

    private static boolean has(AgentLab.Guest guest) {
        return guest.inside().require("ip", "-6", "-o", "address").contains(SHARED + "/128");
    }

    private void keepalived(AgentLab.Guest guest, int priority) throws IOException {
        Path file = directory.resolve(guest.inside().name() + ".conf");
        Files.writeString(file, """
                global_defs {
                    vrrp_version 3
                    vrrp_garp_master_delay 1
                    script_user root
                }
                vrrp_instance six {
                    state BACKUP
                    interface eth0
                    use_vmac vrrp.52
                    virtual_router_id 52
                    priority %d
                    advert_int 0.1
                    virtual_ipaddress {
                        fe80::100/64
                        %s/128
                    }
                }
                """.formatted(priority, SHARED));
        guest.inside()
                .start(
                        "keepalived",
                        "-n",
                        "-P",
                        "-l",
                        "-f",
                        file.toString(),
                        "-p",
                        directory.resolve(guest.inside().name() + ".pid").toString(),
                        "-r",
                        directory.resolve(guest.inside().name() + ".vrrp.pid").toString());
    }
}
