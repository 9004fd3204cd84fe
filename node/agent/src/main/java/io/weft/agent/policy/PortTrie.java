package io.weft.agent.policy;

import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Grants by blocks of ports, of one protocol. */
final class PortTrie {
    private static final class Node {
        @Nullable
        Grant grant;

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
        Grant present = node.grant;
        if (present == null || grant.isBetterThan(present)) {
            node.grant = grant;
        }
    }

    /** The grant for all packets of the protocol. */
    Optional<Grant> whole() {
        return Optional.ofNullable(root.grant);
    }

    /**
     * Names the blocks that must stand in a table in which the longest counts; not those within a longer or shorter one
     * that allows as much.
     *
     * @param outer what is allowed to any protocol
     */
    void forEach(Optional<Grant> outer, BiConsumer<PortBlock, Grant> sink) {
        visit(root, 0, 0, level(outer.orElse(null)), sink);
    }

    private static void visit(Node node, int bits, int length, int covered, BiConsumer<PortBlock, Grant> sink) {
        int here = covered;
        Grant grant = node.grant;
        if (grant != null && level(grant) > covered) {
            sink.accept(new PortBlock(bits, length), grant);
            here = level(grant);
        }
        if (node.zero != null) {
            visit(node.zero, bits, length + 1, here, sink);
        }
        if (node.one != null) {
            visit(node.one, bits | 1 << (PortBlock.BITS - 1 - length), length + 1, here, sink);
        }
    }

    /** How much is allowed: nothing, packets, or connections. */
    private static int level(@Nullable Grant grant) {
        return grant == null ? 0 : grant.stateful() ? 2 : 1;
    }

    /**
     * Whether the second allows less for some packet: nothing, or only itself where it was its connection.
     *
     * @param outerBefore what the first allows to any protocol
     * @param outerAfter what the second allows to any protocol
     */
    static boolean narrows(PortTrie before, Optional<Grant> outerBefore, PortTrie after, Optional<Grant> outerAfter) {
        return narrows(before.root, level(outerBefore.orElse(null)), after.root, level(outerAfter.orElse(null)));
    }

    private static boolean narrows(@Nullable Node before, int levelBefore, @Nullable Node after, int levelAfter) {
        int was = before == null ? levelBefore : Math.max(levelBefore, level(before.grant));
        int is = after == null ? levelAfter : Math.max(levelAfter, level(after.grant));
        boolean ends = (before == null || before.zero == null && before.one == null)
                && (after == null || after.zero == null && after.one == null);
        if (ends) {
            return is < was;
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
