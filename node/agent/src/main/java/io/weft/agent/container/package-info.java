/**
 * Containers and their ports: answers what the CNI executable was asked for, by making a veth between a container's
 * namespace and its port, set up from the port alone. Which port that is comes from a {@link
 * io.weft.agent.container.PortSource}. What the node owes for containers that are gone is kept on disk until it is done.
 */
@NullMarked
package io.weft.agent.container;

import org.jspecify.annotations.NullMarked;
