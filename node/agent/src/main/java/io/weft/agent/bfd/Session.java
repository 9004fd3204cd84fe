package io.weft.agent.bfd;

import io.weft.responders.BfdPacket;
import io.weft.responders.BfdPacket.State;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * One end of a session in asynchronous mode, without echo and without authentication (RFC 5880, section 6.8). It knows no time but
 * its ticks, so that a pause of this process is no silence of the other end. The thread of {@link NextHops} owns it.
 *
 * <p>It begins by listening: where the other end takes the session for one that is up, a former process or another node has had it
 * under the same name, and it goes on without the other end's notice. The other end is given {@link #MULTIPLIER} packets to miss,
 * which is longer than an agent's restart takes.
 */
final class Session {
    /** How often {@link #tick} is called. */
    static final Duration TICK = Duration.ofMillis(50);

    /** How many packets of this end the other one may miss. */
    static final int MULTIPLIER = 20;

    /** So many ticks it says nothing of its own accord at first. */
    static final int LISTENING = 30;

    /** So many ticks it may take to come up first, before it counts as down. */
    static final int PATIENCE = 100;

    private static final long MICROSECONDS = 1000;
    private static final long TICK_MICROSECONDS = TICK.toMillis() * MICROSECONDS;
    /** How often this end sends while the session is up, and how often it takes packets. */
    private static final long INTERVAL = 300 * MICROSECONDS;
    /** How often it sends otherwise (section 6.8.3). */
    private static final long SLOW_INTERVAL = 1000 * MICROSECONDS;

    private static final int NO_DIAGNOSTIC = 0;
    private static final int TIME_EXPIRED = 1;
    private static final int NEIGHBOUR_SAID_DOWN = 3;
    private static final int ADMINISTRATIVELY_DOWN = 7;

    /** What is known of the other end. */
    enum Verdict {
        /** Nothing yet. */
        UNKNOWN,
        /** It forwards, or its operator has taken the session down, which says nothing against it (RFC 5882, section 4.2). */
        ALIVE,
        /** It does not. */
        LOST
    }

    private final int own;
    private final RandomGenerator random;
    private State state = State.DOWN;
    private int diagnostic = NO_DIAGNOSTIC;
    private State otherState = State.DOWN;
    private int other;
    private long otherMinRx = 1;
    private boolean otherDemands;
    private long detection;
    private long silent;
    private long untilNext;
    private boolean polling;
    private boolean asked;
    private int listening = LISTENING;
    private int patience = PATIENCE;
    private long farewell;

    /**
     * @param own this end's name for the session, not 0; the same after a restart
     * @param random spreads what is sent over time
     */
    Session(int own, RandomGenerator random) {
        this.own = own;
        this.random = random;
    }

    Verdict verdict() {
        if (state == State.UP || otherState == State.ADMIN_DOWN) {
            return Verdict.ALIVE;
        }
        return patience > 0 ? Verdict.UNKNOWN : Verdict.LOST;
    }

    /**
     * Nobody wants it any more. The other end is told so for as long as it would take to notice (section 6.8.16), if it was ever
     * heard of.
     */
    void end() {
        farewell = MULTIPLIER * ticks(Math.max(INTERVAL, otherMinRx));
        turn(State.ADMIN_DOWN, ADMINISTRATIVELY_DOWN);
    }

    /** Whether it was ended and has nothing more to say. */
    boolean isOver() {
        return state == State.ADMIN_DOWN && (other == 0 || farewell == 0);
    }

    /** The other end has sent a packet (section 6.8.6). */
    void received(BfdPacket packet) {
        if (packet.other() != 0 && packet.other() != own || state == State.ADMIN_DOWN) {
            return;
        }
        if (listening > 0) {
            listening = 0;
            if (packet.other() == own && packet.state() == State.UP) {
                turn(State.UP, NO_DIAGNOSTIC);
            }
        }
        other = packet.own();
        otherState = packet.state();
        otherDemands = packet.demand();
        otherMinRx = packet.requiredMinRx();
        detection = packet.multiplier() * ticks(Math.max(INTERVAL, packet.desiredMinTx()));
        silent = 0;
        if (packet.last()) {
            polling = false;
        }
        if (packet.poll()) {
            asked = true;
        }
        switch (packet.state()) {
            case ADMIN_DOWN -> fall(NEIGHBOUR_SAID_DOWN);
            case DOWN -> {
                if (state == State.DOWN) {
                    turn(State.INIT, diagnostic);
                } else if (state == State.UP) {
                    fall(NEIGHBOUR_SAID_DOWN);
                }
            }
            case INIT -> rise();
            case UP -> {
                if (state == State.INIT) {
                    rise();
                }
            }
        }
    }

    private void rise() {
        if (state != State.UP) {
            turn(State.UP, NO_DIAGNOSTIC);
        }
    }

    private void fall(int reason) {
        if (state != State.DOWN) {
            turn(State.DOWN, reason);
        }
    }

    private void turn(State next, int reason) {
        state = next;
        diagnostic = reason;
        untilNext = 0;
        // Up, this end sends more often than before, and says so until it is confirmed (section 6.8.3).
        polling = next == State.UP;
        if (next == State.UP) {
            patience = 0;
        }
    }

    /** {@link #TICK} has passed: what is to be sent, if anything. */
    Optional<BfdPacket> tick() {
        patience = Math.max(patience - 1, 0);
        if (listening > 0) {
            listening--;
            return Optional.empty();
        }
        if (state == State.ADMIN_DOWN) {
            farewell = Math.max(farewell - 1, 0);
        } else if (++silent > detection) {
            other = 0;
            fall(TIME_EXPIRED);
        }
        untilNext--;
        if (asked) {
            asked = false;
            return Optional.of(packet(false, true));
        }
        boolean quiet = otherMinRx == 0 || otherDemands && state == State.UP && otherState == State.UP && !polling;
        if (untilNext > 0 || quiet) {
            return Optional.empty();
        }
        untilNext = spread(ticks(Math.max(interval(), otherMinRx)));
        return Optional.of(packet(polling, false));
    }

    private long interval() {
        return state == State.UP ? INTERVAL : SLOW_INTERVAL;
    }

    private BfdPacket packet(boolean poll, boolean last) {
        return new BfdPacket(diagnostic, state, poll, last, false, MULTIPLIER, own, other, interval(), INTERVAL);
    }

    /** Up to a quarter less, so that sessions do not fall into step (section 6.8.7). */
    private long spread(long ticks) {
        return ticks - random.nextLong(ticks / 4 + 1);
    }

    private static long ticks(long microseconds) {
        return Math.max(1, (microseconds + TICK_MICROSECONDS - 1) / TICK_MICROSECONDS);
    }
}
