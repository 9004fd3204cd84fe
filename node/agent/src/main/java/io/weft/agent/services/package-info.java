/**
 * The node's own services to its workloads: the namespace in which they listen, the metadata server, and
 * the DNS server with what it asks of others. Requests run on virtual threads and read snapshots; only the namespace belongs
 * to the node's thread.
 */
@NullMarked
package io.weft.agent.services;

import org.jspecify.annotations.NullMarked;
