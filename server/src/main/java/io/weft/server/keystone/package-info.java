/**
 * Callers known by OpenStack's Identity API v3: each token is shown to Keystone, by a service user of Weft's own, and the
 * answer is remembered for a short while. Nothing here decides what a caller may do.
 */
@NullMarked
package io.weft.server.keystone;

import org.jspecify.annotations.NullMarked;
