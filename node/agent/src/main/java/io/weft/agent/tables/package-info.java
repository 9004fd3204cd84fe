/**
 * From the node's records and devices to the entries that its vRouter should have: a pure fold.
 * The outcome depends on the present records and devices, never on how they came about; a change costs what it touches.
 * Numbers that are the node's own (routing domains, nodes, ports, groups) stay with what they name, over restarts too.
 */
@NullMarked
package io.weft.agent.tables;

import org.jspecify.annotations.NullMarked;
