/**
 * What holds back what workloads send and receive: token buckets on their devices, and for what they send a veth pair of
 * Weft's own; and what passes by addresses outside: a pair for all of them, with a class for each. It outlives the agent. Difference and retries are here; what should be held back is calculated elsewhere.
 */
@NullMarked
package io.weft.agent.shaping;

import org.jspecify.annotations.NullMarked;
