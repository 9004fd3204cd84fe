package io.weft.domain;

import io.weft.model.IpPrefix;
import java.util.List;

/**
 * An address group to be made.
 *
 * @param project its owner
 * @param name its name
 * @param description its description
 * @param addresses its blocks
 */
public record NewAddressGroup(String project, String name, String description, List<IpPrefix> addresses) {}
