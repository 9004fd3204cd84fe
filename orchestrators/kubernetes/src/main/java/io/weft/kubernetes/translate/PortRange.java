package io.weft.kubernetes.translate;

/** Ports of a transport protocol, both ends included. */
public record PortRange(int first, int last) {
    public PortRange {
        if (first < 1 || last > 65_535 || last < first) {
            throw new RefusedException("ports " + first + " to " + last + " are no range");
        }
    }

    /** One port. */
    static PortRange of(int port) {
        return new PortRange(port, port);
    }
}
