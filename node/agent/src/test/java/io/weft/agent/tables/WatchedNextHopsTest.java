package io.weft.agent.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.agent.policy.PolicyLimits;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.protocol.Fact;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.NetworkNames;
import io.weft.protocol.RouterFact;
import io.weft.protocol.RouterGateway;
import io.weft.protocol.RouterInterface;
import io.weft.protocol.Subscription;
import io.weft.protocol.Topic;
import io.weft.vrouter.GroupMemberKey;
import io.weft.vrouter.MacKey;
import io.weft.vrouter.NextHop;
import io.weft.vrouter.Route;
import io.weft.vrouter.RouteKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which next hops the default route of a router with three gateways names, as they are lost and found. */
class WatchedNextHopsTest {
    private static final UUID ROUTER = new UUID('r', 0);
    private static final Limits LIMITS = new Limits(64, 64, 64, 64, new PolicyLimits(64, 64, 10_000, 10_000));
    private static final IpPrefix ALL = IpPrefix.parse("0.0.0.0/0");

    private static UUID gateway(int number) {
        return new UUID('g', number);
    }

    private static MacAddress mac(int number) {
        return new MacAddress(0xfa163e000000L + number);
    }

    private static Fold fold(Remembered remembered, boolean shares, boolean bfd) {
        Fold fold = new Fold("host", LIMITS, remembered);
        put(fold, Topic.router(ROUTER), new RouterFact(ROUTER, true));
        for (int number = 0; number < 3; number++) {
            UUID network = new UUID('n', number);
            put(
                    fold,
                    Topic.network(network),
                    new NetworkFact(network, 900 + number, 1500, true, Optional.of("out" + number), NetworkNames.NONE));
            put(
                    fold,
                    Topic.router(ROUTER),
                    new RouterGateway(
                            gateway(number),
                            ROUTER,
                            network,
                            mac(number),
                            List.of(new RouterInterface.InterfaceAddress(
                                    IpAddress.parse("203.0." + number + ".9"),
                                    IpPrefix.parse("203.0." + number + ".0/24"))),
                            List.of(IpAddress.parse("203.0." + number + ".1")),
                            true,
                            800 + number,
                            List.of("other"),
                            true,
                            number,
                            shares,
                            bfd));
        }
        fold.flush();
        return fold;
    }

    private static void put(Fold fold, Topic topic, Fact fact) {
        fold.apply(List.of(new Subscription.Difference(topic, fact.key(), Optional.empty(), Optional.of(fact))));
    }

    private static void lose(Fold fold, int number, IpFamily... families) {
        fold.holder(ROUTER, gateway(number), Optional.of("other"), Optional.of(Set.of(families)));
        fold.flush();
    }

    /** The networks that the default route leads to. */
    private static List<Integer> ways(Fold fold) {
        DesiredTable<RouteKey, Route> routes = fold.tables().routes();
        RouteKey key = routes.keys().stream()
                .filter(one -> one.prefix().equals(ALL))
                .findFirst()
                .orElseThrow();
        return switch (routes.get(key).orElseThrow()) {
            case Route.External(NextHop hop) -> List.of(hop.network());
            case Route.ExternalGroup(int group, int size) ->
                IntStream.range(0, size)
                        .mapToObj(slot -> fold.tables()
                                .groupMembers()
                                .get(new GroupMemberKey(group, slot))
                                .orElseThrow()
                                .network())
                        .toList();
            default -> List.of();
        };
    }

    @Test
    void sharedRoutesLeaveOutWhatIsLostAndTakeItBack() {
        Fold fold = fold(Remembered.nothing(), true, true);
        assertThat(ways(fold)).containsExactly(900, 901, 902);
        lose(fold, 1, IpFamily.IPV4);
        assertThat(ways(fold)).containsExactly(900, 902);
        lose(fold, 0, IpFamily.IPV4, IpFamily.IPV6);
        assertThat(ways(fold)).containsExactly(902);
        lose(fold, 2, IpFamily.IPV4);
        assertThat(ways(fold)).as("none lives").containsExactly(900, 901, 902);
        lose(fold, 1);
        assertThat(ways(fold)).containsExactly(901);
        lose(fold, 1, IpFamily.IPV6);
        assertThat(ways(fold)).as("another family").containsExactly(901);
        lose(fold, 0);
        lose(fold, 2);
        assertThat(ways(fold)).containsExactly(900, 901, 902);
    }

    @Test
    void theFirstThatLivesIsTheDefault() {
        Fold fold = fold(Remembered.nothing(), false, true);
        assertThat(ways(fold)).containsExactly(900);
        lose(fold, 0, IpFamily.IPV4);
        assertThat(ways(fold)).containsExactly(901);
        lose(fold, 0);
        assertThat(ways(fold)).containsExactly(900);
    }

    @Test
    void whoDoesNotAskForItLosesNothing() {
        Fold fold = fold(Remembered.nothing(), false, false);
        lose(fold, 0, IpFamily.IPV4);
        assertThat(ways(fold)).containsExactly(900);
    }

    @Test
    void anotherProcessGoesOnWithWhatTheKernelHas() {
        Remembered remembered = new Remembered(
                Map.of(),
                Map.of(new MacKey(900, mac(0)), 5),
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                Set.of(),
                Map.of(new RouteKey(5, ALL), Set.of(901, 902)));
        Fold fold = fold(remembered, true, true);
        assertThat(ways(fold)).containsExactly(901, 902);
        fold.holder(ROUTER, gateway(0), Optional.of("other"), Optional.empty());
        fold.flush();
        assertThat(ways(fold)).as("nobody knows yet").containsExactly(901, 902);
        lose(fold, 0);
        assertThat(ways(fold)).containsExactly(900, 901, 902);
    }
}
