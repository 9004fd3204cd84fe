package io.weft.agent.container;

import io.weft.agent.container.CniException.Code;
import io.weft.client.NeutronClient;
import io.weft.client.NeutronException;
import io.weft.client.Port;
import io.weft.client.PortAttributes;
import io.weft.client.Query;
import java.util.List;
import java.util.UUID;

/** A node has the ports that are bound to it, each with its attachment as {@code device_id}. */
final class NodeOwnership implements Ownership {
    private final String host;
    private final NeutronClient api;

    /** @param host this node's name, as ports are bound to it */
    NodeOwnership(String host, NeutronClient api) {
        this.host = host;
        this.api = api;
    }

    @Override
    public PortAttributes marked(PortAttributes port, AttachmentKey key, String network) {
        return port.name(key.shortName())
                .deviceId(key.deviceId())
                .deviceOwner(DEVICE_OWNER)
                .host(host)
                .with("tags", List.of(TAG, NETWORK + network));
    }

    @Override
    public Query madeFor(AttachmentKey key) {
        return made().and("device_id", key.deviceId());
    }

    @Override
    public Query made() {
        return Query.tagged(TAG).and("binding:host_id", host);
    }

    @Override
    public String attachment(Port port) {
        return port.deviceId();
    }

    @Override
    public void take(UUID port, AttachmentKey key) {
        api.ports()
                .change(
                        port,
                        seen -> {
                            boolean free =
                                    seen.host().isEmpty() && seen.deviceId().isEmpty();
                            if (!free && !isOurs(seen, key)) {
                                throw new CniException(
                                        Code.REFUSED,
                                        "port " + port + " is in use by device '" + seen.deviceId() + "'");
                            }
                            return free
                                    ? PortAttributes.NONE
                                            .host(host)
                                            .deviceId(key.deviceId())
                                            .deviceOwner(DEVICE_OWNER)
                                    : PortAttributes.NONE;
                        },
                        Port::revisionNumber);
    }

    private boolean isOurs(Port port, AttachmentKey key) {
        return port.host().equals(host) && port.deviceId().equals(key.deviceId());
    }

    @Override
    public void letGo(UUID port, AttachmentKey key) {
        try {
            api.ports()
                    .change(
                            port,
                            seen -> isOurs(seen, key)
                                    ? PortAttributes.NONE.host("").deviceId("").deviceOwner("")
                                    : PortAttributes.NONE,
                            Port::revisionNumber);
        } catch (NeutronException e) {
            if (!e.notFound()) {
                throw e;
            }
        }
    }

    @Override
    public void delete(UUID port) {
        api.ports().delete(port);
    }
}
