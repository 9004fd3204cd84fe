package io.weft.reference;

import static io.weft.reference.Worlds.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.World;
import io.weft.reference.Outcome.Answer;
import io.weft.reference.Outcome.Answered;
import io.weft.reference.Outcome.Delivered;
import io.weft.reference.Outcome.Dropped;
import io.weft.reference.Outcome.Left;
import io.weft.reference.Outcome.Reason;
import org.junit.jupiter.api.Test;

/** Address scopes as Neutron's guide for administrators has them. */
class ScopesTest {
    private static final Outcome APART = new Dropped(Reason.ADDRESS_SCOPE);
    private static final IpAddress STRANGER = IpAddress.parse("198.51.100.7");

    /** Two networks behind a router that leads out. */
    private static Worlds town(boolean snat) {
        return new Worlds()
                .outside("net", "203.0.113.0/24", "203.0.113.1")
                .node("gate", true)
                .network("red", 1450)
                .subnet("red4", "red", "10.0.0.0/24", "10.0.0.1")
                .network("blue", 1450)
                .subnet("blue4", "blue", "10.1.0.0/24", "10.1.0.1")
                .router("r")
                .routerInterface("r-red", "r", "red", "red4", "10.0.0.1")
                .routerInterface("r-blue", "r", "blue", "blue4", "10.1.0.1")
                .wayOut("r", "net", "203.0.113.9", snat, "gate")
                .port("a", "red", "red4", "10.0.0.10")
                .port("b", "blue", "blue4", "10.1.0.10");
    }

    private static Outcome send(World world, String from, String to) {
        return new Reachability(world).send(id(from), IpAddress.parse(to));
    }

    private static Outcome out(World world, String from) {
        return new Reachability(world).send(id(from), STRANGER);
    }

    private static Outcome enter(World world, String via, String to) {
        return new Forwarding(world)
                .enter(new OutsidePacket(
                        id("net"),
                        IpAddress.parse(via),
                        STRANGER,
                        IpAddress.parse(to),
                        Transport.echoRequest(IpFamily.IPV4),
                        60,
                        100));
    }

    private static void assertLeft(Outcome outcome, String source) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Left.class, left -> assertThat(left.source()).isEqualTo(IpAddress.parse(source)));
    }

    @Test
    void aRouterLeadsWithinAScopeAndNotToAnother() {
        assertThat(send(town(true).scoped("red4", "x").scoped("blue4", "x").build(), "a", "10.1.0.10"))
                .isInstanceOf(Delivered.class);
        World apart = town(true).scoped("red4", "x").scoped("blue4", "y").build();
        assertThat(send(apart, "a", "10.1.0.10")).isEqualTo(APART);
        assertThat(send(apart, "b", "10.0.0.10")).isEqualTo(APART);
        // The router itself is on both sides.
        assertThat(send(apart, "a", "10.1.0.1")).isEqualTo(new Answered(Answer.LOCAL, IpAddress.parse("10.1.0.1")));
        World half = town(true).scoped("red4", "x").build();
        assertThat(send(half, "b", "10.0.0.10")).isEqualTo(APART);
    }

    @Test
    void whatLeavesIsTranslatedOnlyToAnotherScope() {
        World world = town(true)
                .scoped("red4", "x")
                .scoped("net", "x")
                .scoped("blue4", "y")
                .build();
        assertLeft(out(world, "a"), "10.0.0.10");
        assertLeft(out(world, "b"), "203.0.113.9");
        World plain = town(false).scoped("red4", "x").scoped("net", "x").build();
        assertLeft(out(plain, "a"), "10.0.0.10");
        assertThat(out(plain, "b")).isEqualTo(APART);
    }

    @Test
    void whatComesInIsRoutedOnlyWithinAScope() {
        World world = town(true)
                .scoped("red4", "x")
                .scoped("net", "x")
                .scoped("blue4", "y")
                .build();
        assertThat(enter(world, "203.0.113.9", "10.0.0.10")).isInstanceOf(Delivered.class);
        assertThat(enter(world, "203.0.113.9", "10.1.0.10")).isEqualTo(APART);
        assertThat(enter(town(true).build(), "203.0.113.9", "10.0.0.10")).isEqualTo(new Dropped(Reason.NO_DESTINATION));
    }

    @Test
    void aFloatingIpStandsForItsPortInEveryScope() {
        World world = town(false)
                .scoped("net", "x")
                .scoped("blue4", "y")
                .floatingIp("f", "net", "203.0.113.20")
                .leads("f", "r", "b")
                .build();
        assertLeft(out(world, "b"), "203.0.113.20");
        assertThat(enter(world, "203.0.113.20", "203.0.113.20")).isInstanceOf(Delivered.class);
    }
}
