/**
 * How a process of Weft logs: one line a state change, with identifiers as fields, as text or JSON.
 *
 * <p>Any module logs through {@link java.lang.System.Logger} and adds fields as {@link java.util.Map.Entry} parameters,
 * {@code logger.log(INFO, "node enrolled", Map.entry("host", host))}; it needs nothing from here. This package only
 * writes the lines, to standard error.
 */
@NullMarked
package io.weft.server.log;

import org.jspecify.annotations.NullMarked;
