package io.weft.store.embedded;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An immutable B+ tree of packed entries in the order of their keys. A change copies the nodes from the root to a leaf
 * and shares the rest, so that every revision of the recent past is a tree at hand, and readers need no lock.
 *
 * <p>Each node knows an upper bound of its entries' revisions (exact unless entries were removed), which lets a search
 * for recent changes pass by what is old.
 */
// Nodes are compared by identity only, and never leave the class: "is this still the same node" is the question.
@SuppressWarnings({"ArrayRecordComponent", "ReferenceEquality"})
final class Tree {
    private static final int MOST = 64;
    private static final int LEAST = 16;

    /** No entries. */
    static final Tree EMPTY = new Tree(new Leaf(new byte[0][], 0), 0);

    private sealed interface Node {
        int width();

        long newest();
    }

    /** Entries in order. */
    private record Leaf(byte[][] entries, long newest) implements Node {
        @Override
        public int width() {
            return entries.length;
        }
    }

    /** Children in order; {@code bounds[i]} is a key above all of child i and at most the first key of child i + 1. */
    private record Inner(Node[] children, byte[][] bounds, long newest) implements Node {
        @Override
        public int width() {
            return children.length;
        }
    }

    private record Split(Node left, byte[] bound, Node right) {}

    private final Node root;
    private final long size;

    private Tree(Node root, long size) {
        this.root = root;
        this.size = size;
    }

    /** The number of entries. */
    long size() {
        return size;
    }

    byte @Nullable [] get(byte[] key) {
        Node node = root;
        while (node instanceof Inner inner) {
            node = inner.children[child(inner, key)];
        }
        Leaf leaf = (Leaf) node;
        int at = find(leaf, key);
        return at < 0 ? null : leaf.entries[at];
    }

