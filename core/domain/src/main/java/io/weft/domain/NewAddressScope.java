package io.weft.domain;

import io.weft.model.IpFamily;

/**
 * An address scope to be made.
 *
 * @param project its owner
 * @param name its name
 * @param family which addresses it is about
 * @param shared whether every project may have subnet pools in it; administrators only
 */
public record NewAddressScope(String project, String name, IpFamily family, boolean shared) {}
