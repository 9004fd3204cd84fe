/**
 * A small data centre in network namespaces: an underlay with routed hosts, a server, agents, workloads and guests.
 *
 * <p>Everything in it is the real thing, started as its users start it: processes of the command line, stock clients in
 * the workloads, packets on the wire. Whatever it made is gone when it is closed, or else when the next one starts.
 */
@NullMarked
package io.weft.e2e;

import org.jspecify.annotations.NullMarked;
