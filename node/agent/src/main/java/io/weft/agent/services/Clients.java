package io.weft.agent.services;

import io.weft.agent.tables.DesiredTable;
import io.weft.model.IpAddress;
import io.weft.responders.metadata.Instance;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Who asks, by the address that stands for it. The node's thread changes it, any thread reads. */
public final class Clients {
    private final Map<IpAddress, Instance> instances = new ConcurrentHashMap<>();

    /** Follows a table of instances by the address that stands for each in the service namespace. */
    public Clients(DesiredTable<IpAddress, Instance> desired) {
        desired.onChange(address ->
                desired.get(address).ifPresentOrElse(i -> instances.put(address, i), () -> instances.remove(address)));
    }

    /** The port behind the source address of a request; empty when it is gone meanwhile. */
    Optional<Instance> find(InetAddress source) {
        return Optional.ofNullable(instances.get(IpAddress.ofBytes(source.getAddress())));
    }
}
