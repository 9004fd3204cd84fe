package io.weft.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.socket.TapDevice;
import io.weft.protocol.PortReport;
import io.weft.protocol.Topic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void workloadsGetAddressesAndReachEachOtherWhoeverOfServerAndAgentIsGone() throws Exception {
        try (AgentLab lab = new AgentLab(directory)) {
            AgentLab.Guest here = lab.guest(0, "h1");
            AgentLab.Guest there = lab.guest(0, "h2");
            AgentLab.Guest routed = lab.guest(1, "h2");
            lab.awaitReady("h1");
            lab.awaitReady("h2");
            lab.await(
                    "the port without a device is down",
                    () -> lab.server
                            .port("h1", here.port())
                            .filter(report -> report.state() == PortReport.State.DOWN)
                            .isPresent());

            for (AgentLab.Guest guest : List.of(here, there, routed)) {
                lab.attach(guest);
                lab.dhclient(guest, "-4");
            }
            lab.dhclient(here, "-6");
            lab.dhclient(there, "-6");
            lab.await(
                    "ports are up", () -> List.of(here, there, routed).stream().allMatch(lab::isUp));
            assertThat(here.inside().require("ip", "-4", "-o", "address", "show", "dev", "eth0"))
                    .contains(here.ipv4() + "/24");
            assertThat(here.inside().require("ip", "-4", "route")).contains("default via 10.0.0.1");
            assertThat(here.inside().require("ip", "-6", "-o", "address", "show", "dev", "eth0"))
                    .contains(here.ipv6().toString());
            lab.await(
                    "SLAAC by the answer to a solicitation",
                    () -> routed.inside()
                            .require("ip", "-6", "-o", "address", "show", "dev", "eth0")
                            .contains(routed.ipv6().toString()));
            lab.awaitPing(here, there.ipv4());
            lab.awaitPing(here, routed.ipv4());
            lab.awaitPing(here, there.ipv6());
            lab.awaitPing(here, routed.ipv6());

            killedAgentLosesNoPacket(lab, here, there);
            withoutServer(lab, here, routed);
            detached(lab, here);
            tapRecognisedByItsName(lab);
            purgedWithoutTrace(lab);
        }
    }

    private static void killedAgentLosesNoPacket(AgentLab lab, AgentLab.Guest here, AgentLab.Guest there)
            throws IOException, InterruptedException {
        Process ping = here.inside()
                .start(here.inside()
                        .builder(
                                "ping",
                                "-i",
                                "0.01",
                                "-w",
                                "60",
                                "-q",
                                there.ipv4().toString())
                        .redirectErrorStream(true));
        lab.agent("h1").destroyForcibly().waitFor();
        lab.agent("h2").destroyForcibly().waitFor();
        lab.startAgent("h1");
        lab.startAgent("h2");
        lab.awaitReady("h1");
        lab.awaitReady("h2");
        // Enough for the sweep that follows the server's first word.
        lab.await("the agents speak to the server", () -> lab.status("h1").contains("\"connected\":true"));
        lab.server.publish(List.of());
        new ProcessBuilder("kill", "-INT", Long.toString(ping.pid())).start().waitFor();
        String output = new String(ping.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(output).as(lab.logs()).contains(" 0% packet loss");
    }

    private static void withoutServer(AgentLab lab, AgentLab.Guest here, AgentLab.Guest routed)
            throws InterruptedException {
        AgentLab.Guest late = lab.guest(0, "h1");
        lab.await("the port is known", () -> lab.server.port("h1", late.port()).isPresent());
        // What is known is on disk soon, and at an orderly end at once.
        lab.agent("h1").destroy();
        lab.agent("h1").waitFor();
        lab.server.stop();
        lab.startAgent("h1");
        lab.awaitReady("h1");
        assertThat(lab.status("h1")).contains("\"connected\":false");
        lab.attach(late);
        lab.dhclient(late, "-4");
        lab.awaitPing(late, here.ipv4());
        lab.awaitPing(late, routed.ipv4());
        lab.server.listen("h1", lab.host("h1").namespace());
        lab.server.listen("h2", lab.host("h2").namespace());
        lab.await("the port is up when the server is back", () -> lab.isUp(late));
    }

    private static void detached(AgentLab lab, AgentLab.Guest here) {
        lab.request("h1", "/v1/ports/" + here.port() + "/detach", Map.of());
        lab.await("the port is down", () -> !lab.isUp(here));
        lab.server.publish(List.of(
                TestServer.delete(Topic.network(AgentLab.network(0)), AgentLab.endpoint(here)),
                TestServer.delete(Topic.node("h1"), AgentLab.localPort(here))));
        assertThat(lab.server.problems("h1")).isEmpty();
    }

    private static void tapRecognisedByItsName(AgentLab lab) {
        AgentLab.Guest guest = lab.guest(0, "h1");
        String name = "tap" + guest.port().toString().substring(0, 11);
        try (TapDevice tap = TapDevice.open(lab.host("h1").namespace(), name, false)) {
            lab.host("h1").up(name);
            lab.await("the port of the tap is up", () -> lab.isUp(guest));
            assertThat(tap).isNotNull();
        }
        lab.await("the port is down when the tap is gone", () -> !lab.isUp(guest));
    }

    private static void purgedWithoutTrace(AgentLab lab) throws InterruptedException {
        assertThat(lab.pins("h2")).isDirectory();
        lab.agent("h2").destroy();
        lab.agent("h2").waitFor();
        assertThat(lab.purge("h2").succeeded()).as(lab.logs()).isTrue();
        assertThat(lab.pins("h2")).doesNotExist();
        assertThat(lab.host("h2").netlink().links())
                .noneMatch(link -> link.name().startsWith("weft"))
                .noneMatch(link -> link.alias().startsWith("weft:"));
    }
}
