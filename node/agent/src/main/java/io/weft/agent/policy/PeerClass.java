package io.weft.agent.policy;

import io.weft.model.IpFamily;
import java.util.BitSet;

/** Addresses of one family that the same selectors of a scope cover. */
final class PeerClass {
    final IpFamily family;

    /** Places in the scope's list of selectors; never changed. */
    final BitSet selectors;

    /** 0 for addresses that no selector covers. */
    final int number;

    /** Prefixes that have this class. */
    int prefixes;

    PeerClass(IpFamily family, BitSet selectors, int number) {
        this.family = family;
        this.selectors = selectors;
        this.number = number;
    }

    @Override
    public String toString() {
        return number + " " + family + " " + selectors;
    }
}
