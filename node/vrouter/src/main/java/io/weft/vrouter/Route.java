package io.weft.vrouter;

import io.weft.model.MacAddress;
import java.nio.ByteBuffer;

/** What a routing domain does with a prefix. */
public sealed interface Route {
    /** The destination is in the network of {@code hop}, whose address is {@link NextHop#ON_LINK}. */
    record Connected(NextHop hop) implements Route {}

    /** A gateway in the network of {@code hop}: a workload, or the interface of another router. */
    record Via(NextHop hop) implements Route {}

    /**
     * Equal-cost paths: the flow's hash chooses a slot.
     *
     * @param group number of the group in {@link Tables#groupMembers}, chosen by the agent
     * @param members how many slots are filled, 1 to 65535; fill them before the route names them
     */
    record Group(int group, int members) implements Route {}

    /**
     * Out by a gateway of the domain: the network of {@code hop} is external, its MAC is not looked at, and its address is
     * the router outside, or {@link NextHop#ON_LINK} when the destination itself is there.
     */
    record External(NextHop hop) implements Route {}

    /**
     * As {@link Group}; members in the network of a gateway of the domain lead out by it, as {@link External} does.
     *
     * @param group number of the group in {@link Tables#groupMembers}
     * @param members how many slots are filled, 1 to 65535
     */
    record ExternalGroup(int group, int members) implements Route {}

    /** Packets are dropped. */
    record Blackhole() implements Route {}

    NextHop NOWHERE = new NextHop(0, new MacAddress(0), 0, NextHop.ON_LINK);

    Codec<Route> CODEC = new Codec<>(36, Route::write, Route::read);

    private static void write(Route route, ByteBuffer out) {
        switch (route) {
            case Connected(NextHop hop) -> write(out, 1, 0, 0, hop);
            case Via(NextHop hop) -> write(out, 2, 0, 0, hop);
            case Group(int group, int members) -> write(out, 3, members, group, NOWHERE);
            case External(NextHop hop) -> write(out, 5, 0, 0, hop);
            case ExternalGroup(int group, int members) -> write(out, 6, members, group, NOWHERE);
            case Blackhole() -> write(out, 4, 0, 0, NOWHERE);
        }
    }

    private static void write(ByteBuffer out, int kind, int members, int group, NextHop hop) {
        out.put((byte) kind).put((byte) 0).putShort((short) members).putInt(group);
        NextHop.write(hop, out);
    }

    private static Route read(ByteBuffer in) {
        int kind = in.get();
        in.get();
        int members = in.getShort() & 0xffff;
        int group = in.getInt();
        NextHop hop = NextHop.read(in);
        return switch (kind) {
            case 1 -> new Connected(hop);
            case 2 -> new Via(hop);
            case 3 -> new Group(group, members);
            case 4 -> new Blackhole();
            case 5 -> new External(hop);
            case 6 -> new ExternalGroup(group, members);
            default -> throw new IllegalStateException("no kind of route has the number " + kind);
        };
    }
}
