/**
 * Ethernet frames from user space: packet sockets, tap devices, and the offloads of interfaces.
 *
 * <p>Everything is opened in a network namespace and used from any thread afterwards. Calls that wait block a platform
 * thread and end when the object is closed.
 */
@NullMarked
package io.weft.kernel.socket;

import org.jspecify.annotations.NullMarked;
