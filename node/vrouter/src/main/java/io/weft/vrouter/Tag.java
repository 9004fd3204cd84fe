package io.weft.vrouter;

import java.nio.ByteBuffer;

/**
 * What tells a trunk's subport from others on the parent's device.
 *
 * @param device the ifindex of the parent's device
 * @param vlan the VLAN id (IEEE 802.1Q), 1 to 4094
 */
public record Tag(int device, int vlan) {
    /** {@code SUBPORT_PLACE}: no ifindex has this bit. */
    private static final int SUBPORT = 1 << 30;

    static final Codec<Tag> CODEC = new Codec<>(8, Tag::write, Tag::read);

    /** The place of a subport, which other tables have where they have the ifindex of others. */
    public static int place(int portNumber) {
        return SUBPORT | portNumber;
    }

    /** Whether a place is a subport's. */
    public static boolean isSubport(int place) {
        return (place & SUBPORT) != 0;
    }

    /** The number of the subport that has this place. */
    public static int number(int place) {
        return place & ~SUBPORT;
    }

    static void write(Tag tag, ByteBuffer out) {
        out.putInt(tag.device).putShort((short) tag.vlan).putShort((short) 0);
    }

    static Tag read(ByteBuffer in) {
        int device = in.getInt();
        int vlan = in.getShort() & 0xffff;
        in.getShort();
        return new Tag(device, vlan);
    }
}
