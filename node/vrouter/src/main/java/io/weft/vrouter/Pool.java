package io.weft.vrouter;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who takes the connections of listeners, one family of addresses.
 *
 * @param members by their places, 0 to {@link #MEMBERS} - 1. A member should keep its place as long as it is there: then a
 *     connection finds it without a search
 */
public record Pool(Map<Integer, Member> members) {
    /** The greatest number of members. */
    public static final int MEMBERS = 256;

    /** The greatest weight of a member. */
    public static final int MAX_WEIGHT = 256;

    /** {@code POOL_SLOTS}; the struct has three more, for nobody. */
    static final int SLOTS = 1021;

    private static final int UNUSED_SLOTS = 3;
    private static final IpAddress NOBODY = IpAddress.ofIpv6(0, 0);
    private static final Member NONE = new Member(NOBODY, 0, 0);

    /**
     * A member.
     *
     * @param port 1 to 65,535
     * @param weight its share of new connections, up to {@link #MAX_WEIGHT}; with 0 it keeps those that it has
     */
    public record Member(IpAddress address, int port, int weight) {}

    static final Codec<Pool> CODEC = new Codec<>(4 + SLOTS + UNUSED_SLOTS + 20 * MEMBERS, Pool::write, Pool::read);

    public Pool {
        members = Map.copyOf(members);
        if (!members.keySet().stream().allMatch(place -> place >= 0 && place < MEMBERS)) {
            throw new IllegalArgumentException("a member's place is from 0 to " + (MEMBERS - 1));
        }
    }

    /** The member of each slot, by its place: the same on every node that has the same members. */
    private byte[] slots() {
        Map<Member, Integer> places = new TreeMap<>(Maglev.ORDER);
        members.forEach((place, member) -> {
            if (member.weight > 0) {
                places.put(member, place);
            }
        });
        byte[] slots = new byte[SLOTS];
        if (!places.isEmpty()) {
            Member[] chosen = Maglev.choose(places.keySet(), SLOTS);
            for (int slot = 0; slot < SLOTS; slot++) {
                Integer place = places.get(chosen[slot]);
                slots[slot] = place == null ? 0 : place.byteValue();
            }
        }
        return slots;
    }

    private static void write(Pool pool, ByteBuffer out) {
        Collection<Member> all = pool.members.values();
        out.putInt((int) all.stream().filter(member -> member.weight > 0).count());
        out.put(pool.slots()).put(new byte[UNUSED_SLOTS]);
        ByteOrder order = out.order();
        for (int place = 0; place < MEMBERS; place++) {
            Member member = pool.members.getOrDefault(place, NONE);
            Codec.putAddress(out, member.address);
            out.order(ByteOrder.BIG_ENDIAN).putShort((short) member.port).order(order);
            out.putShort((short) member.weight);
        }
    }

    private static Pool read(ByteBuffer in) {
        in.position(in.position() + 4 + SLOTS + UNUSED_SLOTS);
        Map<Integer, Member> members = new TreeMap<>();
        ByteOrder order = in.order();
        for (int place = 0; place < MEMBERS; place++) {
            IpAddress address = Codec.getAddress(in);
            int port = in.order(ByteOrder.BIG_ENDIAN).getShort() & 0xffff;
            int weight = in.order(order).getShort() & 0xffff;
            if (port != 0) {
                members.put(place, new Member(address, port, weight));
            }
        }
        return new Pool(members);
    }
}
