package io.weft.client;

import java.util.Map;

/** What a security group gets. */
public final class SecurityGroupAttributes extends Attributes<SecurityGroupAttributes> {
    /** Changes nothing yet. */
    public static final SecurityGroupAttributes NONE = new SecurityGroupAttributes(Map.of());

    private SecurityGroupAttributes(Map<String, Object> values) {
        super(values);
    }

    /** A group of this name. */
    public static SecurityGroupAttributes named(String name) {
        return NONE.name(name);
    }

    @Override
    SecurityGroupAttributes copy(Map<String, Object> values) {
        return new SecurityGroupAttributes(values);
    }

    public SecurityGroupAttributes name(String name) {
        return with("name", name);
    }

    public SecurityGroupAttributes description(String description) {
        return with("description", description);
    }

    /** Administrators alone may name another project than their own. */
    public SecurityGroupAttributes project(String id) {
        return with("project_id", id);
    }

    /** {@code admin} or {@code baseline}, of a new group; administrators and services alone may say so. */
    public SecurityGroupAttributes tier(String tier) {
        return with("weft:tier", tier);
    }

    /** When a group of a tier is asked, lower ones first, 0 to 65535. */
    public SecurityGroupAttributes priority(int priority) {
        return with("weft:priority", priority);
    }

    public SecurityGroupAttributes stateful(boolean stateful) {
        return with("stateful", stateful);
    }
}
