package io.weft.kubernetes.translate;

import java.util.Map;

/** What the network needs to know of a namespace. */
public record Namespace(String name, Map<String, String> labels, Map<String, String> annotations) {
    public Namespace {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }
}
