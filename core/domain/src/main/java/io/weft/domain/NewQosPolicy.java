package io.weft.domain;

/**
 * A QoS policy to be made, without rules.
 *
 * @param project its owner
 * @param name its name
 * @param description its description
 * @param shared whether every project may use it
 * @param isDefault whether its project's new networks get it when they do not say
 */
public record NewQosPolicy(String project, String name, String description, boolean shared, boolean isDefault) {
    /** A policy that nobody else uses. */
    public static NewQosPolicy of(String project, String name) {
        return new NewQosPolicy(project, name, "", false, false);
    }
}
