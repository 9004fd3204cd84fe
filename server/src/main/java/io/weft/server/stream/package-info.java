/**
 * The agents' listener: enrolment and renewal of certificates, each node's stream of records, and its reports.
 *
 * <p>Everything but enrolment needs a certificate of the installation that was not revoked, and the host in the path
 * must be the certificate's. A node hears only of what concerns it and writes only its own status.
 */
@NullMarked
package io.weft.server.stream;

import org.jspecify.annotations.NullMarked;
