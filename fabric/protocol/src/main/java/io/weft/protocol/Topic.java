package io.weft.protocol;

import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * A set of records that a node has whole or not at all. Its text is {@code kind/name}.
 *
 * @param kind what it is about
 * @param name the host's name, or the id of what it is about; 1 to 255 characters
 */
public record Topic(Kind kind, String name) implements Comparable<Topic> {
    /** The longest name, in characters. */
    public static final int MAX_NAME = 255;

    /** The kinds of topics, those that others refer to first. */
    public enum Kind {
        /** The addresses of a security group or an address group that rules name as their remote. */
        MEMBERS,
        /** A security group and its rules. */
        GROUP,
        /** How a node is reached: its tunnel addresses. */
        PEER,
        /** A network, its subnets and the places of its ports. */
        NETWORK,
        /** A router, its interfaces and routes. */
        ROUTER,
        /** What is bound to a host. */
        NODE;

        private final String text = name().toLowerCase(Locale.ROOT);

        /** The name on the wire. */
        public String text() {
            return text;
        }

        /** The kind with this name on the wire; empty when this build does not know it. */
        public static Optional<Kind> of(String text) {
            for (Kind kind : values()) {
                if (kind.text.equals(text)) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }
    }

    public Topic {
        if (name.isEmpty() || name.length() > MAX_NAME) {
            throw new IllegalArgumentException("a topic's name has 1 to " + MAX_NAME + " characters");
        }
    }

    /** The addresses of this security group or address group. */
    public static Topic members(UUID groupId) {
        return new Topic(Kind.MEMBERS, groupId.toString());
    }

    public static Topic group(UUID groupId) {
        return new Topic(Kind.GROUP, groupId.toString());
    }

    public static Topic peer(String host) {
        return new Topic(Kind.PEER, host);
    }

    public static Topic network(UUID networkId) {
        return new Topic(Kind.NETWORK, networkId.toString());
    }

    public static Topic router(UUID routerId) {
        return new Topic(Kind.ROUTER, routerId.toString());
    }

    public static Topic node(String host) {
        return new Topic(Kind.NODE, host);
    }

    /**
     * Reads {@code kind/name}.
     *
     * @return empty when the kind is not known to this build
     * @throws ProtocolException when it is no topic of any kind
     */
    public static Optional<Topic> parse(String text) throws ProtocolException {
        int slash = text.indexOf('/');
        int length = text.length() - slash - 1;
        if (slash < 1 || length < 1 || length > MAX_NAME) {
            throw new ProtocolException("no topic: " + Excerpt.of(text));
        }
        return Kind.of(text.substring(0, slash)).map(kind -> new Topic(kind, text.substring(slash + 1)));
    }

    /** Kinds that are referred to first, then by name. */
    @Override
    public int compareTo(Topic other) {
        int byKind = kind.compareTo(other.kind);
        return byKind != 0 ? byKind : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return kind.text + "/" + name;
    }
}
