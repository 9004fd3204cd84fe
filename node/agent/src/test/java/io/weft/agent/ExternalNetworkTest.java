package io.weft.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.fixture.Host;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.kernel.socket.PacketSocket;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import io.weft.protocol.FloatingIpFact;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.NetworkNames;
import io.weft.protocol.PortForwardingFact;
import io.weft.protocol.RouterGateway;
import io.weft.protocol.RouterInterface;
import io.weft.protocol.SubnetFact;
import io.weft.protocol.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two agents lead an external network in and out, by records alone. */
class ExternalNetworkTest {
    private static final UUID EXTERNAL = new UUID('x', 0);
    private static final UUID GATEWAY = new UUID('g', 0);
    private static final UUID ROUTER = new UUID('r', 0);
    private static final IpPrefix SUBNET = IpPrefix.parse("203.0.113.0/24");
    private static final IpAddress OUTSIDE = IpAddress.parse("203.0.113.1");
    private static final IpAddress SHARED = IpAddress.parse("203.0.113.2");
    private static final IpAddress FLOATING = IpAddress.parse("203.0.113.50");
    private static final MacAddress FLOATING_MAC = MacAddress.parse("fa:16:3e:ff:50:50");
    private static final int ARP = 0x0806;

    @Test
    void floatingAndSharedAddressesFollowTheRecords(@TempDir Path directory) {
        try (AgentLab lab = new AgentLab(directory, List.of("--physical-networks", "public:external"))) {
            Host outside = outside(lab);
            lab.awaitReady("h1");
            lab.awaitReady("h2");
            for (String host : List.of("h1", "h2")) {
                lab.await(
                        host + " reports its physical network",
                        () -> lab.server.physicalNetworks(host).equals(Optional.of(List.of("public"))));
            }
            AgentLab.Guest floats = lab.guest(0, "h2");
            AgentLab.Guest shares = lab.guest(1, "h2");
            for (AgentLab.Guest guest : List.of(floats, shares)) {
                lab.attach(guest);
                lab.dhclient(guest, "-4");
            }
            lab.server.publish(List.of(
                    TestServer.put(
                            Topic.network(EXTERNAL),
                            new NetworkFact(EXTERNAL, 900, 1500, true, Optional.of("public"), NetworkNames.NONE)),
                    TestServer.put(Topic.network(EXTERNAL), subnet()),
                    TestServer.put(Topic.router(ROUTER), gateway("h1", "h2"))));
            lab.awaitPing(shares, OUTSIDE);
            assertThat(outside.run("ping", "-c1", "-W5", SHARED.toString()).succeeded())
                    .isTrue();

            try (PacketSocket listening = PacketSocket.open(outside.namespace(), outside.index("segment"), ARP)) {
                lab.server.publish(List.of(TestServer.put(Topic.router(ROUTER), floating(floats, "h2"))));
                lab.await("the address is announced", () -> announces(listening));
            }
            lab.await(
                    "the floating address is reached",
                    () -> outside.run("ping", "-c1", "-W1", FLOATING.toString()).succeeded());
            lab.awaitPing(floats, OUTSIDE);
            assertThat(neighbour(outside, FLOATING)).contains(FLOATING_MAC.toString());

            // The gateway's node is taken from the list: the other takes it, and the neighbours hear of it.
            assertThat(lab.status("h1")).contains("\"gateways\":1");
            lab.server.publish(List.of(TestServer.put(Topic.router(ROUTER), gateway("h2"))));
            lab.await("the other node holds it", () -> lab.status("h2").contains("\"gateways\":1"));
            assertThat(lab.status("h1")).contains("\"gateways\":0");
            lab.awaitPing(shares, OUTSIDE);
            lab.await(
                    "the router answers on its new node",
                    () -> outside.run("ping", "-c1", "-W1", SHARED.toString()).succeeded());

            lab.server.publish(List.of(
                    TestServer.delete(Topic.router(ROUTER), floating(floats, "h2")),
                    TestServer.put(Topic.router(ROUTER), forwarding(floats))));
            lab.await(
                    "the floating address is gone",
                    () -> !outside.run("ping", "-c1", "-W1", FLOATING.toString())
                            .succeeded());
            lab.awaitPing(floats, OUTSIDE);
            assertThat(lab.status("h1")).doesNotContain("physical network");
        }
    }

    private static Host outside(AgentLab lab) {
        Host outside = lab.lab.host("outside");
        outside.netlink().createBridge(LinkEnd.of("segment"));
        outside.up("segment").address("segment", OUTSIDE + "/24");
        for (String host : List.of("h1", "h2")) {
            lab.lab.connect(outside, "to-" + host, lab.host(host), "external");
            outside.netlink().setMaster(outside.index("to-" + host), outside.index("segment"));
        }
        return outside;
    }

    private static boolean announces(PacketSocket listening) {
        return listening
                .receive(Duration.ofSeconds(1))
                .filter(frame -> new MacAddress(mac(frame.bytes(), 22)).equals(FLOATING_MAC))
                .filter(frame -> frame.bytes()[28 + 3] == FLOATING.toBytes()[3]
                        && frame.bytes()[38 + 3] == FLOATING.toBytes()[3])
                .isPresent();
    }

    private static long mac(byte[] frame, int offset) {
        long bits = 0;
        for (int i = 0; i < 6; i++) {
            bits = bits << 8 | frame[offset + i] & 0xff;
        }
        return bits;
    }

    private static String neighbour(Host host, IpAddress address) {
        return host.require("ip", "neighbour", "show", address.toString());
    }

    private static SubnetFact subnet() {
        return new SubnetFact(
                new UUID('s', 99),
                EXTERNAL,
                SUBNET,
                Optional.of(OUTSIDE),
                false,
                Ipv6Mode.NONE,
                Ipv6Mode.NONE,
                List.of(),
                List.of());
    }

    private static RouterGateway gateway(String... hosts) {
        return new RouterGateway(
                GATEWAY,
                ROUTER,
                EXTERNAL,
                MacAddress.parse("fa:16:3e:ff:00:ee"),
                List.of(new RouterInterface.InterfaceAddress(SHARED, SUBNET)),
                List.of(OUTSIDE),
                true,
                901,
                List.of(hosts),
                true);
    }

    private static FloatingIpFact floating(AgentLab.Guest guest, String host) {
        return new FloatingIpFact(
                new UUID('f', 0),
                ROUTER,
                GATEWAY,
                EXTERNAL,
                FLOATING_MAC,
                FLOATING,
                guest.port(),
                guest.ipv4(),
                Optional.of(host));
    }

    private static PortForwardingFact forwarding(AgentLab.Guest guest) {
        return new PortForwardingFact(
                new UUID('w', 0),
                ROUTER,
                GATEWAY,
                EXTERNAL,
                MacAddress.parse("fa:16:3e:ff:60:60"),
                IpAddress.parse("203.0.113.60"),
                6,
                new PortForwardingFact.Ports(8000, 8009),
                guest.ipv4(),
                new PortForwardingFact.Ports(9000, 9009));
    }
}
