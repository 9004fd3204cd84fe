package io.weft.agent.bfd;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.agent.bfd.Session.Verdict;
import io.weft.responders.BfdPacket;
import io.weft.responders.BfdPacket.State;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A session against another one, or against packets that somebody writes (RFC 5880, section 6.8). */
class SessionTest {
    private static final int ONE = 7;
    private static final int TWO = 9;
    /** A second. */
    private static final int SECOND = (int) (1000 / Session.TICK.toMillis());

    private final Random random = new Random(3);
    private Session one = new Session(ONE, random);
    private Session two = new Session(TWO, random);
    private int fromOne;
    private boolean cutToOne;
    private boolean cutToTwo;

    private void run(int ticks) {
        for (int i = 0; i < ticks; i++) {
            Optional<BfdPacket> first = one.tick();
            Optional<BfdPacket> second = two.tick();
            if (first.isPresent()) {
                fromOne++;
            }
            if (!cutToTwo) {
                first.ifPresent(two::received);
            }
            if (!cutToOne) {
                second.ifPresent(one::received);
            }
        }
    }

    private void comeUp() {
        run(10 * SECOND);
        assertThat(one.verdict()).isEqualTo(Verdict.ALIVE);
        assertThat(two.verdict()).isEqualTo(Verdict.ALIVE);
    }

    private static BfdPacket packet(State state, int other) {
        return new BfdPacket(0, state, false, false, false, 3, TWO, other, 300_000, 300_000);
    }

    private BfdPacket next() {
        return next(one);
    }

    private static BfdPacket next(Session session) {
        for (int i = 0; i < 10 * SECOND; i++) {
            Optional<BfdPacket> packet = session.tick();
            if (packet.isPresent()) {
                return packet.get();
            }
        }
        throw new AssertionError("nothing is sent");
    }

    @Test
    void twoFindEachOtherAndSendOftenEnoughButNotMoreOften() {
        comeUp();
        fromOne = 0;
        run(30 * SECOND);
        assertThat(fromOne).isBetween(95, 125);
        assertThat(next().poll()).isFalse();
    }

    @Test
    void nobodyIsLostUntilThereWasTimeToBeFound() {
        for (int i = 0; i < Session.PATIENCE - 1; i++) {
            one.tick();
            assertThat(one.verdict()).isEqualTo(Verdict.UNKNOWN);
        }
        one.tick();
        assertThat(one.verdict()).isEqualTo(Verdict.LOST);
        fromOne = 0;
        cutToOne = true;
        run(10 * SECOND);
        assertThat(fromOne).as("slowly, while it is down").isBetween(9, 15);
    }

    @Test
    void silenceIsALossOnceAsManyPacketsAreMissingAsTheOtherEndSays() {
        one.received(packet(State.INIT, ONE));
        assertThat(one.verdict()).isEqualTo(Verdict.ALIVE);
        for (int i = 0; i < 3 * 6; i++) {
            one.tick();
        }
        assertThat(one.verdict()).isEqualTo(Verdict.ALIVE);
        one.tick();
        assertThat(one.verdict()).isEqualTo(Verdict.LOST);
        assertThat(next().diagnostic()).isEqualTo(1);
    }

    @Test
    void aCutOfEitherDirectionIsALossForBothAndTheyComeBack() {
        for (boolean toOne : new boolean[] {true, false}) {
            one = new Session(ONE, random);
            two = new Session(TWO, random);
            comeUp();
            cutToOne = toOne;
            cutToTwo = !toOne;
            run(10 * SECOND);
            assertThat(one.verdict()).isEqualTo(Verdict.LOST);
            assertThat(two.verdict()).isEqualTo(Verdict.LOST);
            cutToOne = false;
            cutToTwo = false;
            comeUp();
        }
    }

    @Test
    void anotherProcessGoesOnWithTheSessionAndTheOtherEndSeesNothingOfIt() {
        comeUp();
        one = new Session(ONE, random);
        for (int i = 0; i < 10 * SECOND; i++) {
            run(1);
            assertThat(two.verdict()).isEqualTo(Verdict.ALIVE);
            assertThat(one.verdict()).isNotEqualTo(Verdict.LOST);
        }
        assertThat(one.verdict()).isEqualTo(Verdict.ALIVE);
    }

