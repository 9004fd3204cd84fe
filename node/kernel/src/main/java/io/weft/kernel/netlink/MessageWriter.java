package io.weft.kernel.netlink;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes one netlink message: header, fixed part, attributes that may nest. */
final class MessageWriter {
    static final int REQUEST = 1;
    static final int ACK = 4;
    static final int DUMP = 0x300;
    static final int REPLACE = 0x100;
    static final int EXCLUSIVE = 0x200;
    static final int CREATE = 0x400;

    private static final int NESTED = 1 << 15;

    private ByteBuffer buffer = ByteBuffer.allocate(512).order(ByteOrder.nativeOrder());

    MessageWriter(int type, int flags) {
        buffer.putInt(0);
        buffer.putShort((short) type);
        buffer.putShort((short) (flags | REQUEST));
        buffer.putInt(0);
        buffer.putInt(0);
    }

    /** {@code struct ifinfomsg}. */
    MessageWriter link(int index, int flags, int change) {
        room(16).putInt(0).putInt(index).putInt(flags).putInt(change);
        return this;
    }

    MessageWriter bytes(int... values) {
        room(values.length);
        for (int value : values) {
            buffer.put((byte) value);
        }
        return this;
    }

    MessageWriter word(int value) {
        room(4).putInt(value);
        return this;
    }

    MessageWriter attribute(int type, byte[] value) {
        int length = 4 + value.length;
        room((length + 3) / 4 * 4).putShort((short) length).putShort((short) type);
        buffer.put(value);
        while (buffer.position() % 4 != 0) {
            buffer.put((byte) 0);
        }
        return this;
    }

    MessageWriter attribute(int type, IpAddress address) {
        return attribute(type, address.toBytes());
    }

    MessageWriter integer(int type, int value) {
        room(8).putShort((short) 8).putShort((short) type).putInt(value);
        return this;
    }

    MessageWriter shortInteger(int type, int value) {
        room(8).putShort((short) 6)
                .putShort((short) type)
                .putShort((short) value)
                .putShort((short) 0);
        return this;
    }

    MessageWriter octet(int type, int value) {
        return attribute(type, new byte[] {(byte) value});
    }

    MessageWriter string(int type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] terminated = new byte[bytes.length + 1];
        System.arraycopy(bytes, 0, terminated, 0, bytes.length);
        return attribute(type, terminated);
    }

    /** Opens an attribute of attributes; gives the place for {@link #end}. */
    int begin(int type) {
        int place = buffer.position();
        room(4).putShort((short) 0).putShort((short) (type | NESTED));
        return place;
    }

    /** As {@link #begin}, for old attributes that take no mark of nesting. */
    int beginPlain(int type) {
        int place = buffer.position();
        room(4).putShort((short) 0).putShort((short) type);
        return place;
    }

    MessageWriter end(int place) {
        buffer.putShort(place, (short) (buffer.position() - place));
        return this;
    }

    /** The message under a sequence number. */
    byte[] finish(int sequence) {
        byte[] message = new byte[buffer.position()];
        buffer.putInt(0, message.length);
        buffer.putInt(8, sequence);
        buffer.get(0, message);
        return message;
    }

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            buffer = ByteBuffer.allocate(buffer.capacity() * 2 + bytes)
                    .order(ByteOrder.nativeOrder())
                    .put(buffer.flip());
        }
        return buffer;
    }
}
