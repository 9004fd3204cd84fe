/**
 * The process on a node: it makes the kernel forward as the server's records say, and answers what workloads ask of
 * their network. One thread owns all state; when the server is gone the node forwards on, and when the agent is gone the
 * kernel does. It persists its certificate and the last complete records, nothing else.
 */
@NullMarked
package io.weft.agent;

import org.jspecify.annotations.NullMarked;
