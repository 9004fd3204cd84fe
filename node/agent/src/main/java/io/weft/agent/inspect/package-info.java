/**
 * The inspection channel: the agent asks its server whether somebody has a question about this node, and answers it.
 * Questions change nothing, and neither side waits for the other in anything that forwards.
 */
@NullMarked
package io.weft.agent.inspect;

import org.jspecify.annotations.NullMarked;
