package io.weft.vrouter;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Reads {@code struct trace_note} of {@code trace.h}. */
@SuppressWarnings("EnumOrdinal") // the orders are those of the C enums, which are the origin
final class DecisionCodec {
    /** Bytes of a note. */
    static final int SIZE = 64;

    private static final int HEAD = 16;
    private static final int KEPT_DEAD = 4;
    private static final int ALLOW = 1;
    private static final int STATEFUL = 2;

    private DecisionCodec() {}

    @SuppressWarnings("ArrayRecordComponent") // read at once, never compared
    private record Note(int step, int port, int number, int more, byte[] bytes) {
        <T> T decode(Codec<T> codec) {
            return decode(codec, 0);
        }

        <T> T decode(Codec<T> codec, int offset) {
            return codec.decode(Arrays.copyOfRange(bytes, offset, offset + codec.size()));
        }
    }

    private static final Codec<IpAddress> ADDRESS =
            new Codec<>(16, (value, out) -> Codec.putAddress(out, value), Codec::getAddress);

    /** The decision; one with a number that this build has no name for is {@link Decision.Unknown}. */
    static Decision decode(byte[] bytes) {
        try {
            return known(bytes);
        } catch (ArrayIndexOutOfBoundsException e) {
            return new Decision.Unknown(
                    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt());
        }
    }

    private static Decision known(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        Note note = new Note(
                in.getInt(), in.getInt(), in.getInt(), in.getInt(), Arrays.copyOfRange(bytes, HEAD, bytes.length));
        return switch (note.step) {
            case 1 -> new Decision.Sender(note.port, note.number, flags(note.more));
            case 2 -> new Decision.SourceAllowed(note.port, note.more != 0);
            case 3 ->
                new Decision.Tracked(
                        note.decode(ConnectionKey.CODEC),
                        Decision.Kept.values()[note.number & ~KEPT_DEAD],
                        (note.number & KEPT_DEAD) != 0,
                        Connection.State.values()[note.more]);
            case 4 ->
                new Decision.Judged(
                        note.decode(PolicyKey.CODEC),
                        Optional.of(new PolicyVerdict(
                                (note.more & ALLOW) != 0, (note.more & STATEFUL) != 0, 0, note.number)));
            case 5 -> new Decision.Judged(note.decode(PolicyKey.CODEC), Optional.empty());
            case 6 ->
                new Decision.Routed(note.number, Decision.RouteKind.values()[note.more], note.decode(NextHop.CODEC));
            case 7 ->
                new Decision.Resolved(
                        note.number, note.decode(ADDRESS), note.decode(AddressOwner.CODEC, ADDRESS.size()));
            case 8 -> new Decision.Switched(place(note));
            case 9 -> new Decision.Delivered(note.port, note.number);
            case 10 -> new Decision.Tunnelled(note.number, note.more);
            case 11 -> new Decision.Arrived(note.number, note.more);
            case 12 -> new Decision.Served(note.number);
            case 13 -> new Decision.Answered(note.number);
            case 14 -> new Decision.Copied(note.port, place(note));
            case 15 -> new Decision.AgentAsked(VrouterEvent.Question.values()[note.number - 1]);
            case 16 -> new Decision.Dropped(note.port, DropReason.values()[note.number - 1]);
            case 17 ->
                new Decision.Translated(
                        note.decode(ADDRESS), port(note.number), note.decode(ADDRESS, ADDRESS.size()), port(note.more));
            case 18 -> new Decision.ByDevice();
            case 19 -> new Decision.Outside(note.number, note.more);
            case 20 -> new Decision.Held(note.number);
            case 21 ->
                new Decision.Sought(
                        note.decode(TranslationKey.CODEC),
                        ByteBuffer.wrap(note.bytes, 0, TranslationKey.CODEC.size())
                                .slice()
                                .asReadOnlyBuffer(),
                        note.number == 0 ? Optional.empty() : Optional.of(Connection.State.values()[note.more]));
            case 22 -> new Decision.Entered(note.number, note.more);
            case 23 ->
                new Decision.Balanced(
                        note.port,
                        note.decode(ListenerKey.CODEC),
                        note.decode(PoolKey.CODEC, ListenerKey.CODEC.size()),
                        Decision.Choice.values()[note.number]);
            default -> new Decision.Unknown(note.step);
        };
    }

    private static Place place(Note note) {
        return new Place(Place.Kind.values()[note.more], note.number, false);
    }

    /** A port in network order, as a number of 16 bits. */
    private static int port(int number) {
        short value = (short) number;
        return (ByteOrder.nativeOrder().equals(ByteOrder.LITTLE_ENDIAN) ? Short.reverseBytes(value) : value) & 0xffff;
    }

    private static Set<Port.Flag> flags(int bits) {
        Set<Port.Flag> flags = EnumSet.noneOf(Port.Flag.class);
        for (Port.Flag flag : Port.Flag.values()) {
            if ((bits & 1 << flag.ordinal()) != 0) {
                flags.add(flag);
            }
        }
        return flags;
    }
}
