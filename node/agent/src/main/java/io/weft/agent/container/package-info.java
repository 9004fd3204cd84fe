/**
 * Containers and their ports: answers what the CNI executable was asked for, by making a container's interface at its port,
 * set up from the port alone. {@link io.weft.agent.container.Devices} says how that is made, and which port it is comes from
 * a {@link io.weft.agent.container.PortSource}. What the machine owes for containers that are gone is kept on disk until it
 * is done.
 */
@NullMarked
package io.weft.agent.container;

import org.jspecify.annotations.NullMarked;
