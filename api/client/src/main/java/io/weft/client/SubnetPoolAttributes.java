package io.weft.client;

import io.weft.model.IpPrefix;
import java.util.List;
import java.util.Map;

/** What a subnet pool gets. */
public final class SubnetPoolAttributes extends Attributes<SubnetPoolAttributes> {
    /** Changes nothing yet. */
    public static final SubnetPoolAttributes NONE = new SubnetPoolAttributes(Map.of());

    private SubnetPoolAttributes(Map<String, Object> values) {
        super(values);
    }

    /** A pool of this name and prefixes of one family. */
    public static SubnetPoolAttributes of(String name, List<IpPrefix> prefixes) {
        return NONE.with("name", name).prefixes(prefixes);
    }

    @Override
    SubnetPoolAttributes copy(Map<String, Object> values) {
        return new SubnetPoolAttributes(values);
    }

    public SubnetPoolAttributes name(String name) {
        return with("name", name);
    }

    public SubnetPoolAttributes description(String description) {
        return with("description", description);
    }

    /** Administrators alone may name another project than their own. */
    public SubnetPoolAttributes project(String id) {
        return with("project_id", id);
    }

    public SubnetPoolAttributes shared(boolean shared) {
        return with("shared", shared);
    }

    /** A change may only add. */
    public SubnetPoolAttributes prefixes(List<IpPrefix> prefixes) {
        return with("prefixes", prefixes.stream().map(IpPrefix::toString).toList());
    }

    public SubnetPoolAttributes defaultPrefixLength(int bits) {
        return with("default_prefixlen", bits);
    }

    public SubnetPoolAttributes minPrefixLength(int bits) {
        return with("min_prefixlen", bits);
    }

    public SubnetPoolAttributes maxPrefixLength(int bits) {
        return with("max_prefixlen", bits);
    }

    public SubnetPoolAttributes isDefault(boolean yes) {
        return with("is_default", yes);
    }
}
