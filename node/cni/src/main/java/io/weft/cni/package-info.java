/**
 * The executable that container runtimes start, compiled from C and carried as a resource. It promises to be small, static
 * and without memory: everything that it knows is in its environment, on its standard input and with the agent.
 */
@NullMarked
package io.weft.cni;

import org.jspecify.annotations.NullMarked;
