/**
 * What workloads ask their network, answered: DHCP and router solicitations that the data path hands over, and the
 * advertisements that nobody asks for. The answers come from views of the tables that are swapped port by port, so the
 * server is not needed for them, and the node's own thread neither.
 */
@NullMarked
package io.weft.agent.answers;

import org.jspecify.annotations.NullMarked;
