package io.weft.agent.shaping;

import io.weft.agent.attach.Attacher;
import io.weft.agent.tables.AddressShaper;
import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.kernel.netlink.RouteNetlink;
import io.weft.kernel.netlink.TokenBucket;
import io.weft.kernel.netlink.TokenClass;
import io.weft.vrouter.AddressLimits;
import java.util.Map;
import java.util.Optional;

/**
 * The kernel's part of holding back what passes by addresses outside: one veth pair for all of them, of which each end has a
 * class for each address that is limited that way.
 */
public final class AddressShapers {
    /** The ends' names. */
    static final String SENDS = "weft-limit-a";

    static final String RECEIVES = "weft-limit-b";

    /** The largest that a veth takes: what comes here fits the devices that it is for. */
    private static final int MTU = 65535;

    private final RouteNetlink netlink;

    /** @param netlink of the host's namespace */
    public AddressShapers(RouteNetlink netlink) {
        this.netlink = netlink;
    }

    /** The pair, if it is whole. */
    Optional<AddressShaper> find() {
        return netlink.link(SENDS)
                .filter(link -> netlink.hasTokenClasses(link.index(), AddressLimits.CLASSES))
                .flatMap(sends -> netlink.link(RECEIVES)
                        .filter(link -> netlink.hasTokenClasses(link.index(), AddressLimits.CLASSES))
                        .map(receives -> new AddressShaper(sends.index(), receives.index())));
    }

    /** Makes the pair, in place of a part of one. */
    AddressShaper make() {
        netlink.deleteLink(SENDS);
        netlink.createVeth(LinkEnd.of(SENDS).withMtu(MTU), LinkEnd.of(RECEIVES).withMtu(MTU));
        AddressShaper pair = new AddressShaper(begin(SENDS), begin(RECEIVES));
        netlink.setUp(pair.receives(), true);
        netlink.setUp(pair.sends(), true);
        return pair;
    }

    private int begin(String name) {
        Attacher.withoutIpv6(name);
        int index = netlink.link(name)
                .map(Link::index)
                .orElseThrow(() -> new IllegalStateException("device " + name + " is gone"));
        netlink.setTokenClasses(index, AddressLimits.CLASSES, 0);
        return index;
    }

    /** Removes the pair, and what waits in it. */
    public void remove() {
        netlink.deleteLink(SENDS);
    }

    /** What is held back at an end, by the numbers of limits. */
    Map<Integer, TokenClass> classes(int end) {
        return netlink.tokenClasses(end, AddressLimits.CLASSES);
    }

    /** What is held back for an address at an end, without regard to others. */
    static TokenClass of(TokenBucket bucket) {
        return new TokenClass(bucket.rate(), bucket.rate(), bucket.burst(), bucket.limit());
    }

    void set(int end, int number, TokenClass of) {
        netlink.setTokenClass(end, AddressLimits.CLASSES, 0, number, of);
        netlink.setTokenClassQueue(end, AddressLimits.CLASSES, number, of);
    }

    void delete(int end, int number) {
        netlink.deleteTokenClass(end, AddressLimits.CLASSES, number);
    }
}
