/**
 * What a server asks of the API server of the Kubernetes cluster whose nodes may enrol by their pods' tokens, and what it
 * tells it. One cluster a server; everything else about Kubernetes is the controller's.
 */
@NullMarked
package io.weft.server.kubernetes;

import org.jspecify.annotations.NullMarked;
