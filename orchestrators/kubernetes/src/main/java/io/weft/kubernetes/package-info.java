/**
 * The controller that gives a Kubernetes cluster its network. It promises that a pod's port exists, with the rules of every
 * policy that was seen before it, as soon as the pod is scheduled; that one pod's change costs the same in a large cluster;
 * and that it keeps nothing that Kubernetes and Neutron cannot tell, so that any process may end at any moment.
 */
@NullMarked
package io.weft.kubernetes;

import org.jspecify.annotations.NullMarked;
