package io.weft.server.identity;

import java.util.Optional;

/** Somebody else who knows which host a new node is, so that nobody has to hand it a token of ours. */
@FunctionalInterface
public interface NodeWitness {
    /**
     * The host that has this proof; empty when the proof is no good.
     *
     * @throws IdentityException {@link IdentityException.Reason#WITNESS} when the witness cannot be asked
     */
    Optional<String> hostOf(String proof);
}
