/**
 * What a server measures of itself, for Prometheus.
 *
 * <p>Counting costs well under a microsecond a request. Names begin with {@code weft_}, have their unit at the end, and
 * never carry a tenant's id as a label.
 */
@NullMarked
package io.weft.server.metrics;

import org.jspecify.annotations.NullMarked;
