/**
 * The demonstration on an existing Kubernetes cluster: what the cluster is, the manifests with their values, the images on
 * its nodes, and proofs by pods. It speaks to the cluster's API alone and keeps nothing.
 */
@NullMarked
package io.weft.deployment.kubernetes;

import org.jspecify.annotations.NullMarked;
