package io.weft.agent.numbers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class NumberPoolTest {
    private final NumberPool pool = new NumberPool(1, 5);

    @Test
    void aNumberThatWasGivenBackIsNotUsedBeforeTheKernelHasForgottenIt() {
        assertThat(pool.take(OptionalInt.empty())).hasValue(1);
        pool.give(1);
        assertThat(pool.take(OptionalInt.empty())).hasValue(2);
        pool.settle();
        assertThat(pool.take(OptionalInt.empty())).hasValue(1);
    }

    @Test
    void whatTheKernelStillUsesIsKeptForItsOwner() {
        pool.reserve(1);
        pool.reserve(3);
        assertThat(pool.take(OptionalInt.empty())).hasValue(2);
        assertThat(pool.take(OptionalInt.of(3))).hasValue(3);
        assertThat(pool.take(OptionalInt.empty())).hasValue(4);
        assertThat(pool.take(OptionalInt.empty())).isEmpty();
        pool.release();
        assertThat(pool.take(OptionalInt.empty())).hasValue(1);
    }
}