    @Test
    void aSessionThatWasClosedByItsOperatorSaysNothingAgainstTheNextHop() {
        comeUp();
        one.received(packet(State.ADMIN_DOWN, ONE));
        assertThat(one.verdict()).isEqualTo(Verdict.ALIVE);
        assertThat(next().state()).isEqualTo(State.DOWN);
        one.received(packet(State.DOWN, 0));
        assertThat(one.verdict()).isEqualTo(Verdict.LOST);
        one.received(packet(State.INIT, ONE));
        assertThat(one.verdict()).isEqualTo(Verdict.ALIVE);
    }

    @Test
    void theOtherEndIsToldOfTheEndForAsLongAsItWouldTakeToNotice() {
        comeUp();
        assertThat(one.isOver()).isFalse();
        one.end();
        int sent = 0;
        int ticks = 0;
        for (; !one.isOver(); ticks++) {
            Optional<BfdPacket> packet = one.tick();
            packet.ifPresent(last -> {
                assertThat(last.state()).isEqualTo(State.ADMIN_DOWN);
                assertThat(last.diagnostic()).isEqualTo(7);
                assertThat(last.other()).isEqualTo(TWO);
                two.received(last);
            });
            sent += packet.isPresent() ? 1 : 0;
            two.tick().ifPresent(one::received);
        }
        assertThat(ticks).isEqualTo(6 * SECOND);
        assertThat(sent).isBetween(6, 9);
        assertThat(next(two).state()).isEqualTo(State.DOWN);
        assertThat(next(two).diagnostic()).isEqualTo(3);
        // What another one begins under the same name comes up.
        one = new Session(ONE, random);
        comeUp();
    }

    @Test
    void nobodyIsToldOfTheEndWhoWasNeverHeardOf() {
        one.end();
        assertThat(one.isOver()).isTrue();
    }

    @Test
    void aPollIsAnsweredOnceATickHoweverManyCome() {
        comeUp();
        BfdPacket poll = new BfdPacket(0, State.UP, true, false, false, 3, TWO, ONE, 300_000, 300_000);
        for (int i = 0; i < 1000; i++) {
            one.received(poll);
        }
        BfdPacket answer = one.tick().orElseThrow();
        assertThat(answer.last()).isTrue();
        assertThat(answer.poll()).isFalse();
        assertThat(next().last()).isFalse();
    }

    @Test
    void whatIsForAnotherSessionIsNotHeard() {
        comeUp();
        one.received(packet(State.DOWN, 12345));
        assertThat(one.verdict()).isEqualTo(Verdict.ALIVE);
    }

    @Test
    void whoWantsFewerPacketsGetsFewerAndWhoWantsNoneNone() {
        comeUp();
        one.received(new BfdPacket(0, State.UP, false, false, false, 3, TWO, ONE, 10_000_000, 2_000_000));
        int sent = 0;
        for (int i = 0; i < 20 * SECOND; i++) {
            sent += one.tick().isPresent() ? 1 : 0;
        }
        assertThat(sent).isBetween(9, 15);
        one.received(new BfdPacket(0, State.UP, false, false, false, 3, TWO, ONE, 10_000_000, 0));
        for (int i = 0; i < 20 * SECOND; i++) {
            assertThat(one.tick()).isEmpty();
        }
    }

    @Test
    void anythingMayComeAtAnyTime() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random any = new Random(seed);
        List<State> states = List.of(State.values());
        for (int round = 0; round < 200; round++) {
            one = new Session(ONE, any);
            for (int step = 0; step < 2000; step++) {
                if (any.nextInt(10) == 0) {
                    one.received(new BfdPacket(
                            any.nextInt(32),
                            states.get(any.nextInt(states.size())),
                            any.nextBoolean(),
                            any.nextBoolean(),
                            any.nextBoolean(),
                            1 + any.nextInt(255),
                            1 + any.nextInt(Integer.MAX_VALUE),
                            any.nextBoolean() ? ONE : 0,
                            any.nextInt() & 0xffffffffL,
                            any.nextBoolean() ? any.nextInt() & 0xffffffffL : any.nextInt(500_000)));
                }
                one.tick().ifPresent(packet -> {
                    assertThat(packet.own()).isEqualTo(ONE);
                    assertThat(packet.state()).isNotEqualTo(State.ADMIN_DOWN);
                });
            }
        }
    }
}
