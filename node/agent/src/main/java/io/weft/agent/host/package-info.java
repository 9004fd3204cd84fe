/**
 * The node itself as a workload: the device by which its own stack is at a port, with addresses and routes, and the rules that
 * hand connections to the node's ports to the network. It promises to touch nothing that is not Weft's: a route that the host
 * has already stays, and is reported.
 */
@NullMarked
package io.weft.agent.host;

import org.jspecify.annotations.NullMarked;
