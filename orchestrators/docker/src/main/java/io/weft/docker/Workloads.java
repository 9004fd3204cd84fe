package io.weft.docker;

import java.util.Set;
import java.util.UUID;

/** What the driver needs of the node. Safe for use by several threads. */
public interface Workloads {
    /** The node's name, to which ports are bound. */
    String host();

    /**
     * Makes a pair of devices for a port that is bound to this node and waits until the port forwards. A pair from before is
     * made anew.
     *
     * @return the name of the end for the container, in the host's namespace
     * @throws RuntimeException saying why it cannot be; nothing is left then
     */
    String attach(UUID port);

    /** Removes a port's pair of devices, wherever its other end is; there may be none. */
    void detach(UUID port);

    /** The ports that have such a pair. */
    Set<UUID> attached();
}