    private static int child(Inner inner, byte[] key) {
        int low = 0;
        int high = inner.bounds.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Arrays.compareUnsigned(inner.bounds[middle], key) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static int find(Leaf leaf, byte[] key) {
        int low = 0;
        int high = leaf.entries.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Packed.compareKey(leaf.entries[middle], key);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -low - 1;
    }

    /** A tree with this entry, in place of the one that has its key. */
    Tree put(byte[] packed) {
        byte[] key = Packed.key(packed);
        boolean[] replaced = new boolean[1];
        Object result = put(root, key, packed, Packed.modRevision(packed), replaced);
        Node node = result instanceof Split split
                ? new Inner(
                        new Node[] {split.left, split.right},
                        new byte[][] {split.bound},
                        Math.max(split.left.newest(), split.right.newest()))
                : (Node) result;
        return new Tree(node, replaced[0] ? size : size + 1);
    }

    /** Answers the new node, or a split. */
    private static Object put(Node node, byte[] key, byte[] packed, long revision, boolean[] replaced) {
        return switch (node) {
            case Leaf leaf -> {
                long newest = Math.max(leaf.newest, revision);
                int at = find(leaf, key);
                if (at >= 0) {
                    replaced[0] = true;
                    byte[][] entries = leaf.entries.clone();
                    entries[at] = packed;
                    yield new Leaf(entries, newest);
                }
                byte[][] entries = inserted(leaf.entries, -at - 1, packed);
                if (entries.length <= MOST) {
                    yield new Leaf(entries, newest);
                }
                // Keys that only ever rise leave full leaves behind.
                int half = -at - 1 == MOST ? MOST : entries.length / 2;
                yield new Split(
                        new Leaf(Arrays.copyOfRange(entries, 0, half), newest),
                        Packed.key(entries[half]),
                        new Leaf(Arrays.copyOfRange(entries, half, entries.length), newest));
            }
            case Inner inner -> {
                long newest = Math.max(inner.newest, revision);
                int at = child(inner, key);
                Object result = put(inner.children[at], key, packed, revision, replaced);
                if (!(result instanceof Split split)) {
                    Node[] children = inner.children.clone();
                    children[at] = (Node) result;
                    yield new Inner(children, inner.bounds, newest);
                }
                Node[] children = inserted(inner.children, at, split.left);
                children[at + 1] = split.right;
                byte[][] bounds = inserted(inner.bounds, at, split.bound);
                if (children.length <= MOST) {
                    yield new Inner(children, bounds, newest);
                }
                int half = children.length / 2;
                yield new Split(
                        new Inner(
                                Arrays.copyOfRange(children, 0, half), Arrays.copyOfRange(bounds, 0, half - 1), newest),
                        bounds[half - 1],
                        new Inner(
                                Arrays.copyOfRange(children, half, children.length),
                                Arrays.copyOfRange(bounds, half, bounds.length),
                                newest));
            }
        };
    }

    private static <T> T[] inserted(T[] array, int at, T element) {
        T[] longer = Arrays.copyOf(array, array.length + 1);
        System.arraycopy(array, at, longer, at + 1, array.length - at);
        longer[at] = element;
        return longer;
    }

    private static <T> T[] without(T[] array, int at) {
        T[] shorter = Arrays.copyOf(array, array.length - 1);
        System.arraycopy(array, at + 1, shorter, at, array.length - at - 1);
        return shorter;
    }

    /** A tree without the entry that has this key; the same tree when there is none. */
    Tree remove(byte[] key) {
        Node node = remove(root, key);
        if (node == root) {
            return this;
        }
        while (node instanceof Inner inner && inner.children.length == 1) {
            node = inner.children[0];
        }
        return new Tree(node, size - 1);
    }

    private static Node remove(Node node, byte[] key) {
        return switch (node) {
            case Leaf leaf -> {
                int at = find(leaf, key);
                yield at < 0 ? leaf : new Leaf(without(leaf.entries, at), leaf.newest);
            }
            case Inner inner -> {
                int at = child(inner, key);
                Node child = remove(inner.children[at], key);
                if (child == inner.children[at]) {
                    yield inner;
                }
                Node[] children = inner.children.clone();
                children[at] = child;
                Inner changed = new Inner(children, inner.bounds, inner.newest);
                yield child.width() >= LEAST || children.length == 1 ? changed : joined(changed, at);
            }
        };
    }

    /** Joins a child that became small with its neighbour, or evens the two out. */
    private static Inner joined(Inner inner, int small) {
        int at = small == 0 ? 0 : small - 1;
        Node left = inner.children[at];
        Node right = inner.children[at + 1];
        byte[] bound = inner.bounds[at];
        long newest = Math.max(left.newest(), right.newest());
        Node[] children;
        byte[][] bounds;
        Object both = switch (left) {
            case Leaf leaf -> join(leaf, (Leaf) right, newest);
            case Inner leftInner -> join(leftInner, bound, (Inner) right, newest);
        };
        if (both instanceof Split split) {
            children = inner.children.clone();
            children[at] = split.left;
            children[at + 1] = split.right;
            bounds = inner.bounds.clone();
            bounds[at] = split.bound;
        } else {
            children = without(inner.children, at + 1);
            children[at] = (Node) both;
            bounds = without(inner.bounds, at);
        }
        return new Inner(children, bounds, inner.newest);
    }

    private static Object join(Leaf left, Leaf right, long newest) {
        byte[][] entries = Arrays.copyOf(left.entries, left.entries.length + right.entries.length);
        System.arraycopy(right.entries, 0, entries, left.entries.length, right.entries.length);
        if (entries.length <= MOST) {
            return new Leaf(entries, newest);
        }
        int half = entries.length / 2;
        return new Split(
                new Leaf(Arrays.copyOfRange(entries, 0, half), newest),
                Packed.key(entries[half]),
                new Leaf(Arrays.copyOfRange(entries, half, entries.length), newest));
    }

    private static Object join(Inner left, byte[] bound, Inner right, long newest) {
        Node[] children = Arrays.copyOf(left.children, left.children.length + right.children.length);
        System.arraycopy(right.children, 0, children, left.children.length, right.children.length);
        byte[][] bounds = Arrays.copyOf(left.bounds, children.length - 1);
        bounds[left.bounds.length] = bound;
        System.arraycopy(right.bounds, 0, bounds, left.children.length, right.bounds.length);
        if (children.length <= MOST) {
            return new Inner(children, bounds, newest);
        }
        int half = children.length / 2;
        return new Split(
                new Inner(Arrays.copyOfRange(children, 0, half), Arrays.copyOfRange(bounds, 0, half - 1), newest),
                bounds[half - 1],
                new Inner(
                        Arrays.copyOfRange(children, half, children.length),
                        Arrays.copyOfRange(bounds, half, bounds.length),
                        newest));
    }

    /**
     * Hands over entries in order until the visitor answers false.
     *
     * @param from the first key
     * @param to the first key after, empty for no end
     * @param newerThan only entries of later revisions; 0 for all
     */
    void visit(byte[] from, byte[] to, long newerThan, Predicate<byte[]> visitor) {
        visit(root, from, to, newerThan, visitor);
    }

    /** Answers whether to go on. */
    private static boolean visit(Node node, byte[] from, byte[] to, long newerThan, Predicate<byte[]> visitor) {
        if (node.newest() <= newerThan && newerThan > 0) {
            return true;
        }
        switch (node) {
            case Leaf leaf -> {
                int start = find(leaf, from);
                for (int i = start < 0 ? -start - 1 : start; i < leaf.entries.length; i++) {
                    byte[] packed = leaf.entries[i];
                    if (to.length > 0 && Packed.compareKey(packed, to) >= 0) {
                        return false;
                    }
                    if ((newerThan == 0 || Packed.modRevision(packed) > newerThan) && !visitor.test(packed)) {
                        return false;
                    }
                }
                return true;
            }
            case Inner inner -> {
                for (int i = child(inner, from); i < inner.children.length; i++) {
                    if (i > 0 && to.length > 0 && Arrays.compareUnsigned(inner.bounds[i - 1], to) >= 0) {
                        return false;
                    }
                    if (!visit(inner.children[i], from, to, newerThan, visitor)) {
                        return false;
                    }
                }
                return true;
            }
        }
    }

    /** Builds a tree of entries that come in order; for one thread. */
    static final class Loader {
        private final List<Node> leaves = new ArrayList<>();
        private final List<byte[]> bounds = new ArrayList<>();
        private final byte[][] open = new byte[MOST][];
        private int count;
        private long newest;
        private long size;
        private byte @Nullable [] last;

        /** Answers false, and adds nothing, when the entry's key is not above the one before. */
        boolean add(byte[] packed) {
            if (last != null && Packed.compareKey(last, Packed.key(packed)) >= 0) {
                return false;
            }
            last = packed;
            if (count == MOST) {
                finishLeaf();
                bounds.add(Packed.key(packed));
            }
            open[count++] = packed;
            newest = Math.max(newest, Packed.modRevision(packed));
            size++;
            return true;
        }

        private void finishLeaf() {
            leaves.add(new Leaf(Arrays.copyOf(open, count), newest));
            count = 0;
            newest = 0;
        }

        Tree finish() {
            if (size == 0) {
                return EMPTY;
            }
            finishLeaf();
            List<Node> level = leaves;
            List<byte[]> between = bounds;
            while (level.size() > 1) {
                List<Node> above = new ArrayList<>();
                List<byte[]> betweenAbove = new ArrayList<>();
                for (int start = 0; start < level.size(); start += MOST) {
                    int end = Math.min(start + MOST, level.size());
                    Node[] children = level.subList(start, end).toArray(Node[]::new);
                    long youngest = 0;
                    for (Node child : children) {
                        youngest = Math.max(youngest, child.newest());
                    }
                    above.add(
                            new Inner(children, between.subList(start, end - 1).toArray(byte[][]::new), youngest));
                    if (end < level.size()) {
                        betweenAbove.add(between.get(end - 1));
                    }
                }
                level = above;
                between = betweenAbove;
            }
            return new Tree(level.getFirst(), size);
        }
    }
}
