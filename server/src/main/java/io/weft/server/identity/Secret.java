package io.weft.server.identity;

import com.fasterxml.jackson.annotation.JsonIgnoreType;

/**
 * Bytes that must not be seen: neither in logs, since its text is always the same, nor in JSON, which leaves fields of
 * this type out.
 */
@JsonIgnoreType
public final class Secret {
    private final byte[] bytes;

    private Secret(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The caller gives the array away and must not keep it. */
    public static Secret owned(byte[] bytes) {
        return new Secret(bytes);
    }

    /** The bytes themselves, for the one who needs them; a copy. */
    public byte[] reveal() {
        return bytes.clone();
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
