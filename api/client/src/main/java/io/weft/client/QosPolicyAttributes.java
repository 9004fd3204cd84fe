package io.weft.client;

import java.util.Map;

/** What a QoS policy gets. */
public final class QosPolicyAttributes extends Attributes<QosPolicyAttributes> {
    /** Changes nothing yet. */
    public static final QosPolicyAttributes NONE = new QosPolicyAttributes(Map.of());

    private QosPolicyAttributes(Map<String, Object> values) {
        super(values);
    }

    @Override
    QosPolicyAttributes copy(Map<String, Object> values) {
        return new QosPolicyAttributes(values);
    }

    public QosPolicyAttributes name(String name) {
        return with("name", name);
    }

    public QosPolicyAttributes description(String description) {
        return with("description", description);
    }

    /** Administrators alone may name another project than their own. */
    public QosPolicyAttributes project(String id) {
        return with("project_id", id);
    }

    public QosPolicyAttributes shared(boolean shared) {
        return with("shared", shared);
    }
}
