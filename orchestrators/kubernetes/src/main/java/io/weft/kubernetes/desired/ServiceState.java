package io.weft.kubernetes.desired;

import io.weft.kubernetes.translate.Balancers;
import io.weft.kubernetes.translate.Service;
import io.weft.kubernetes.translate.ServiceSpec;
import io.weft.kubernetes.translate.Slice;
import io.weft.model.IpAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A cluster's Services and EndpointSlices, and what these mean. A slice's change touches its own Service alone. Owned by one
 * thread.
 */
public final class ServiceState {
    private final List<IpAddress> nodePorts;
    private final Map<String, Service> services = new HashMap<>();
    private final Map<String, String> keys = new HashMap<>();
    private final Map<String, Slice> slices = new HashMap<>();
    private final Map<String, Map<String, Slice>> slicesOf = new HashMap<>();
    private final Set<String> touched = new LinkedHashSet<>();

    /** @param nodePorts where all node ports are, an address of each family */
    public ServiceState(Collection<IpAddress> nodePorts) {
        this.nodePorts = List.copyOf(nodePorts);
    }

    /** A Service is there, or is other than before. */
    public void put(Service service) {
        Service before = services.put(service.key(), service);
        if (!service.equals(before)) {
            if (before != null) {
                leave(before);
            }
            keys.put(service.uid(), service.key());
            touched.add(service.uid());
        }
    }

    /** A Service is gone. */
    public void removeService(String key) {
        Optional.ofNullable(services.remove(key)).ifPresent(this::leave);
    }

    private void leave(Service service) {
        keys.remove(service.uid(), service.key());
        touched.add(service.uid());
    }

    /** A slice is there, or is other than before. */
    public void put(Slice slice) {
        Slice before = slices.put(slice.key(), slice);
        if (!slice.equals(before)) {
            if (before != null) {
                take(before);
            }
            slicesOf.computeIfAbsent(slice.service(), _ -> new HashMap<>()).put(slice.key(), slice);
            touch(slice);
        }
    }

    /** A slice is gone, or of no Service any more. */
    public void removeSlice(String key) {
        Optional.ofNullable(slices.remove(key)).ifPresent(this::take);
    }

    private void take(Slice slice) {
        Map<String, Slice> others = slicesOf.getOrDefault(slice.service(), new HashMap<>());
        others.remove(slice.key());
        if (others.isEmpty()) {
            slicesOf.remove(slice.service());
        }
        touch(slice);
    }

    private void touch(Slice slice) {
        Optional.ofNullable(services.get(slice.service())).ifPresent(service -> touched.add(service.uid()));
    }

    /** Gives the uid of each Service that a change has touched, and forgets that it did. */
    public void takeTouched(Consumer<String> taker) {
        touched.forEach(taker);
        touched.clear();
    }

    /** The Service with this uid. */
    public Optional<Service> service(String uid) {
        return Optional.ofNullable(keys.get(uid)).map(services::get);
    }

    /** What the Service with this uid shall have; empty when it shall have nothing. */
    public Optional<ServiceSpec> spec(String uid) {
        return service(uid)
                .filter(service -> !service.addresses().isEmpty())
                .map(service -> Balancers.of(
                        service, slicesOf.getOrDefault(service.key(), Map.of()).values(), nodePorts));
    }
}
