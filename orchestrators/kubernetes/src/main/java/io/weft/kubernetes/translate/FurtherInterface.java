package io.weft.kubernetes.translate;

import io.weft.model.IpAddress;
import java.util.List;

/**
 * An interface that a pod asks for besides its own.
 *
 * @param name in the pod
 * @param addresses which it shall have; empty for any
 */
public record FurtherInterface(String name, Place.Existing place, List<IpAddress> addresses) {
    public FurtherInterface {
        addresses = List.copyOf(addresses);
    }
}
