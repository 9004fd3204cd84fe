package io.weft.kernel.netlink;

/** Whether a link carries packets (RFC 2863), in the order of its numbers. */
public enum OperationalState {
    UNKNOWN,
    NOT_PRESENT,
    DOWN,
    LOWER_LAYER_DOWN,
    TESTING,
    DORMANT,
    UP;

    static OperationalState of(int number) {
        OperationalState[] all = values();
        return number >= 0 && number < all.length ? all[number] : UNKNOWN;
    }
}
