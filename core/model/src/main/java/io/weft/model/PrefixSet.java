package io.weft.model;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A set of addresses of one family; immutable. It is a binary tree over the bits of addresses, in which a branch that is
 * in the set as a whole, or not at all, is a leaf; so what it holds is always as few blocks as there can be, and a change
 * shares nearly all of the old tree. Every operation on one block costs at most a step a bit, whatever the set holds.
 */
public final class PrefixSet {
    private final IpFamily family;
    private final Node root;

    private PrefixSet(IpFamily family, Node root) {
        this.family = family;
        this.root = root;
    }

    /** A set without addresses. */
    public static PrefixSet empty(IpFamily family) {
        return new PrefixSet(family, Leaf.OUT);
    }

    /**
     * The addresses of these blocks, which may overlap.
     *
     * @throws InvalidException when a block is of another family; the field is {@code cidr}
     */
    public static PrefixSet of(IpFamily family, Collection<IpPrefix> prefixes) {
        PrefixSet set = empty(family);
        for (IpPrefix prefix : prefixes) {
            set = set.with(prefix);
        }
        return set;
    }

    /** What a part of the tree holds. */
    private sealed interface Node {}

    /** All addresses of a part, or none. */
    private enum Leaf implements Node {
        IN,
        OUT
    }

    /**
     * A part of which some addresses are in the set.
     *
     * @param zero those whose next bit is 0
     * @param one those whose next bit is 1
     * @param gaps the lengths of the largest blocks that the part has free; never changed
     */
    private record Branch(Node zero, Node one, BitSet gaps) implements Node {}

    /** The set with all addresses of a block. */
    public PrefixSet with(IpPrefix prefix) {
        return new PrefixSet(family, set(root, checked(prefix), 0, Leaf.IN));
    }

    /** The set without the addresses of a block. */
    public PrefixSet without(IpPrefix prefix) {
        return new PrefixSet(family, set(root, checked(prefix), 0, Leaf.OUT));
    }

    private static Node set(Node node, IpPrefix prefix, int depth, Leaf value) {
        if (depth == prefix.length() || node == value) {
            return value;
        }
        Node zero = node instanceof Branch branch ? branch.zero : node;
        Node one = node instanceof Branch branch ? branch.one : node;
        if (bit(prefix.address(), depth)) {
            one = set(one, prefix, depth + 1, value);
        } else {
            zero = set(zero, prefix, depth + 1, value);
        }
        if (zero instanceof Leaf both && one == both) {
            return both;
        }
        BitSet gaps = gaps(zero, depth + 1);
        gaps.or(gaps(one, depth + 1));
        return new Branch(zero, one, gaps);
    }

    /** A copy, which the caller may change. */
    private static BitSet gaps(Node node, int depth) {
        BitSet gaps = new BitSet(depth + 1);
        if (node instanceof Branch branch) {
            gaps.or(branch.gaps);
        } else if (node == Leaf.OUT) {
            gaps.set(depth);
        }
        return gaps;
    }

    /** Whether all addresses of a block are in the set. */
    public boolean covers(IpPrefix prefix) {
        return at(checked(prefix)) == Leaf.IN;
    }

    /** Whether an address of a block is in the set. */
    public boolean meets(IpPrefix prefix) {
        return at(checked(prefix)) != Leaf.OUT;
    }

    private Node at(IpPrefix prefix) {
        Node node = root;
        for (int depth = 0; depth < prefix.length() && node instanceof Branch branch; depth++) {
            node = bit(prefix.address(), depth) ? branch.one : branch.zero;
        }
        return node;
    }

    public boolean isEmpty() {
        return root == Leaf.OUT;
    }

    /** The fewest blocks that hold the set's addresses and no others, in order. */
    public List<IpPrefix> prefixes() {
        List<IpPrefix> found = new ArrayList<>();
        collect(root, whole(), found);
        return found;
    }

    private static void collect(Node node, IpPrefix here, List<IpPrefix> found) {
        if (node == Leaf.IN) {
            found.add(here);
        } else if (node instanceof Branch branch) {
            collect(branch.zero, half(here, false), found);
            collect(branch.one, half(here, true), found);
        }
    }

    /**
     * A block of this length of which no address is in the set: the lowest in the smallest part that is free and large
     * enough, so that large parts stay whole.
     *
     * @param places where it may lie: blocks that are in no relation to each other, in order
     */
    public Optional<IpPrefix> gap(List<IpPrefix> places, int length) {
        int best = -1;
        IpPrefix place = whole();
        for (IpPrefix candidate : places) {
            Node node = at(checked(candidate));
            int free = gaps(node, candidate.length()).previousSetBit(length);
            if (free > best) {
                best = free;
                place = candidate;
            }
        }
        if (best < 0) {
            return Optional.empty();
        }
        Node node = at(place);
        while (node instanceof Branch branch) {
            boolean one = !gaps(branch.zero, place.length() + 1).get(best);
            node = one ? branch.one : branch.zero;
            place = half(place, one);
        }
        return Optional.of(new IpPrefix(place.address(), length));
    }

    private IpPrefix whole() {
        return new IpPrefix(family == IpFamily.IPV4 ? IpAddress.ofIpv4(0) : IpAddress.ofIpv6(0, 0), 0);
    }

    private static IpPrefix half(IpPrefix prefix, boolean one) {
        int length = prefix.length() + 1;
        IpAddress first = prefix.address();
        if (!one) {
            return new IpPrefix(first, length);
        }
        int shift = first.family().bits() - length;
        return new IpPrefix(
                shift >= 64
                        ? IpAddress.ofIpv6(first.high() | 1L << (shift - 64), 0)
                        : new IpAddress(first.family(), first.high(), first.low() | 1L << shift),
                length);
    }

    private static boolean bit(IpAddress address, int depth) {
        int shift = address.family().bits() - 1 - depth;
        return (shift >= 64 ? address.high() >>> (shift - 64) & 1 : address.low() >>> shift & 1) != 0;
    }

    private IpPrefix checked(IpPrefix prefix) {
        if (prefix.family() != family) {
            throw new InvalidException("cidr", "'" + prefix + "' is not a block of " + family);
        }
        return prefix;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PrefixSet set && family == set.family && root.equals(set.root);
    }

    @Override
    public int hashCode() {
        return root.hashCode();
    }

    @Override
    public String toString() {
        return prefixes().toString();
    }
}
