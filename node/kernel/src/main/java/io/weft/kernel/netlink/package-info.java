/**
 * rtnetlink (RFC 3549, rtnetlink(7)): links, addresses, routes, neighbours and their changes.
 *
 * <p>A socket belongs to the namespace in which it was opened and may be used from any thread. Requests are answered
 * before their method returns; a refusal is a {@link io.weft.kernel.KernelException} with the kernel's own words.
 */
@NullMarked
package io.weft.kernel.netlink;

import org.jspecify.annotations.NullMarked;
