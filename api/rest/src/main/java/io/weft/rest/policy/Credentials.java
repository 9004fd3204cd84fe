package io.weft.rest.policy;

import org.jspecify.annotations.Nullable;

/** What a rule may ask of a caller. */
public interface Credentials {
    /** Whether the caller has a role; the name is in small letters. */
    boolean hasRole(String role);

    /** The id of the caller's project or user; null where there is none. */
    @Nullable
    String identity(Identity what);

    /** Whether the caller is an administrator. */
    boolean admin();

    /** The two ids of a caller. */
    enum Identity {
        PROJECT,
        USER
    }
}
