/**
 * What may be done to the model: networks, subnets, ports, routers, nodes and quotas, for whom and by which rules.
 *
 * <p>Each operation is one transaction, worked out from a view of the replica and repeated when what it relied on has
 * changed. Errors carry Neutron's names and messages; HTTP, policy beyond ownership and the nodes are elsewhere.
 */
@NullMarked
package io.weft.domain;

import org.jspecify.annotations.NullMarked;
