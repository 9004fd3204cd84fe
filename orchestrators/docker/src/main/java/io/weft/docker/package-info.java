/**
 * A remote network driver and IPAM driver of Docker engines, in the agent's process. It promises that containers share
 * networks with everything else, that every address it gives is taken in Neutron before, that a container's port forwards
 * before the engine goes on, and that it keeps nothing that the API cannot tell: any process may end at any moment.
 */
@NullMarked
package io.weft.docker;

import org.jspecify.annotations.NullMarked;
