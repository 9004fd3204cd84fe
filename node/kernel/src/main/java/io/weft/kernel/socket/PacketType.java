package io.weft.kernel.socket;

/** Whom the kernel took a frame to be for. */
public enum PacketType {
    HOST,
    BROADCAST,
    MULTICAST,
    OTHER_HOST,
    OUTGOING;

    static PacketType of(int number) {
        PacketType[] all = values();
        return number < all.length ? all[number] : OTHER_HOST;
    }
}
