package io.weft.protocol;

import java.util.Optional;
import java.util.UUID;

/**
 * How far a node has come: {@code EPOCH.FORMAT.REVISION.INTEREST}. Any server that stands on the same store resumes it.
 *
 * @param epoch the store's epoch; revisions of two epochs cannot be compared
 * @param format the compiler's format; records of two formats cannot be mixed
 * @param revision the store revision up to which everything was received
 * @param interest a hash of the topics that the node had then
 */
public record Position(UUID epoch, int format, long revision, long interest) {
    private static final int MAX_TEXT = 36 + 1 + 10 + 1 + 19 + 1 + 16;

    public Position {
        if (format < 0 || revision < 0) {
            throw new IllegalArgumentException("a position's format and revision are not negative");
        }
    }

    /** Reads the text form; empty when it is none, which is the same as having no position. */
    public static Optional<Position> parse(String text) {
        if (text.length() > MAX_TEXT) {
            return Optional.empty();
        }
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Position(
                    UUID.fromString(parts[0]),
                    Integer.parseInt(parts[1]),
                    Long.parseLong(parts[2]),
                    Long.parseUnsignedLong(parts[3], 16)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The same at another revision, when nothing came in between. */
    public Position at(long newRevision) {
        return new Position(epoch, format, newRevision, interest);
    }

    @Override
    public String toString() {
        return epoch + "." + format + "." + revision + "." + Long.toHexString(interest);
    }
}
