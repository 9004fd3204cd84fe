package io.weft.kubernetes.translate;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.List;
import java.util.Optional;

/**
 * A network that a pod asks for by {@link NetworkSelections#ANNOTATION}.
 *
 * @param definition {@code NAMESPACE/NAME} of the NetworkAttachmentDefinition
 * @param interfaceName in the pod
 * @param addresses which it shall have; empty for any
 * @param mac which it shall have; empty for any
 * @param foreign what else is asked of the interface, by the members' names, and nobody here can give
 */
public record NetworkSelection(
        String definition,
        String interfaceName,
        List<IpAddress> addresses,
        Optional<MacAddress> mac,
        List<String> foreign) {
    public NetworkSelection {
        addresses = List.copyOf(addresses);
        foreign = List.copyOf(foreign);
    }

    /**
     * The interface, as the definition has it.
     *
     * @throws RefusedException when it asks for what a port cannot be
     */
    public FurtherInterface on(Place place) {
        if (!foreign.isEmpty()) {
            throw NetworkSelections.refused(definition + ": " + String.join(", ", foreign) + ": not served");
        }
        return new FurtherInterface(interfaceName, place, addresses, mac);
    }
}
