/**
 * Container images from files of this machine, without a container engine: layers that are the same bytes whenever their
 * contents are, OCI manifests and configurations, archives and pushes to registries. Nothing here knows Kubernetes.
 */
@NullMarked
package io.weft.deployment.image;

import org.jspecify.annotations.NullMarked;
