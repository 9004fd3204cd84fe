package io.weft.protocol;

import java.util.UUID;

/**
 * A security group. In topic {@code group/ID}, with its rules.
 *
 * @param groupId its id
 * @param stateful whether packets of a connection that was allowed pass both ways; without it each packet is judged by
 *     the rules alone
 */
public record SecurityGroupFact(UUID groupId, boolean stateful) implements Fact {
    @Override
    public Type type() {
        return Type.GROUP;
    }

    @Override
    public String key() {
        return Type.GROUP.text();
    }
}
