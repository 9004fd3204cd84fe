package io.weft.domain;

/**
 * A service profile to be made: with a driver, or metainfo, or both.
 *
 * @param description its description
 * @param driver the driver that serves; empty for none
 * @param metainfo what the driver is told
 * @param enabled whether anything new may be served by it
 */
public record NewServiceProfile(String description, String driver, String metainfo, boolean enabled) {}
