package io.weft.agent.policy;

import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.protocol.Remote;
import io.weft.vrouter.PolicyNumber;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Which class each address has for rule sets with the same selectors. A prefix stands in the kernel's table when its
 * class is another than that of the smallest prefix around it. What does not fit into the table leaves its addresses with
 * fewer selectors, so that less is allowed.
 */
final class PeerScope {
    /** A prefix that some selector has. */
    private static final class Node {
        /** The selectors that have this very prefix; replaced, never changed. */
        BitSet own = new BitSet(0);

        PeerClass effective;
        /** Whether it is one of the prefixes that its class counts. */
        boolean counted;

        boolean written;

        Node(PeerClass effective) {
            this.effective = effective;
        }
    }

    private record ClassKey(IpFamily family, BitSet selectors) {}

    /** Some addresses had one class and have another now. */
    record Move(PeerClass before, PeerClass after) {}

    /**
     * What {@link #settle} has changed.
     *
     * @param moves addresses with another class than before
     * @param born classes that are new
     * @param dead classes that no address has any more
     */
    record Outcome(Set<Move> moves, List<PeerClass> born, List<PeerClass> dead) {}

    final int number;

    /** In a fixed order. */
    final List<Remote> selectors;

    /** The rule sets that look addresses up here. */
    final Set<LocalRuleSet> users = new HashSet<>();

    private final UUID name;
    private final Map<Remote, Integer> places = new HashMap<>();
    private final Numbers numbers;
    private final Room room;
    private final PolicyOutput output;
    private final Map<IpFamily, PeerClass> nobody = new EnumMap<>(IpFamily.class);
    private final Map<IpFamily, int[]> lengths = new EnumMap<>(IpFamily.class);
    private final TreeMap<IpPrefix, Node> nodes = new TreeMap<>();
    private final Map<ClassKey, PeerClass> classes = new HashMap<>();
    private final TreeSet<IpPrefix> touched = new TreeSet<>();
    private final TreeSet<IpPrefix> unwritten = new TreeSet<>();

    PeerScope(int number, UUID name, List<Remote> selectors, Numbers numbers, Room room, PolicyOutput output) {
        this.number = number;
        this.name = name;
        this.selectors = List.copyOf(selectors);
        this.numbers = numbers;
        this.room = room;
        this.output = output;
        for (Remote selector : selectors) {
            places.put(selector, places.size());
        }
        for (IpFamily family : IpFamily.values()) {
            nobody.put(family, new PeerClass(family, new BitSet(0), 0));
            lengths.put(family, new int[family.bits() + 1]);
        }
    }

    /** A selector has a prefix, or has it no longer. */
    void change(Remote selector, IpPrefix prefix, boolean has) {
        Node node = nodes.get(prefix);
        if (node == null) {
            node = new Node(around(prefix));
            nodes.put(prefix, node);
            lengths(prefix.family())[prefix.length()]++;
        }
        BitSet own = (BitSet) node.own.clone();
        own.set(places.getOrDefault(selector, 0), has);
        node.own = own;
        touched.add(prefix);
    }

    /** The classes that addresses have, besides that of those that nobody names. */
    Collection<PeerClass> classes() {
        return classes.values();
    }

    /** How many prefixes do not fit into the table. */
    int unwritten() {
        return unwritten.size();
    }

    /** Has what did not fit be tried again. */
    void retry() {
        touched.addAll(unwritten);
    }

    /** Brings the classes of all addresses up to date. */
    Outcome settle() {
        Set<Move> moves = new LinkedHashSet<>();
        Map<PeerClass, Integer> before = new HashMap<>();
        // A prefix comes after all that contain it, so what is around it is right already.
        for (IpPrefix prefix : affected()) {
            Node node = nodes.get(prefix);
            if (node != null) {
                settle(prefix, node, moves, before);
            }
        }
        touched.clear();
        List<PeerClass> born = new ArrayList<>();
        List<PeerClass> dead = new ArrayList<>();
        before.forEach((one, prefixes) -> {
            if (one.prefixes > 0 && prefixes == 0) {
                born.add(one);
            } else if (one.prefixes == 0) {
                classes.remove(new ClassKey(one.family, one.selectors));
                numbers.give(PolicyNumber.Kind.CLASS, one.number);
                if (prefixes > 0) {
                    dead.add(one);
                }
            }
        });
        return new Outcome(moves, born, dead);
    }

