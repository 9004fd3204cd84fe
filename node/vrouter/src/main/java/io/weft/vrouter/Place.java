package io.weft.vrouter;

import java.nio.ByteBuffer;

/**
 * Where frames for a MAC or an address go.
 *
 * @param kind what {@code number} means
 * @param number an ifindex, a node's index in {@link Tables#nodes}, or a routing domain; 0 for
 *     {@link Kind#NONE} and {@link Kind#VIRTUAL}
 * @param shared several ports may own it (allowed address pairs): a place that the programs have learned overrules this
 */
@SuppressWarnings("EnumOrdinal") // the order is that of the C enum, which is the origin
public record Place(Kind kind, int number, boolean shared) {
    /** The kinds of place, in the order of {@code enum place_kind}. */
    public enum Kind {
        /** Nowhere yet; with {@link Place#shared} it is looked up among the learned ones. */
        NONE,
        /** A device of this node. */
        LOCAL,
        /** Another node, through the tunnel. */
        REMOTE,
        /** A router's interface: packets are routed here, on the node of the sender. */
        ROUTER,
        /** A virtual address: packets get a member of a listener's pool, on the node of the sender. */
        VIRTUAL
    }

    private static final int SHARED = 1;

    static final Codec<Place> CODEC = new Codec<>(8, Place::write, Place::read);

    /** A workload's device on this node. */
    public static Place local(int ifindex) {
        return new Place(Kind.LOCAL, ifindex, false);
    }

    /** A workload on another node. */
    public static Place remote(int node) {
        return new Place(Kind.REMOTE, node, false);
    }

    /** An interface of a distributed router. */
    public static Place router(int domain) {
        return new Place(Kind.ROUTER, domain, false);
    }

    /** A virtual address. */
    public static Place virtual() {
        return new Place(Kind.VIRTUAL, 0, false);
    }

    /** A place that only ARP and ND will tell. */
    public static Place learned() {
        return new Place(Kind.NONE, 0, true);
    }

    /** The same place, which a learned one may overrule. */
    public Place asShared() {
        return new Place(kind, number, true);
    }

    static void write(Place place, ByteBuffer out) {
        out.put((byte) place.kind.ordinal())
                .put((byte) (place.shared ? SHARED : 0))
                .putShort((short) 0)
                .putInt(place.number);
    }

    static Place read(ByteBuffer in) {
        Kind kind = Kind.values()[in.get()];
        boolean shared = (in.get() & SHARED) != 0;
        in.getShort();
        return new Place(kind, in.getInt(), shared);
    }
}
