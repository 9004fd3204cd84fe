package io.weft.agent.policy;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What rules say by blocks of ports, of one protocol. */
final class PortTrie {
    private static final class Node {
        Standing own = Standing.NONE;

        @Nullable
        Node zero;

        @Nullable
        Node one;
    }

    private final Node root = new Node();

    void add(PortBlock block, Grant grant) {
        Node node = root;
        for (int bit = 0; bit < block.length(); bit++) {
            boolean one = (block.bits() >>> (PortBlock.BITS - 1 - bit) & 1) != 0;
            Node next = one ? node.one : node.zero;
            if (next == null) {
                next = new Node();
                if (one) {
                    node.one = next;
                } else {
                    node.zero = next;
                }
            }
            node = next;
        }
        node.own = node.own.and(Standing.of(grant));
    }

    /** What the rules for all packets of the protocol say. */
    Standing whole() {
        return root.own;
    }

    /**
     * Names the blocks that must stand in a table in which the longest counts, with the rules that count there; not those within
     * a longer or shorter one that have the same outcome.
     *
     * @param outer what the rules for any protocol say, which stands in the table beside these blocks and counts after them
     */
    void forEach(Standing outer, BiConsumer<PortBlock, Grant> sink) {
        visit(root, 0, 0, outer, outer.outcome(), sink);
    }

    private static void visit(
            Node node,
            int bits,
            int length,
            Standing outer,
            Standing.Outcome covered,
            BiConsumer<PortBlock, Grant> sink) {
        Standing here = outer.and(node.own);
        Standing.Outcome outcome = here.outcome();
        if (outcome != covered) {
            here.decider().ifPresent(grant -> sink.accept(new PortBlock(bits, length), grant));
        }
        if (node.zero != null) {
            visit(node.zero, bits, length + 1, here, outcome, sink);
        }
        if (node.one != null) {
            visit(node.one, bits | 1 << (PortBlock.BITS - 1 - length), length + 1, here, outcome, sink);
        }
    }

    /**
     * Whether the second allows less for some packet: nothing, or only itself where it was its connection.
     *
     * @param outerBefore what the first says of any protocol
     * @param outerAfter what the second says of any protocol
     */
    static boolean narrows(PortTrie before, Standing outerBefore, PortTrie after, Standing outerAfter) {
        return narrows(before.root, outerBefore, after.root, outerAfter);
    }

    private static boolean narrows(
            @Nullable Node before, Standing outerBefore, @Nullable Node after, Standing outerAfter) {
        Standing was = before == null ? outerBefore : outerBefore.and(before.own);
        Standing is = after == null ? outerAfter : outerAfter.and(after.own);
        boolean ends = (before == null || before.zero == null && before.one == null)
                && (after == null || after.zero == null && after.one == null);
        if (ends) {
            return was.outcome().narrowsTo(is.outcome());
        }
        return narrows(zero(before), was, zero(after), is) || narrows(one(before), was, one(after), is);
    }

    private static @Nullable Node zero(@Nullable Node node) {
        return node == null ? null : node.zero;
    }

    private static @Nullable Node one(@Nullable Node node) {
        return node == null ? null : node.one;
    }
}
