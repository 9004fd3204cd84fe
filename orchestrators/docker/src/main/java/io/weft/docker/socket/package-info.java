/**
 * As much of HTTP over unix sockets as a plug-in and the questions about an engine need: one request a connection, everything
 * bounded. It knows nothing of networks.
 */
@NullMarked
package io.weft.docker.socket;

import org.jspecify.annotations.NullMarked;
