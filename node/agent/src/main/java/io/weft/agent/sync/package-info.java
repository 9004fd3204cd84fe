/**
 * What the node has subscribed to: its records, kept over restarts, and the stream that brings them.
 * A batch is applied whole or not at all, and a node that was away resumes where it stopped. When no server can be
 * reached, everything that was last received stays in force.
 */
@NullMarked
package io.weft.agent.sync;

import org.jspecify.annotations.NullMarked;
