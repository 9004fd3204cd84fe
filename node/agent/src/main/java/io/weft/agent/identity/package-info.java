/**
 * Who the node is to the server: its key, its certificate, and whom it trusts.
 * A one-time token, which carries the fingerprint of the installation's authority, is exchanged for a certificate once;
 * from then on the certificate renews itself. The private key never leaves the node.
 */
@NullMarked
package io.weft.agent.identity;

import org.jspecify.annotations.NullMarked;
