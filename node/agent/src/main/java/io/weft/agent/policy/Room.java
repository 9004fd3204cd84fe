package io.weft.agent.policy;

/**
 * How many entries a table still takes. What is given back is not taken again before {@link #settle}: until then the kernel may
 * still hold it, so that it never has to refuse an entry.
 */
final class Room {
    private final int capacity;
    private int used;
    private int leaving;

    Room(int capacity) {
        this.capacity = capacity;
    }

    /** Takes room for so many entries; gives whether there was enough. */
    boolean take(int entries) {
        if (!has(entries)) {
            return false;
        }
        used += entries;
        return true;
    }

    /** Whether there is room for so many entries. */
    boolean has(int entries) {
        return capacity - used - leaving >= entries;
    }

    void give(int entries) {
        used -= entries;
        leaving += entries;
    }

    /** The kernel has no entries any more that were given back. */
    void settle() {
        leaving = 0;
    }

    int used() {
        return used;
    }

    int capacity() {
        return capacity;
    }
}
