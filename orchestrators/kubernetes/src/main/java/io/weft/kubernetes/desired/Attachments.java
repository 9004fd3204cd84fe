package io.weft.kubernetes.desired;

import io.weft.kubernetes.translate.Annotations;
import io.weft.kubernetes.translate.AttachmentDefinition;
import io.weft.kubernetes.translate.FurtherInterface;
import io.weft.kubernetes.translate.NetworkSelection;
import io.weft.kubernetes.translate.NetworkSelections;
import io.weft.kubernetes.translate.Place;
import io.weft.kubernetes.translate.Pod;
import io.weft.kubernetes.translate.RefusedException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The cluster's NetworkAttachmentDefinitions, and the further interfaces that pods have. Owned by one thread. */
final class Attachments {
    private final Map<String, AttachmentDefinition> definitions = new HashMap<>();
    private boolean offered;

    /** Whether the cluster has the kind; where it has not, the annotation that names such objects means nothing. */
    void offer(boolean is) {
        offered = is;
        if (!offered) {
            definitions.clear();
        }
    }

    void put(AttachmentDefinition definition) {
        definitions.put(definition.key(), definition);
    }

    void remove(String key) {
        definitions.remove(key);
    }

    /**
     * The interfaces that a pod asks for besides its own, by either annotation, as far as they are ours.
     *
     * @throws RefusedException when it asks for what cannot be
     */
    List<FurtherInterface> of(Pod pod) {
        Map<String, FurtherInterface> found = new LinkedHashMap<>();
        Annotations.interfaces(pod).forEach(each -> found.put(each.name(), each));
        if (offered) {
            for (NetworkSelection selection : NetworkSelections.of(pod)) {
                Optional<FurtherInterface> made = place(selection.definition()).map(selection::on);
                if (made.isPresent() && found.put(selection.interfaceName(), made.get()) != null) {
                    throw new RefusedException("annotation " + NetworkSelections.ANNOTATION
                            + ": the pod has another interface '" + selection.interfaceName() + "' already");
                }
            }
        }
        if (found.size() > Annotations.MOST_INTERFACES) {
            throw new RefusedException(
                    "annotations ask for more than " + Annotations.MOST_INTERFACES + " further interfaces");
        }
        return List.copyOf(found.values());
    }

    private Optional<Place> place(String key) {
        return Optional.ofNullable(definitions.get(key))
                .map(AttachmentDefinition::place)
                .orElseGet(() -> Optional.of(new Place.Unknown(key, "is not there")));
    }
}
