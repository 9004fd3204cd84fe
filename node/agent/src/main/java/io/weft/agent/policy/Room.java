package io.weft.agent.policy;

/** How many entries a table still takes. */
final class Room {
    private final int capacity;
    private int used;

    Room(int capacity) {
        this.capacity = capacity;
    }

    /** Takes room for so many entries; gives whether there was enough. */
    boolean take(int entries) {
        if (capacity - used < entries) {
            return false;
        }
        used += entries;
        return true;
    }

    void give(int entries) {
        used -= entries;
    }

    int used() {
        return used;
    }

    int capacity() {
        return capacity;
    }
}
