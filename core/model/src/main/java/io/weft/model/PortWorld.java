package io.weft.model;

import io.vavr.collection.HashMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link World} that is about ports; immutable.
 *
 * @param ports all ports
 * @param byNetwork the ports of each network
 * @param bySubnet the ports with an address on each subnet
 * @param byHost the ports bound to each host
 * @param byDevice the ports of each device
 */
record PortWorld(
        HashMap<UUID, Port> ports,
        Index<UUID> byNetwork,
        Index<UUID> bySubnet,
        Index<String> byHost,
        Index<String> byDevice) {
    static final PortWorld EMPTY =
            new PortWorld(HashMap.empty(), Index.empty(), Index.empty(), Index.empty(), Index.empty());

    /** The same object when nothing of it changed. */
    PortWorld changed(Resource.Kind kind, UUID id, @Nullable Resource old, @Nullable Resource now) {
        return kind == Resource.Kind.PORT ? withPort(id, (Port) old, (Port) now) : this;
    }

    private PortWorld withPort(UUID id, @Nullable Port old, @Nullable Port now) {
        HashMap<UUID, Port> left = now == null ? ports.remove(id) : ports.put(id, now);
        if (old != null && now != null && sameKeys(old, now)) {
            return new PortWorld(left, byNetwork, bySubnet, byHost, byDevice);
        }
        PortWorld rest = old == null ? this : unindexed(old);
        PortWorld indexed = now == null ? rest : rest.indexed(now);
        return new PortWorld(left, indexed.byNetwork, indexed.bySubnet, indexed.byHost, indexed.byDevice);
    }

    private static boolean sameKeys(Port old, Port port) {
        return old.networkId().equals(port.networkId())
                && old.deviceId().equals(port.deviceId())
                && old.binding().host().equals(port.binding().host())
                && old.fixedIps().equals(port.fixedIps());
    }

    private PortWorld indexed(Port port) {
        UUID id = port.id();
        Index<UUID> onSubnets = bySubnet;
        for (FixedIp ip : port.fixedIps()) {
            onSubnets = onSubnets.add(ip.subnetId(), id);
        }
        return new PortWorld(
                ports,
                byNetwork.add(port.networkId(), id),
                onSubnets,
                port.binding().isBound() ? byHost.add(port.binding().host(), id) : byHost,
                port.deviceId().isEmpty() ? byDevice : byDevice.add(port.deviceId(), id));
    }

    private PortWorld unindexed(Port port) {
        UUID id = port.id();
        Index<UUID> onSubnets = bySubnet;
        for (FixedIp ip : port.fixedIps()) {
            onSubnets = onSubnets.remove(ip.subnetId(), id);
        }
        return new PortWorld(
                ports,
                byNetwork.remove(port.networkId(), id),
                onSubnets,
                port.binding().isBound() ? byHost.remove(port.binding().host(), id) : byHost,
                port.deviceId().isEmpty() ? byDevice : byDevice.remove(port.deviceId(), id));
    }
}
