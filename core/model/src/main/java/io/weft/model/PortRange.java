package io.weft.model;

/**
 * Ports of a transport protocol that follow each other.
 *
 * @param first the first, 1 to 65535
 * @param last the last, included
 */
public record PortRange(int first, int last) {
    public PortRange {
        Rules.range("port", first, 1, 65535);
        Rules.range("port", last, first, 65535);
    }

    /** How many they are. */
    public int count() {
        return last - first + 1;
    }

    /** Whether a port is among them. */
    public boolean contains(int port) {
        return port >= first && port <= last;
    }

    /** Whether a port is among both. */
    public boolean overlaps(PortRange other) {
        return first <= other.last && other.first <= last;
    }

    /** As people write it: one port or {@code FIRST:LAST}. */
    @Override
    public String toString() {
        return first == last ? Integer.toString(first) : first + ":" + last;
    }
}
