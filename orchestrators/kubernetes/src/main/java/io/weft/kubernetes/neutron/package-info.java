/**
 * What Neutron has for a cluster, and the calls that make it what it shall be. The cluster's objects are found again by marks
 * that they have from their first moment. A call that failed leaves nothing assumed: the object is read again before the next.
 */
@NullMarked
package io.weft.kubernetes.neutron;

import org.jspecify.annotations.NullMarked;
