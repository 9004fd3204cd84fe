package io.weft.reference;

import io.weft.model.IpFamily;
import io.weft.model.IpProtocol;

/**
 * What rules see of a packet above IP.
 *
 * @param protocol the IP protocol, 0 to 255
 * @param source the source port; of ICMP the type; 0 where there is neither
 * @param destination the destination port; of ICMP the code; 0 where there is neither
 */
public record Transport(int protocol, int source, int destination) {
    private static final int TCP = 6;
    private static final int UDP = 17;

    /** A segment of TCP between these ports. */
    public static Transport tcp(int source, int destination) {
        return new Transport(TCP, source, destination);
    }

    /** A datagram of UDP between these ports. */
    public static Transport udp(int source, int destination) {
        return new Transport(UDP, source, destination);
    }

    /** An echo request (RFC 792, RFC 4443). */
    public static Transport echoRequest(IpFamily family) {
        return family == IpFamily.IPV4
                ? new Transport(IpProtocol.ICMP, 8, 0)
                : new Transport(IpProtocol.ICMPV6, 128, 0);
    }

    /** An echo reply. */
    public static Transport echoReply(IpFamily family) {
        return family == IpFamily.IPV4
                ? new Transport(IpProtocol.ICMP, 0, 0)
                : new Transport(IpProtocol.ICMPV6, 129, 0);
    }

    /** Whether it is sent to where tunnels end (RFC 7348). */
    boolean isVxlan() {
        return protocol == UDP && destination == 4789;
    }

    /** Whether it has ports. */
    boolean hasPorts() {
        return protocol == TCP || protocol == UDP;
    }

    /** Where it has ports: the same from this one. */
    Transport from(int port) {
        return hasPorts() ? new Transport(protocol, port, destination) : this;
    }

    /** Where it has ports: the same to this one. */
    Transport to(int port) {
        return hasPorts() ? new Transport(protocol, source, port) : this;
    }

    /** The source port; 0 where there is none. */
    int sourcePort() {
        return hasPorts() ? source : 0;
    }

    /** The destination port; 0 where there is none. */
    int destinationPort() {
        return hasPorts() ? destination : 0;
    }
}
