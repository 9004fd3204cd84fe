package io.weft.agent.container;

import io.weft.client.Port;
import io.weft.client.PortAttributes;
import io.weft.client.Query;
import java.util.UUID;

/** How the API tells which ports are this machine's, and for which attachment. */
sealed interface Ownership permits NodeOwnership, TrunkOwnership {
    /** The tag of all ports that machines make for containers. */
    String TAG = "weft:cni";

    /** The beginning of the tag that names the network configuration. */
    String NETWORK = TAG + ":network=";

    String DEVICE_OWNER = "compute:container";

    /**
     * What a new port has so that it is found again.
     *
     * @param network the name of the network configuration
     */
    PortAttributes marked(PortAttributes port, AttachmentKey key, String network);

    /** The ports that were made here for an attachment. */
    Query madeFor(AttachmentKey key);

    /** All ports that were made here. */
    Query made();

    /** The {@link AttachmentKey#deviceId} of the attachment for which a port was made. */
    String attachment(Port port);

    /**
     * Takes a port that was made by somebody else; again and again does no harm.
     *
     * @throws CniException when it is in use
     */
    void take(UUID port, AttachmentKey key);

    /** Lets go of a port that was taken, or may have been; it may be gone. */
    void letGo(UUID port, AttachmentKey key);

    /** Deletes a port that was made here; it may be gone. */
    void delete(UUID port);
}
