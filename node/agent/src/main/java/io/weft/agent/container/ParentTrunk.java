package io.weft.agent.container;

import io.weft.agent.container.CniException.Code;
import io.weft.client.NeutronClient;
import io.weft.client.NeutronException;
import io.weft.client.Port;
import io.weft.client.Query;
import io.weft.client.Trunk;
import io.weft.model.MacAddress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The trunk whose parent port is this machine's own. It is looked for when it is needed, and again when it is gone. Any number
 * of threads may use it.
 */
final class ParentTrunk {
    private final NeutronClient api;
    private final Optional<UUID> parentPort;
    private final Supplier<MacAddress> mac;
    private volatile @Nullable Trunk known;
    private int lastVlan = ThreadLocalRandom.current().nextInt(Trunk.MAX_VLAN);

    /**
     * @param parentPort the machine's port; empty finds it by the MAC
     * @param mac of the machine's device
     */
    ParentTrunk(NeutronClient api, Optional<UUID> parentPort, Supplier<MacAddress> mac) {
        this.api = api;
        this.parentPort = parentPort;
        this.mac = mac;
    }

    /**
     * The trunk as it was when it was seen last.
     *
     * @throws CniException when there is none, or not only one
     */
    Trunk seen() {
        Trunk trunk = known;
        return trunk == null ? find() : trunk;
    }

    /** The trunk as it is now. */
    Trunk read() {
        Trunk trunk = known;
        Optional<Trunk> now = trunk == null ? Optional.empty() : api.trunks().find(trunk.id());
        now.ifPresent(fresh -> known = fresh);
        return now.orElseGet(this::find);
    }

    private Trunk find() {
        List<UUID> parents = parentPort
                .map(List::of)
                .orElseGet(() -> api.ports().list(Query.where("mac_address", mac.get())).stream()
                        .map(Port::id)
                        .toList());
        Query query = Query.ALL;
        for (UUID parent : parents) {
            query = query.and("port_id", parent);
        }
        List<Trunk> trunks = parents.isEmpty() ? List.of() : api.trunks().list(query);
        if (trunks.size() != 1) {
            String port = parentPort.map(id -> "port " + id).orElseGet(() -> "a port with the MAC " + mac.get());
            throw new CniException(
                    Code.NOT_AVAILABLE,
                    trunks.isEmpty()
                            ? "no trunk of this project has " + port + " as its parent"
                            : "several trunks have " + port + " as their parent: name the port");
        }
        known = trunks.getFirst();
        return trunks.getFirst();
    }

    /**
     * A VLAN id that was free when the trunk was seen last; another one at each call, and one that was given back lately
     * comes last.
     *
     * @throws CniException when all are taken
     */
    int freeVlan() {
        Trunk trunk = seen();
        synchronized (this) {
            lastVlan = trunk.freeVlan(lastVlan)
                    .orElseThrow(() -> new CniException(Code.REFUSED, "all VLAN ids of the trunk are taken"));
            return lastVlan;
        }
    }

    /**
     * Puts a port behind a tag.
     *
     * @throws NeutronException when that is not done: another has the tag or the port, or the trunk is disabled
     */
    void add(UUID port, int vlan) {
        try {
            known = api.trunks().addSubport(seen().id(), port, vlan);
        } catch (NeutronException e) {
            if (e.notFound()) {
                known = null;
            }
            throw e;
        }
    }

    /** Takes a port from behind its tag, of whichever trunk; both may be gone. */
    void remove(Port port) {
        if (port.deviceOwner().equals(Trunk.SUBPORT_OWNER)) {
            api.trunks().removeSubport(UUID.fromString(port.deviceId()), port.id());
        }
    }
}
