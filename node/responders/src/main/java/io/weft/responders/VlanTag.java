package io.weft.responders;

import java.nio.ByteBuffer;

/** The tag of a frame (IEEE 802.1Q clause 9). */
public final class VlanTag {
    private static final int ADDRESS_BYTES = 12;
    private static final int TAG_BYTES = 4;
    private static final short PROTOCOL = (short) 0x8100;

    private VlanTag() {}

    /** The same frame behind a tag: the lowest priority, and this VLAN id. */
    public static byte[] insert(byte[] frame, int vlan) {
        return ByteBuffer.allocate(frame.length + TAG_BYTES)
                .put(frame, 0, ADDRESS_BYTES)
                .putShort(PROTOCOL)
                .putShort((short) vlan)
                .put(frame, ADDRESS_BYTES, frame.length - ADDRESS_BYTES)
                .array();
    }
}
