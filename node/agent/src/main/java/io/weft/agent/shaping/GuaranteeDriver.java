package io.weft.agent.shaping;

import io.weft.agent.drivers.Retry;
import io.weft.agent.tables.DesiredTable;
import io.weft.agent.tables.Guarantee;
import io.weft.agent.tables.Shaping;
import io.weft.kernel.netlink.RouteNetlink;
import io.weft.kernel.netlink.TokenClass;
import io.weft.vrouter.QosLimits;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Sees to it that ports can send over the uplink what they are guaranteed. While a port is, the uplink has hierarchical token
 * buckets: one class that is as fast as the uplink, in it one for each such port and one for everything else, which gets what
 * is left, and all may use what others leave. The loop's thread owns it and calls the kernel; the host's own queueing returns
 * with the last guarantee.
 *
 * <p>What does not fit is not guaranteed at all: who came first has precedence, and what a former process has guaranteed came
 * before all else.
 */
public final class GuaranteeDriver {
    private static final System.Logger LOGGER = System.getLogger(GuaranteeDriver.class.getName());

    private static final int HANDLE = QosLimits.CLASSES;

    /** Minor numbers; ports' are less, so that their queues' handles are nobody else's. */
    private static final int WHOLE = 0x7ffe;

    private static final int OTHERS = 0x7fff;
    private static final int NUMBERS = 0x4000;

    /** What others can send at least, in bytes a second: the kernel wants something. */
    private static final long LEAST = 12_500;

    private final RouteNetlink netlink;
    private final DesiredTable<Integer, Guarantee> desired;
    private final OptionalLong capacity;
    private final Set<Integer> granted = new LinkedHashSet<>();
    private final Retry retry = new Retry();
    private Map<UUID, String> failures = Map.of();
    private int uplink;
    private boolean pending;
    private boolean sweeping;

    /**
     * @param netlink of the host's namespace
     * @param desired the guarantees, by the ports' numbers
     * @param capacity how many bytes a second the uplink carries; empty when nobody has said
     */
    public GuaranteeDriver(RouteNetlink netlink, DesiredTable<Integer, Guarantee> desired, OptionalLong capacity) {
        this.netlink = netlink;
        this.desired = desired;
        this.capacity = capacity;
        desired.onChange(_ -> pending = true);
    }

    /** The uplink is this device; 0 when there is not one alone. */
    public void uplink(int ifindex) {
        if (uplink != ifindex) {
            uplink = ifindex;
            granted.clear();
            if (uplink != 0) {
                granted.addAll(
                        new TreeSet<>(netlink.tokenClasses(uplink, HANDLE).keySet()));
            }
            pending = true;
        }
    }

    /** From now on what nobody wants is removed: it is known what should be there. */
    public void sweep() {
        sweeping = true;
        pending = true;
    }

    /** Looks anew at what the kernel has. */
    public void resync() {
        pending = true;
    }

    /** Why ports are not guaranteed what they should be. */
    public Map<UUID, String> failures() {
        return failures;
    }

    /** Does what is due; gives the nanoseconds until there is more, {@link Long#MAX_VALUE} for nothing. */
    public long work() {
        long now = System.nanoTime();
        if (!pending) {
            return Long.MAX_VALUE;
        }
        if (!retry.isDue(now)) {
            return retry.pause(now);
        }
        Map<UUID, String> refused = new HashMap<>();
        try {
            Map<Integer, TokenClass> wanted = wanted(refused);
            if (uplink != 0) {
                establish(wanted);
            }
            pending = false;
            retry.succeeded();
        } catch (RuntimeException e) {
            retry.failed(now);
            desired.keys()
                    .forEach(number -> desired.get(number)
                            .ifPresent(guarantee -> refused.put(guarantee.port(), String.valueOf(e.getMessage()))));
        }
        if (!refused.equals(failures)) {
            failures = Map.copyOf(refused);
            LOGGER.log(failures.isEmpty() ? Level.INFO : Level.WARNING, "guarantees", Map.entry("refused", failures));
        }
        return pending ? retry.pause(now) : Long.MAX_VALUE;
    }

    /** The classes of those guarantees that fit; none when nothing is guaranteed. */
    private Map<Integer, TokenClass> wanted(Map<UUID, String> refused) {
        Set<Integer> inOrder = new LinkedHashSet<>(granted);
        inOrder.addAll(new TreeSet<>(desired.keys()));
        Map<Integer, TokenClass> classes = new HashMap<>();
        long left = capacity.orElse(0);
        granted.clear();
        for (int number : inOrder) {
            Guarantee guarantee = desired.find(number);
            if (guarantee == null) {
                if (!sweeping) {
                    granted.add(number); // Its record may be on its way.
                }
                continue;
            }
            if (capacity.isEmpty() || uplink == 0) {
                refused.put(
                        guarantee.port(),
                        capacity.isEmpty()
                                ? "the agent was not told what the uplink carries (--uplink-bandwidth)"
                                : "this node has not one uplink");
            } else if (number >= NUMBERS || guarantee.rate() + LEAST > left) {
                refused.put(
                        guarantee.port(),
                        guarantee.rate() * 8 / 1000 + " kbit/s of " + Math.max(0, left - LEAST) * 8 / 1000
                                + " that are left");
            } else {
                left -= guarantee.rate();
                granted.add(number);
                classes.put(number, classOf(guarantee.rate()));
            }
        }
        if (!classes.isEmpty()) {
            classes.put(OTHERS, classOf(left));
        }
        return classes;
    }

    private TokenClass classOf(long rate) {
        long whole = capacity.orElseThrow();
        return new TokenClass(rate, whole, Shaping.leastBurst(whole), Shaping.limit(whole));
    }

    private void establish(Map<Integer, TokenClass> wanted) {
        if (wanted.isEmpty()) {
            if (sweeping) {
                netlink.deleteTokenClasses(uplink, HANDLE);
            }
            return;
        }
        netlink.setTokenClasses(uplink, HANDLE, OTHERS);
        Map<Integer, TokenClass> has = netlink.tokenClasses(uplink, HANDLE);
        TokenClass whole = classOf(capacity.orElseThrow());
        if (!has.containsKey(WHOLE) || !whole.isSame(has.get(WHOLE))) {
            netlink.setTokenClass(uplink, HANDLE, 0, WHOLE, whole);
        }
        wanted.forEach((number, of) -> {
            if (!has.containsKey(number) || !of.isSame(has.get(number))) {
                netlink.setTokenClass(uplink, HANDLE, WHOLE, number, of);
                netlink.setTokenClassQueue(uplink, HANDLE, number, of);
            }
        });
        if (sweeping) {
            has.keySet().stream()
                    .filter(number -> number != WHOLE && !wanted.containsKey(number))
                    .forEach(number -> netlink.deleteTokenClass(uplink, HANDLE, number));
        }
    }
}
