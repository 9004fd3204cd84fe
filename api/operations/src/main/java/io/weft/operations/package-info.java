/**
 * Weft's own API for operators: nodes, enrolment tokens, the state of the installation, backups.
 *
 * <p>It serves administrators only and knows HTTP and JSON; what it serves is an {@link io.weft.operations.Installation}.
 * Its errors have the form {@code {"error": {"type": ..., "message": ...}}}.
 */
@NullMarked
package io.weft.operations;

import org.jspecify.annotations.NullMarked;