    /** What was touched, and what lies within. */
    private Set<IpPrefix> affected() {
        TreeSet<IpPrefix> affected = new TreeSet<>();
        for (IpPrefix prefix : touched) {
            if (prefix.length() == prefix.family().bits()) {
                affected.add(prefix);
            } else {
                IpPrefix last = new IpPrefix(prefix.last(), prefix.family().bits());
                affected.addAll(nodes.subMap(prefix, true, last, true).keySet());
            }
        }
        return affected;
    }

    private void settle(IpPrefix prefix, Node node, Set<Move> moves, Map<PeerClass, Integer> before) {
        PeerClass was = node.effective;
        PeerClass around = around(prefix);
        boolean gone = node.own.isEmpty();
        PeerClass is = gone ? around : joined(prefix.family(), around, node.own);
        if (!is.equals(was)) {
            moves.add(new Move(was, is));
        }
        count(was, node.counted ? -1 : 0, before);
        node.effective = is;
        node.counted = !gone && is.number != 0;
        if (gone) {
            nodes.remove(prefix);
            lengths(prefix.family())[prefix.length()]--;
        } else {
            count(is, node.counted ? 1 : 0, before);
        }
        if (gone || is.equals(around)) {
            unwritten.remove(prefix);
            if (node.written) {
                node.written = false;
                output.removePeer(number, prefix);
                room.give(1);
            }
        } else if (node.written || room.take(1)) {
            unwritten.remove(prefix);
            if (!node.written || !is.equals(was)) {
                node.written = true;
                output.putPeer(number, prefix, is.number);
            }
        } else {
            unwritten.add(prefix);
        }
    }

    private static void count(PeerClass one, int by, Map<PeerClass, Integer> before) {
        if (by != 0) {
            before.putIfAbsent(one, one.prefixes);
            one.prefixes += by;
        }
    }

    /** The class of the smallest prefix around one. */
    private PeerClass around(IpPrefix prefix) {
        int[] present = lengths(prefix.family());
        for (int length = prefix.length() - 1; length >= 0; length--) {
            if (present[length] > 0) {
                Node node = nodes.get(new IpPrefix(prefix.address(), length));
                if (node != null) {
                    return node.effective;
                }
            }
        }
        return nobody(prefix.family());
    }

    private PeerClass joined(IpFamily family, PeerClass around, BitSet own) {
        BitSet joined = (BitSet) around.selectors.clone();
        joined.or(own);
        if (joined.equals(around.selectors)) {
            return around;
        }
        return classes.computeIfAbsent(new ClassKey(family, joined), key -> {
            UUID className = Numbers.name(name, family, joined);
            int taken = numbers.take(PolicyNumber.Kind.CLASS, className)
                    .orElseThrow(() -> new IllegalStateException("there are two thousand million classes"));
            return new PeerClass(family, joined, taken);
        });
    }

    private PeerClass nobody(IpFamily family) {
        PeerClass found = nobody.get(family);
        if (found == null) {
            throw new IllegalStateException("no family " + family);
        }
        return found;
    }

    private int[] lengths(IpFamily family) {
        return lengths.getOrDefault(family, new int[0]);
    }

    /** Takes everything away that stands in tables. */
    void close() {
        nodes.forEach((prefix, node) -> {
            if (node.written) {
                output.removePeer(number, prefix);
                room.give(1);
            }
        });
        nodes.clear();
        classes.values().forEach(one -> numbers.give(PolicyNumber.Kind.CLASS, one.number));
        classes.clear();
        numbers.give(PolicyNumber.Kind.SCOPE, number);
    }
}
