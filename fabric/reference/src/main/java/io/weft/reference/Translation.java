package io.weft.reference;

import io.weft.model.IpAddress;
import java.util.UUID;

/**
 * A connection that a router with a shared address has let pass: its packets keep the names that the first one got, in both
 * directions (RFC 4787 REQ-1, RFC 5382 REQ-1). An ICMP query and its answer are a connection without ports: how identifiers
 * tell two of them apart is not spelled out.
 *
 * @param router the router
 * @param protocol the IP protocol
 * @param inside the address inside
 * @param insidePort its port; 0 of ICMP
 * @param outside what stands for it outside
 * @param outsidePort its port; 0 of ICMP, and where the model leaves the choice to the router: whoever has seen which it
 *     took says so by {@link #withChosenPort}
 * @param remote the other end
 * @param remotePort its port; 0 of ICMP
 */
public record Translation(
        UUID router,
        int protocol,
        IpAddress inside,
        int insidePort,
        IpAddress outside,
        int outsidePort,
        IpAddress remote,
        int remotePort) {
    /** The same where a router took this port for one that the model leaves open: it has it here, or had it before. */
    public Translation withChosenPort(int port) {
        boolean hasPorts = insidePort > 0;
        return new Translation(
                router,
                protocol,
                inside,
                insidePort,
                outside,
                hasPorts && outsidePort == 0 ? port : outsidePort,
                remote,
                hasPorts && remotePort == 0 ? port : remotePort);
    }
}
