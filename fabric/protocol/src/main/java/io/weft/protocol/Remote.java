package io.weft.protocol;

import io.weft.model.IpPrefix;
import java.util.UUID;

/** The other end that a rule means. */
public sealed interface Remote {
    /** Any address. */
    record Anyone() implements Remote {}

    /**
     * The addresses of a block.
     *
     * @param prefix the block, of the rule's family
     */
    record Prefix(IpPrefix prefix) implements Remote {}

    /**
     * The addresses in the topic {@code members/ID} that are of the rule's family.
     *
     * @param id the security group or address group
     */
    record Members(UUID id) implements Remote {}
}
