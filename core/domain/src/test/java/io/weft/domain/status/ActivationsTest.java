package io.weft.domain.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ActivationsTest {
    private static final UUID NETWORK = new UUID(1, 1);
    private static final UUID OTHER = new UUID(1, 2);
    private static final UUID PORT = new UUID(2, 1);
    private static final UUID SECOND = new UUID(2, 2);
    private static final long LATE = Activations.PATIENCE.toNanos();

    private final Activations activations = new Activations();
    private final Map<UUID, Long> inForce = new HashMap<>();
    private long elsewhere = Long.MAX_VALUE;

    private void look(long now) {
        activations.look(network -> inForce.getOrDefault(network, Long.MAX_VALUE), r -> elsewhere >= r, now);
    }

    @Test
    void aPortWaitsUntilTheNodesOfItsNetworkHaveItsRevision() {
        inForce.put(NETWORK, 6L);
        inForce.put(OTHER, 1L);
        activations.began(PORT, NETWORK, 7, 0);
        activations.began(SECOND, OTHER, 8, 0);
        look(1);
        assertThat(activations.waitsFor(PORT)).isTrue();
        inForce.put(NETWORK, 7L);
        look(2);
        assertThat(activations.waitsFor(PORT)).isFalse();
        assertThat(activations.waitsFor(SECOND)).describedAs("another network").isTrue();
    }

    @Test
    void noPortWaitsForLongerThanHalfASecond() {
        inForce.put(NETWORK, 0L);
        elsewhere = 0;
        activations.began(PORT, NETWORK, 7, 10);
        look(9 + LATE);
        assertThat(activations.waitsFor(PORT)).isTrue();
        look(10 + LATE);
        assertThat(activations.waitsFor(PORT)).isFalse();
        assertThat(activations.isEmpty()).isTrue();
    }

    @Test
    void aPortWaitsForTheNodesOfOtherServersToo() {
        elsewhere = 6;
        activations.began(PORT, NETWORK, 7, 0);
        look(1);
        assertThat(activations.waitsFor(PORT)).isTrue();
        elsewhere = 7;
        look(2);
        assertThat(activations.waitsFor(PORT)).isFalse();
    }

    @Test
    void whatIsInForceHereEndsBeforeTheFirstPortThatWaitsForANodeOfThisServer() {
        elsewhere = 0;
        inForce.put(NETWORK, 3L);
        activations.began(SECOND, OTHER, 6, 0);
        activations.began(PORT, NETWORK, 7, 0);
        look(1);
        assertThat(activations.inForceHere(20)).isEqualTo(6);
        inForce.put(NETWORK, 7L);
        look(2);
        assertThat(activations.inForceHere(20))
                .describedAs("others are waited for, but not here")
                .isEqualTo(20);
    }

    @Test
    void aPortThatBeginsAnewWaitsForTheLaterRevisionAlone() {
        inForce.put(NETWORK, 7L);
        activations.began(PORT, NETWORK, 7, 0);
        activations.began(PORT, NETWORK, 9, 0);
        look(1);
        assertThat(activations.waitsFor(PORT)).isTrue();
        inForce.put(NETWORK, 9L);
        look(2);
        assertThat(activations.isEmpty()).isTrue();
    }

    @Test
    void eachNetworkIsLookedAtOnceHoweverManyOfItsPortsWait() {
        Set<UUID> asked = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            activations.began(new UUID(3, i), i % 2 == 0 ? NETWORK : OTHER, 7, 0);
        }
        activations.look(
                network -> {
                    assertThat(asked.add(network)).isTrue();
                    return 0;
                },
                revision -> true,
                1);
        assertThat(asked).containsExactlyInAnyOrder(NETWORK, OTHER);
    }
}
