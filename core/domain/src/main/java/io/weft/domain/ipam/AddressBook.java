package io.weft.domain.ipam;

import io.weft.model.Change;
import io.weft.model.FixedIp;
import io.weft.model.Port;
import io.weft.model.Resource;
import io.weft.model.Subnet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The {@link SubnetAddresses} of every subnet, kept up to date by the replica's changes. Any thread may use it. */
public final class AddressBook {
    private final ConcurrentHashMap<UUID, SubnetAddresses> subnets = new ConcurrentHashMap<>();

    /** The addresses of a subnet. */
    public SubnetAddresses subnet(UUID id) {
        return subnets.computeIfAbsent(id, i -> new SubnetAddresses());
    }

    /** Follows a change of a resource. */
    public void apply(Change change) {
        Resource before = change.before().orElse(null);
        Resource after = change.after().orElse(null);
        if (before instanceof Port old) {
            if (after instanceof Port port && port.fixedIps().equals(old.fixedIps())) {
                return;
            }
            for (FixedIp ip : old.fixedIps()) {
                SubnetAddresses subnet = subnets.get(ip.subnetId());
                if (subnet != null) {
                    subnet.remove(ip.address());
                }
            }
        }
        if (after instanceof Port port) {
            add(port);
        }
        if (before instanceof Subnet gone && after == null) {
            subnets.remove(gone.id());
        }
    }

    /** Follows a new port. */
    public void add(Port port) {
        for (FixedIp ip : port.fixedIps()) {
            subnet(ip.subnetId()).add(ip.address());
        }
    }
}
