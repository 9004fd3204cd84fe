package io.weft.agent.gateways;

import io.weft.model.IpFamily;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a node tells another, four times a second: that it is there, whether it hears the other one, and what it is to the
 * gateways that both watch. Each message stands for itself, so that lost ones do no harm.
 *
 * <p>On the wire, in network order: {@code WFG1}; a byte that is 1 when the other is heard, else 0; a byte of zeros; the number of
 * roles in two bytes; the first and the last VNI that the roles are complete for, four bytes each; and for each role the VNI in
 * three bytes and the role in one. Unknown roles are left out by the reader. Then, for each of these roles in their order, four
 * bits about its next hops, the first role's in the upper half of a byte: 4 when they are known, 2 when that of IPv6 is lost, 1
 * when that of IPv4 is. Former builds do not send them; what follows them is not looked at.
 *
 * @param hears whether the sender has heard the receiver lately
 * @param first the first VNI that this message speaks of
 * @param last the last one
 * @param roles by transit VNI; what is not in it between first and last has no role with the sender
 * @param lost the families whose next hop the sender's gateways have lost, by transit VNI, where it is known and there is a role
 */
record WatchMessage(
        boolean hears, int first, int last, SortedMap<Integer, Role> roles, Map<Integer, Set<IpFamily>> lost) {
    /** What a node is to a gateway. */
    enum Role {
        /** It could be the gateway. */
        STANDING_BY(1),
        /** It is the gateway. */
        HOLDING(2);

        private final int code;

        Role(int code) {
            this.code = code;
        }

        private static Optional<Role> of(int code) {
            return Arrays.stream(values()).filter(role -> role.code == code).findFirst();
        }
    }

    /** How many roles fit: with the headers of IPv6, less than 1280 bytes. */
    static final int MOST = 256;

    static final int LAST_VNI = 0xffffff;

    private static final int MAGIC = 0x57464731;
    private static final int HEADER = 16;
    private static final int KNOWN = 4;
    private static final int IPV6_LOST = 2;
    private static final int IPV4_LOST = 1;

    WatchMessage {
        roles = new TreeMap<>(roles);
        if (roles.size() > MOST) {
            throw new IllegalArgumentException("too many roles for one message");
        }
        lost = Map.copyOf(lost);
    }

    /** Of next hops nothing is known. */
    WatchMessage(boolean hears, int first, int last, SortedMap<Integer, Role> roles) {
        this(hears, first, last, roles, Map.of());
    }

    byte[] write() {
        ByteBuffer out = ByteBuffer.allocate(HEADER + 4 * roles.size() + (roles.size() + 1) / 2);
        out.putInt(MAGIC).put((byte) (hears ? 1 : 0)).put((byte) 0).putShort((short) roles.size());
        out.putInt(first).putInt(last);
        roles.forEach((vni, role) -> out.putInt(vni << 8 | role.code));
        int upper = -1;
        for (int vni : roles.keySet()) {
            Set<IpFamily> families = lost.get(vni);
            int half = families == null ? 0 : bits(families);
            if (upper < 0) {
                upper = half;
            } else {
                out.put((byte) (upper << 4 | half));
                upper = -1;
            }
        }
        if (upper >= 0) {
            out.put((byte) (upper << 4));
        }
        return out.array();
    }

    private static int bits(Set<IpFamily> lost) {
        return KNOWN | (lost.contains(IpFamily.IPV6) ? IPV6_LOST : 0) | (lost.contains(IpFamily.IPV4) ? IPV4_LOST : 0);
    }

    private static Optional<Set<IpFamily>> families(int bits) {
        Set<IpFamily> lost = EnumSet.noneOf(IpFamily.class);
        if ((bits & IPV6_LOST) != 0) {
            lost.add(IpFamily.IPV6);
        }
        if ((bits & IPV4_LOST) != 0) {
            lost.add(IpFamily.IPV4);
        }
        return (bits & KNOWN) == 0 ? Optional.empty() : Optional.of(lost);
    }

    /** Reads a datagram; empty for what is none of these. */
    static Optional<WatchMessage> read(ByteBuffer in) {
        if (in.remaining() < HEADER || in.getInt() != MAGIC) {
            return Optional.empty();
        }
        boolean hears = in.get() == 1;
        in.get();
        int count = in.getShort() & 0xffff;
        int first = in.getInt();
        int last = in.getInt();
        if (count > MOST || in.remaining() < 4 * count || first < 0 || last < first || last > LAST_VNI) {
            return Optional.empty();
        }
        SortedMap<Integer, Role> roles = new TreeMap<>();
        Map<Integer, Set<IpFamily>> lost = new HashMap<>();
        int halves = in.position() + 4 * count;
        boolean told = in.limit() >= halves + (count + 1) / 2;
        for (int i = 0; i < count; i++) {
            int item = in.getInt();
            int vni = item >>> 8;
            if (vni >= first && vni <= last) {
                // Who cannot tell has lost none.
                int bits = told ? in.get(halves + i / 2) >> (i % 2 == 0 ? 4 : 0) : KNOWN;
                Role.of(item & 0xff).ifPresent(role -> {
                    roles.put(vni, role);
                    families(bits).ifPresent(families -> lost.put(vni, families));
                });
            }
        }
        return Optional.of(new WatchMessage(hears, first, last, roles, lost));
    }

    /** What is to be said, in as many messages as it takes; at least one. */
    static List<WatchMessage> of(boolean hears, SortedMap<Integer, Role> roles, Map<Integer, Set<IpFamily>> lost) {
        List<WatchMessage> messages = new ArrayList<>();
        SortedMap<Integer, Role> some = new TreeMap<>();
        int from = 0;
        for (Map.Entry<Integer, Role> role : roles.entrySet()) {
            if (some.size() == MOST) {
                messages.add(new WatchMessage(hears, from, some.lastKey(), some, among(some, lost)));
                from = some.lastKey() + 1;
                some = new TreeMap<>();
            }
            some.put(role.getKey(), role.getValue());
        }
        messages.add(new WatchMessage(hears, from, LAST_VNI, some, among(some, lost)));
        return messages;
    }

    private static Map<Integer, Set<IpFamily>> among(SortedMap<Integer, Role> roles, Map<Integer, Set<IpFamily>> lost) {
        Map<Integer, Set<IpFamily>> some = new HashMap<>(lost);
        some.keySet().retainAll(roles.keySet());
        return some;
    }
}
