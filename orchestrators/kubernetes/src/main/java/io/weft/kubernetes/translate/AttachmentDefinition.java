package io.weft.kubernetes.translate;

import java.util.Optional;

/**
 * What the network needs to know of a NetworkAttachmentDefinition.
 *
 * @param key {@code NAMESPACE/NAME}
 * @param place where ports of its interfaces are; empty when they are another plug-in's work
 */
public record AttachmentDefinition(String key, Optional<Place> place) {}
