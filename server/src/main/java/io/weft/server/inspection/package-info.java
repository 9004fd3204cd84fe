/**
 * Questions to nodes. Agents wait here for them; who asks waits a bounded time and is told when nobody answered. Nothing
 * that forwards, and nothing that changes the model, depends on an answer.
 */
@NullMarked
package io.weft.server.inspection;

import org.jspecify.annotations.NullMarked;
