package io.weft.agent.shaping;

import io.weft.agent.attach.Attacher;
import io.weft.agent.tables.Shaping;
import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.kernel.netlink.RouteNetlink;
import io.weft.kernel.netlink.TokenBucket;
import io.weft.vrouter.Tag;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kernel's part of shaping: looks at it and changes it. What is Weft's is known by names and by a handle. */
public final class Shapers {
    /** The handle of Weft's token buckets, which tells them from others. */
    private static final int HANDLE = 0x57510000;

    /**
     * The name of a pair's ends bears the index of the device that it works for, or a subport's number: {@code s} for what it
     * sends, {@code r} for what it receives.
     */
    private static final Pattern NAME = Pattern.compile("weft-([qsr])(\\d{1,8})[ab]");

    /** The largest that a veth takes: what comes of a workload has its own device's MTU. */
    private static final int MTU = 65535;

    /**
     * A veth pair that holds back what a device's workload sends.
     *
     * @param first ifindex of the end that packets enter by; it has the token bucket
     * @param second ifindex of the end where they return
     */
    public record Pair(int first, int second) {}

    /**
     * What the kernel has for a device.
     *
     * @param pair for what its workload sends
     * @param sends the pair's bucket
     * @param receives the device's own bucket
     */
    record Actual(Optional<Pair> pair, Optional<TokenBucket> sends, Optional<TokenBucket> receives) {
        static final Actual NOTHING = new Actual(Optional.empty(), Optional.empty(), Optional.empty());

        boolean is(Shaping wanted) {
            return isSame(wanted.receives(), receives)
                    && (wanted.sends().isEmpty() || pair.isPresent() && isSame(wanted.sends(), sends));
        }

        private static boolean isSame(Optional<TokenBucket> wanted, Optional<TokenBucket> kernel) {
            return wanted.isPresent() ? kernel.filter(wanted.get()::isSame).isPresent() : kernel.isEmpty();
        }
    }

    private final RouteNetlink netlink;

    /** @param netlink of the host's namespace */
    public Shapers(RouteNetlink netlink) {
        this.netlink = netlink;
    }

    /** What there is, by the index of the workload's device; the device itself may be gone. */
    Map<Integer, Actual> all() {
        Map<Integer, TokenBucket> buckets = netlink.tokenBuckets(HANDLE);
        Map<Integer, Actual> found = new HashMap<>();
        Map<Integer, Integer> firsts = new HashMap<>();
        for (Link link : netlink.links()) {
            Matcher name = NAME.matcher(link.name());
            if (name.matches() && link.name().endsWith("a")) {
                int device = device(name.group(1), Integer.parseInt(name.group(2)));
                firsts.put(link.index(), device);
                found.put(
                        device,
                        new Actual(
                                Optional.of(new Pair(link.index(), link.peerIndex())),
                                Optional.ofNullable(buckets.get(link.index())),
                                Optional.empty()));
            }
        }
        buckets.forEach((index, bucket) -> {
            if (!firsts.containsKey(index)) {
                Actual other = found.getOrDefault(index, Actual.NOTHING);
                found.put(index, new Actual(other.pair(), other.sends(), Optional.of(bucket)));
            }
        });
        return found;
    }

    /**
     * Makes what is missing and changes what differs. A pair that is not wanted any more stays: packets may be on their
     * way to it.
     */
    Actual establish(int device, Shaping wanted, Actual before) {
        Actual now = before;
        if (wanted.sends().isPresent()) {
            Pair pair = before.pair().isPresent() ? before.pair().get() : pair(device);
            if (before.sends().filter(wanted.sends().get()::isSame).isEmpty()) {
                netlink.setTokenBucket(pair.first(), HANDLE, wanted.sends().get());
            }
            now = new Actual(Optional.of(pair), wanted.sends(), before.receives());
        }
        if (wanted.receives().isPresent()) {
            if (before.receives().filter(wanted.receives().get()::isSame).isEmpty()) {
                netlink.setTokenBucket(device, HANDLE, wanted.receives().get());
            }
        } else if (before.receives().isPresent()) {
            netlink.deleteTokenBucket(device, HANDLE);
        }
        return new Actual(now.pair(), now.sends(), wanted.receives());
    }

    /** Removes a device's pair, and what waits in it. */
    Actual dismantle(int device, Actual before) {
        netlink.deleteLink(name(device, 'a'));
        return new Actual(Optional.empty(), Optional.empty(), before.receives());
    }

    private Pair pair(int device) {
        String first = name(device, 'a');
        String second = name(device, 'b');
        netlink.deleteLink(first);
        netlink.createVeth(LinkEnd.of(first).withMtu(MTU), LinkEnd.of(second).withMtu(MTU));
        Attacher.withoutIpv6(first);
        Attacher.withoutIpv6(second);
        Pair pair = new Pair(index(first), index(second));
        netlink.setUp(pair.second(), true);
        netlink.setUp(pair.first(), true);
        return pair;
    }

    private int index(String name) {
        return netlink.link(name)
                .orElseThrow(() -> new IllegalStateException("device " + name + " is gone"))
                .index();
    }

    private static String name(int device, char end) {
        if (!Tag.isSubport(device)) {
            return "weft-q" + device + end;
        }
        int sending = Tag.place(0);
        boolean receives = device - sending >= Shaping.ofReceiving(0);
        return receives
                ? "weft-r" + (device - Shaping.ofReceiving(sending)) + end
                : "weft-s" + (device - sending) + end;
    }

    private static int device(String kind, int number) {
        return switch (kind) {
            case "s" -> Tag.place(number);
            case "r" -> Shaping.ofReceiving(Tag.place(number));
            default -> number;
        };
    }

    /** Removes everything that was ever made here. */
    public void removeAll() {
        all().forEach((device, actual) -> {
            actual.pair().ifPresent(pair -> netlink.deleteLink(name(device, 'a')));
            actual.receives().ifPresent(bucket -> netlink.deleteTokenBucket(device, HANDLE));
        });
    }
}
