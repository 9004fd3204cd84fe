package io.weft.client;

import java.util.List;
import java.util.UUID;

/** The members of a pool. */
public final class Members extends Resources<Member, MemberAttributes> {
    Members(Connection connection, UUID pool) {
        super(connection, "member", "members", "/v2/lbaas/pools/" + pool + "/members", Member.class);
    }

    /**
     * The pool has these members and no others, all at once: one at the same address and port is changed and keeps its id,
     * what is not said of it is the server's default.
     */
    public void replaceAll(List<MemberAttributes> members) {
        putAll(members);
    }
}
