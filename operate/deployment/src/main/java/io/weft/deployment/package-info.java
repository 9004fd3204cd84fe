/**
 * What brings Weft to where it runs: its container images, and a demonstration that wires an existing Kubernetes cluster by
 * the manifests of {@code deploy/kubernetes}.
 */
@NullMarked
package io.weft.deployment;

import org.jspecify.annotations.NullMarked;
