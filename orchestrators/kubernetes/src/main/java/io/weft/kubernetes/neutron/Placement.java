package io.weft.kubernetes.neutron;

import io.weft.client.Port;
import io.weft.client.PortAttributes;
import io.weft.client.Query;
import io.weft.kubernetes.translate.PortSpec;

/** How pods' ports come to the nodes of their pods, and are found again. Any number of threads, each for another port. */
public sealed interface Placement permits BoundPorts, Subports {
    /** What a new port has besides what all have. */
    PortAttributes marked(PortAttributes port, PortSpec spec);

    /** Which {@link PortSpec#device} a port was made for. */
    String device(Port port);

    /** The ports of the cluster that were made for a device; others may be among them. */
    Query madeFor(String device);

    /** What has to change of a port that is there, before it is {@linkplain #placed placed}. */
    PortAttributes changes(Port port, PortSpec spec);

    /** The port is where its pod is. */
    void placed(Port port, PortSpec spec);

    /** The port is nowhere, and may be removed. */
    void released(Port port);
}
