/**
 * Answers to the workloads' DHCPv4, DHCPv6 and router solicitations, computed from the frame and the port alone.
 * Every responder is a pure function from an untrusted Ethernet frame and an immutable view of the port to complete
 * Ethernet frames with right checksums; it holds no leases, threads or sockets. Whatever a guest sends, work and output
 * are bounded and nothing is thrown.
 */
@NullMarked
package io.weft.responders;

import org.jspecify.annotations.NullMarked;
