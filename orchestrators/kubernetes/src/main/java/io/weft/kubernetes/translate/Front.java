package io.weft.kubernetes.translate;

/** Where a virtual address takes calls. */
public record Front(Protocol protocol, int port) implements Comparable<Front> {
    /** The name of its listener and pool: {@code tcp-80}. */
    public String text() {
        return protocol.text() + "-" + port;
    }

    @Override
    public int compareTo(Front other) {
        return protocol == other.protocol ? Integer.compare(port, other.port) : protocol.compareTo(other.protocol);
    }
}
