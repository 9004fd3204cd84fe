package io.weft.protocol;

import java.util.UUID;

/** What a port is to a trunk. */
public sealed interface Trunking {
    /** In none. */
    Trunking NONE = new None();

    /** The parent of one. */
    Trunking PARENT = new Parent();

    /** In none. */
    record None() implements Trunking {}

    /** The parent of one: what is behind tags is other ports', or nobody's. */
    record Parent() implements Trunking {}

    /**
     * Behind a tag of another port's device.
     *
     * @param parentId the other port
     * @param vlan the VLAN id, 1 to 4094
     */
    record Subport(UUID parentId, int vlan) implements Trunking {}
}
