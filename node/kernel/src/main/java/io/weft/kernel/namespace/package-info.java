/**
 * Network namespaces, named as {@code ip netns} names them, open by descriptor, and entered by threads of their own.
 *
 * <p>A namespace belongs to a thread in Linux, so work inside one runs on a platform thread that enters it once and
 * stays; no other thread ever changes its namespace. Sockets and descriptors made there may be used from anywhere.
 */
@NullMarked
package io.weft.kernel.namespace;

import org.jspecify.annotations.NullMarked;
