package io.weft.agent.container;

import io.weft.agent.container.Attachment.Origin;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Where a container's port comes from. Methods are called by several threads, for one attachment by one at a time. */
sealed interface PortSource permits ApiPorts, PreparedPorts {
    /**
     * Whose a port is that {@link #obtain} would give.
     *
     * @param before what is known of the attachment
     */
    Origin origin(CniRequest request, Optional<Attachment> before);

    /**
     * The port for a container, bound to this node. Asked again for the same attachment, it gives the same port.
     *
     * @param before what is known of the attachment, when it was begun before and may have a port
     * @throws CniException when there is none, or not in time
     */
    UUID obtain(CniRequest request, Optional<Attachment> before);

    /**
     * The ports of the interfaces that come along with the one that is asked for, by the interfaces' names.
     *
     * @param attachment the one that is asked for
     * @param port what {@link #obtain} gave
     */
    Map<String, UUID> further(CniRequest request, Attachment attachment, UUID port);

    /**
     * Lets go of what {@link #obtain} gave, or may have given before the agent was stopped. Doing it twice does no harm.
     *
     * @throws RuntimeException when it has to be tried again later
     */
    void release(Attachment attachment);
}
