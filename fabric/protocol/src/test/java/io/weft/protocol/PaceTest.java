package io.weft.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long START = Long.MAX_VALUE - 10 * Pace.INTERVAL;

    @Test
    void aFewBatchesFollowAtOnceAndManyAreSpread() {
        Pace pace = new Pace();
        long now = START;
        for (int i = 0; i < Pace.BURST; i++) {
            assertThat(pace.rest(now)).isNotPositive();
            pace.spend(now);
        }
        for (int i = 0; i < 50; i++) {
            assertThat(pace.rest(now)).isEqualTo(Pace.INTERVAL);
            now += pace.rest(now);
            assertThat(pace.rest(now)).isZero();
            pace.spend(now);
        }
        now += Pace.BURST * Pace.INTERVAL;
        for (int i = 0; i < Pace.BURST; i++) {
            assertThat(pace.rest(now)).isNotPositive();
            pace.spend(now);
        }
        assertThat(pace.rest(now)).isPositive();
        for (int i = 0; i < 1_000; i++) {
            pace.spend(now);
        }
        assertThat(pace.rest(now)).isEqualTo(Pace.INTERVAL);
    }
}
