/**
 * Octavia's API v2 for what nodes balance: connections, by addresses and ports. It promises that whatever is accepted is done;
 * the rest is refused with the attribute and the reason.
 */
@NullMarked
package io.weft.loadbalancer;

import org.jspecify.annotations.NullMarked;
