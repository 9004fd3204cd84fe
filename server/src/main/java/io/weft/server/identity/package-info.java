/**
 * Who is who in an installation: its certificate authority, enrolment by one-time tokens, and nodes' certificates.
 *
 * <p>A node gets a certificate of its own name for a token that works once, renews it while it holds, and loses it when
 * it is revoked. Secrets lie encrypted in the store under a master key that only the servers' hosts have; tokens lie
 * there as digests only.
 */
@NullMarked
package io.weft.server.identity;

import org.jspecify.annotations.NullMarked;
