package io.weft.kernel.netlink;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The attributes at the end of a message, or inside another; broken ones end the list. */
final class Attributes {
    private static final int TYPE = 0x3fff;
    private static final int KNOWN = 64;

    private final @Nullable ByteBuffer[] values = new ByteBuffer[KNOWN];

    private Attributes(ByteBuffer bytes) {
        int at = bytes.position();
        int end = bytes.limit();
        while (end - at >= 4) {
            int length = Short.toUnsignedInt(bytes.getShort(at));
            int type = bytes.getShort(at + 2) & TYPE;
            if (length < 4 || length > end - at) {
                return;
            }
            if (type < KNOWN) {
                values[type] = bytes.slice(at + 4, length - 4).order(ByteOrder.nativeOrder());
            }
            at += (length + 3) / 4 * 4;
        }
    }

    static Attributes of(ByteBuffer bytes) {
        return new Attributes(bytes);
    }

    boolean has(int type) {
        return values[type] != null;
    }

    int integer(int type, int otherwise) {
        ByteBuffer value = values[type];
        return value == null || value.remaining() < 4 ? otherwise : value.getInt(0);
    }

    int shortInteger(int type, int otherwise) {
        ByteBuffer value = values[type];
        return value == null || value.remaining() < 2 ? otherwise : Short.toUnsignedInt(value.getShort(0));
    }

    int octet(int type, int otherwise) {
        ByteBuffer value = values[type];
        return value == null || value.remaining() < 1 ? otherwise : Byte.toUnsignedInt(value.get(0));
    }

    String string(int type) {
        ByteBuffer value = values[type];
        if (value == null) {
            return "";
        }
        int length = 0;
        while (length < value.remaining() && value.get(length) != 0) {
            length++;
        }
        byte[] text = new byte[length];
        value.get(0, text);
        return new String(text, StandardCharsets.UTF_8);
    }

    Optional<MacAddress> mac(int type) {
        ByteBuffer value = values[type];
        if (value == null || value.remaining() != 6) {
            return Optional.empty();
        }
        long bits = 0;
        for (int i = 0; i < 6; i++) {
            bits = bits << 8 | Byte.toUnsignedLong(value.get(i));
        }
        return Optional.of(new MacAddress(bits));
    }

    Optional<IpAddress> address(int type) {
        ByteBuffer value = values[type];
        if (value == null || value.remaining() != 4 && value.remaining() != 16) {
            return Optional.empty();
        }
        byte[] bytes = new byte[value.remaining()];
        value.get(0, bytes);
        return Optional.of(IpAddress.ofBytes(bytes));
    }

    Optional<ByteBuffer> bytes(int type) {
        return Optional.ofNullable(values[type]);
    }

    Attributes nested(int type) {
        ByteBuffer value = values[type];
        return new Attributes(value == null ? ByteBuffer.allocate(0) : value);
    }
}
