package io.weft.vrouter;

/**
 * One path of an equal-cost group.
 *
 * @param group {@link Route.Group#group}
 * @param slot 0 to {@link Route.Group#members} - 1
 */
public record GroupMemberKey(int group, int slot) {
    static final Codec<GroupMemberKey> CODEC = new Codec<>(
            8,
            (key, out) -> out.putInt(key.group).putInt(key.slot),
            in -> new GroupMemberKey(in.getInt(), in.getInt()));
}
