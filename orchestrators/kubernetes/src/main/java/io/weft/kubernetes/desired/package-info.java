/**
 * What Neutron shall have for all that is known of a cluster, kept up with each change. It promises to equal what a
 * computation of everything anew would give, and to name all ports and groups that a change touches. No clock, no call.
 */
@NullMarked
package io.weft.kubernetes.desired;

import org.jspecify.annotations.NullMarked;
