/**
 * The stream between a server and the agents: topics, the records in them, batches, positions and reports.
 *
 * <p>The text form is one JSON object a line over plain HTTP, so that a person can read it; records are written once
 * and shared by all readers. Every reader here is bounded and tolerates fields and record types that it does not know.
 */
@NullMarked
package io.weft.protocol;

import org.jspecify.annotations.NullMarked;
