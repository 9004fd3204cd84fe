package io.weft.protocol;

import io.weft.model.Precedence;
import java.util.UUID;

/**
 * A security group. In topic {@code group/ID}, with its rules.
 *
 * @param groupId its id
 * @param stateful whether packets of a connection that was allowed pass both ways; without it each packet is judged by
 *     the rules alone
 * @param precedence when its rules are asked
 */
public record SecurityGroupFact(UUID groupId, boolean stateful, Precedence precedence) implements Fact {
    /** A group of Neutron's own kind. */
    public SecurityGroupFact(UUID groupId, boolean stateful) {
        this(groupId, stateful, Precedence.NORMAL);
    }

    @Override
    public Type type() {
        return Type.GROUP;
    }

    @Override
    public String key() {
        return Type.GROUP.text();
    }
}
