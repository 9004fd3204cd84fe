/**
 * What an instance is told of itself, computed from its port alone: the documents for workloads without Nova, and the
 * headers by which Nova knows whose request it is. No sockets, no threads; what a guest asks for is untrusted text.
 */
@NullMarked
package io.weft.responders.metadata;

import org.jspecify.annotations.NullMarked;
