package io.weft.reference;

import java.util.ArrayList;
import java.util.List;

/**
 * What has happened to a packet on its way.
 *
 * @param reply whether it answers one that arrived
 * @param hops the TTL or hop limit that is left
 * @param routersPassed how many routers it has passed
 * @param fromOutside whether it came by a way out
 * @param readdressed whether it has just come by a way out, and got an address inside there
 * @param translations what routers remember of it
 */
record Journey(
        boolean reply,
        int hops,
        int routersPassed,
        boolean fromOutside,
        boolean readdressed,
        List<Translation> translations) {
    static Journey begin(boolean reply, int hops) {
        return new Journey(reply, hops, 0, false, false, List.of());
    }

    /** One router on. */
    Journey passed() {
        return new Journey(reply, hops - 1, routersPassed + 1, fromOutside, false, translations);
    }

    /** In by a way out, with another destination or not. */
    Journey in(boolean isReaddressed) {
        return new Journey(reply, hops, routersPassed, true, isReaddressed, translations);
    }

    /** With something that a router remembers. */
    Journey with(Translation translation) {
        List<Translation> more = new ArrayList<>(translations);
        more.add(translation);
        return new Journey(reply, hops, routersPassed, fromOutside, readdressed, more);
    }
}
