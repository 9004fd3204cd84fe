package io.weft.model;

/**
 * What flavors stand for (Neutron API v2.0, Service profiles). It belongs to no project and has no name.
 *
 * @param meta what every resource has
 * @param driver the driver that serves; empty for none
 * @param metainfo what the driver is told, in words of its own, at most {@value #MAX_METAINFO} characters
 * @param enabled whether anything new may be served by it
 */
public record ServiceProfile(Meta meta, String driver, String metainfo, boolean enabled) implements Resource {
    /** The longest metainfo (Neutron's column). */
    public static final int MAX_METAINFO = 4096;

    public ServiceProfile {
        Rules.require(
                "metainfo", metainfo.length() <= MAX_METAINFO, "must have at most " + MAX_METAINFO + " characters");
    }

    @Override
    public ServiceProfile withMeta(Meta newMeta) {
        return new ServiceProfile(newMeta, driver, metainfo, enabled);
    }

    @Override
    public Kind kind() {
        return Kind.SERVICE_PROFILE;
    }
}
