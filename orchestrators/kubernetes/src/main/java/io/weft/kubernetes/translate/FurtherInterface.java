package io.weft.kubernetes.translate;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.List;
import java.util.Optional;

/**
 * An interface that a pod asks for besides its own.
 *
 * @param name in the pod
 * @param addresses which it shall have; empty for any
 * @param mac which it shall have; empty for any
 */
public record FurtherInterface(String name, Place place, List<IpAddress> addresses, Optional<MacAddress> mac) {
    public FurtherInterface {
        addresses = List.copyOf(addresses);
    }
}
