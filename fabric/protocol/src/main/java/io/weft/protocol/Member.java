package io.weft.protocol;

import io.weft.model.IpPrefix;
import java.util.List;

/**
 * Addresses that a rule means when it names a security group or an address group. In topic {@code members/ID}.
 *
 * <p>The same addresses may stand in several records, also of one topic, and their blocks may overlap.
 *
 * @param name what it is in the group: the id of a port, or the block itself in an address group
 * @param addresses the addresses; of a port its own and those of its allowed address pairs, whatever its network
 */
public record Member(String name, List<IpPrefix> addresses) implements Fact {
    public Member {
        addresses = List.copyOf(addresses);
    }

    @Override
    public Type type() {
        return Type.MEMBER;
    }

    @Override
    public String key() {
        return Type.MEMBER.key(name);
    }
}
