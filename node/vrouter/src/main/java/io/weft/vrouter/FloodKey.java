package io.weft.vrouter;

import java.nio.ByteBuffer;

/**
 * One member of a network's list of copies; the value is a local or remote {@link Place}. A list ends at its first empty
 * slot, so a member is removed by moving the last one into its slot.
 *
 * @param network VNI
 * @param list which list
 * @param slot 0 to 4095, without gaps
 */
@SuppressWarnings("EnumOrdinal") // the order is that of the C enum, which is the origin
public record FloodKey(int network, List list, int slot) {
    /** The lists of a network, in the order of {@code enum flood_list}. */
    public enum List {
        /** All local ports, and all other nodes that have ports in the network. */
        EVERYONE,
        /** Local ports without port security, and nodes that have such. */
        UNSECURED,
        /** Local ports that have an allowed address pair, and nodes that have such. */
        CANDIDATES
    }

    static final Codec<FloodKey> CODEC = new Codec<>(12, FloodKey::write, FloodKey::read);

    static void write(FloodKey key, ByteBuffer out) {
        out.putInt(key.network).putInt(key.list.ordinal()).putInt(key.slot);
    }

    static FloodKey read(ByteBuffer in) {
        return new FloodKey(in.getInt(), List.values()[in.getInt()], in.getInt());
    }
}
