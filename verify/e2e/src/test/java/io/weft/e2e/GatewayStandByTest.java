package io.weft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Two hosts that may be a router's gateway, a third one with a workload that reaches out by it, and somebody on the segment
 * outside who asks all the time who has the router's address. Whatever is cut, no question gets two answers.
 */
@Tag("alone")
class GatewayStandByTest {
    private static final String OUTSIDE = WayOut.OUTSIDE;
    private static final int ECHO = 7008;

    /** Answers, fifty a second: a gateway that nobody hears would have been taken twice meanwhile. */
    private static final int LONG_ENOUGH = 150;

    private static final Pattern LOSS = Pattern.compile("(\\d+) packets transmitted, (\\d+) received");

    private static Cloud cloud;
    private static Host one;
    private static Host two;
    private static Host three;
    private static Workload outside;
    private static Workload guest;
    private static OutsideProbe probe;

    @BeforeAll
    static void buildTheNetwork() {
        cloud = Cloud.build(Cloud.IpFamilyOfUnderlay.IPV4);
        cloud.addServer();
        one = cloud.addHost("host1", WayOut.UPLINK);
        two = cloud.addHost("host2", WayOut.UPLINK);
        three = cloud.addHost("host3");
        Api api = cloud.api("tenant");
        WayOut wayOut = WayOut.make(cloud, api, one, two);
        outside = wayOut.outside();
        outside.start("socat", "TCP4-LISTEN:" + ECHO + ",fork,reuseaddr", "EXEC:cat");
        Wait.until(
                "the host outside to listen", () -> outside.run("ss", "-Hltn").contains(":" + ECHO));
        String port = id(api.create("port", Map.of("network_id", wayOut.network(), "binding:host_id", three.name())));
        guest = three.attach("guest", port);
        guest.dhcp();
        guest.awaitAddresses(1);
        cloud.awaitActive(api, List.of(port));
        probe = new OutsideProbe(
                outside, Map.of(one.name(), WayOut.link(one), two.name(), WayOut.link(two)), wayOut.gateway());
        cloud.closeLater(probe);
        Wait.until("the guest to reach out", () -> guest.pings(OUTSIDE));
    }

    private static String id(JsonNode node) {
        return node.get("id").asString();
    }

    @AfterAll
    static void removeTheNetwork() {
        cloud.close();
    }

    @AfterEach
    void noQuestionHadTwoAnswers() {
        cloud.heal();
        assertThat(probe.contradictions()).isEmpty();
        System.out.println("longest silence so far: " + probe.longestSilence() + " ms");
    }

    private static Host holder() {
        return cloud.host(probe.answerer());
    }

    private static Host other(Host host) {
        return host == one ? two : one;
    }

    /** Waits until the host's agent answers. */
    private static void awaitAgent(Host host) {
        host.weft("ports");
    }

    @Test
    void withoutServersTheGatewayStaysWhereItIs() {
        Host holder = holder();
        Background ping = guest.start("ping", "-n", "-i", "0.02", OUTSIDE);
        Wait.until("ping to begin", () -> ping.output().contains("bytes from"));
        cloud.server().kill();
        probe.awaitAnswers(holder.name(), LONG_ENOUGH);
        // Nor does it go with its agent.
        holder.agent().kill();
        probe.awaitAnswers(holder.name(), LONG_ENOUGH);
        holder.startAgent();
        awaitAgent(holder);
        probe.awaitAnswers(holder.name(), LONG_ENOUGH);
        Shell.run("kill", "-INT", Long.toString(ping.pid()));
        Wait.until("ping to end", () -> !ping.isAlive());
        Matcher matcher = LOSS.matcher(ping.output());
        assertThat(matcher.find()).as(ping.output()).isTrue();
        assertThat(Integer.parseInt(matcher.group(2)))
                .as(ping.output())
                .isGreaterThanOrEqualTo(Integer.parseInt(matcher.group(1)) - 1);
        cloud.server().start();
    }

    @Test
    void whenItsNodeDiesTheOtherTakesItWithoutServersAndConnectionsGoOn() {
        Host holder = holder();
        Host next = other(holder);
        // Lines that come back one by one: whoever loses the connection sees no more of them.
        Background talk = guest.start(
                "sh",
                "-c",
                "i=0; while :; do i=$((i+1)); echo line$i.; sleep 0.05; done | socat -t 5 - TCP4:" + OUTSIDE + ":"
                        + ECHO);
        Wait.until("the connection to stand", () -> talk.output().contains("line5."));
        cloud.server().kill();
        holder.lose();
        probe.awaitAnswers(next.name(), 20);
        Wait.until("the guest to reach out", () -> guest.pings(OUTSIDE));
        int seen = talk.output().length();
        Wait.until("the connection to go on", () -> talk.output().length() > seen + 200);
        talk.kill();

        holder.startAgent();
        cloud.server().start();
        awaitAgent(holder);
        // The gateway stays where it is now.
        probe.awaitAnswers(next.name(), LONG_ENOUGH);
        assertThat(guest.pings(OUTSIDE)).isTrue();
    }

    @Test
    void aGatewayThatIsCutOffFromAllOthersYields() {
        Host holder = holder();
        Host next = other(holder);
        for (Host host : List.of(next, three)) {
            cloud.cut(holder, host);
            cloud.cut(host, holder);
        }
        Wait.until("the other to answer", () -> holder() == next);
        Wait.until("the guest to reach out", () -> guest.pings(OUTSIDE));
        cloud.heal();
        probe.awaitAnswers(next.name(), LONG_ENOUGH);
        assertThat(guest.pings(OUTSIDE)).isTrue();
    }

    @Test
    void aGatewayThatNobodyHearsYields() {
        Host holder = holder();
        Host next = other(holder);
        cloud.cut(holder, next);
        cloud.cut(holder, three);
        Wait.until("the other to answer", () -> holder() == next);
        Wait.until("the guest to reach out", () -> guest.pings(OUTSIDE));
    }

    @Test
    void gatewaysThatLostEachOtherAloneMoveNothing() {
        Host holder = holder();
        cloud.cut(other(holder), holder);
        probe.awaitAnswers(holder.name(), LONG_ENOUGH);
        cloud.cut(holder, other(holder));
        probe.awaitAnswers(holder.name(), LONG_ENOUGH);
        assertThat(guest.pings(OUTSIDE)).isTrue();
    }

    @Test
    void aGatewayWhoseCableOutsideIsPulledYields() {
        Host holder = holder();
        outside.run("ip", "link", "set", WayOut.link(holder), "down");
        Wait.until("the other to answer", () -> holder() == other(holder));
        Wait.until("the guest to reach out", () -> guest.pings(OUTSIDE));
        outside.run("ip", "link", "set", WayOut.link(holder), "up");
        probe.awaitAnswers(other(holder).name(), LONG_ENOUGH);
    }
}
