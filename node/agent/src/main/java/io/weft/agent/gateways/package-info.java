/**
 * Which node each router's gateway is on, found out by the nodes among themselves, without any server: they tell each other
 * over the underlay, and ask on the external network before one takes an address ({@code docs/decisions}, gateways that stand by).
 */
@NullMarked
package io.weft.agent.gateways;

import org.jspecify.annotations.NullMarked;
