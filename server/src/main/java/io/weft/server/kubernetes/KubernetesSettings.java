package io.weft.server.kubernetes;

import java.net.URI;
import java.nio.file.Path;

/**
 * The cluster whose nodes may enrol.
 *
 * @param namespace the namespace of the agents' pods
 * @param serviceAccount their service account
 * @param url the cluster's API
 * @param credentials a directory with {@code token}, as whom to call it, and {@code ca.crt}, whom to trust; read anew each
 *     time, since both change
 */
public record KubernetesSettings(String namespace, String serviceAccount, URI url, Path credentials) {}
