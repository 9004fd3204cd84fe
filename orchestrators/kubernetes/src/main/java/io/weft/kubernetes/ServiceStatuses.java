package io.weft.kubernetes;

import io.weft.kubernetes.translate.Service;
import io.weft.model.IpAddress;
import java.util.Optional;

/** Tells whoever looks at a Service where it is reached from outside the cluster. */
interface ServiceStatuses {
    /**
     * Its status has this address, or none.
     *
     * @throws io.weft.kubernetes.neutron.NotYetException when it could not be written
     */
    void write(Service service, Optional<IpAddress> address);
}
