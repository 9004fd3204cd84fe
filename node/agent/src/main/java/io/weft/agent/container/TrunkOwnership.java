package io.weft.agent.container;

import io.weft.agent.container.CniException.Code;
import io.weft.client.NeutronClient;
import io.weft.client.Port;
import io.weft.client.PortAttributes;
import io.weft.client.Query;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A virtual machine has the subports of its trunk. What the API says of a subport's device is about the trunk, so that tags name
 * the machine's own port and the attachment.
 */
final class TrunkOwnership implements Ownership {
    private static final String PARENT = TAG + ":parent=";
    private static final String ATTACHMENT = TAG + ":attachment=";

    private final NeutronClient api;
    private final ParentTrunk trunk;

    TrunkOwnership(NeutronClient api, ParentTrunk trunk) {
        this.api = api;
        this.trunk = trunk;
    }

    @Override
    public PortAttributes marked(PortAttributes port, AttachmentKey key, String network) {
        return port.name(key.shortName()).with("tags", List.of(TAG, NETWORK + network, parent(), tag(key)));
    }

    private String parent() {
        return PARENT + trunk.seen().portId();
    }

    private static String tag(AttachmentKey key) {
        return ATTACHMENT + key.deviceId();
    }

    @Override
    public Query madeFor(AttachmentKey key) {
        return Query.tagged(TAG, parent(), tag(key));
    }

    @Override
    public Query made() {
        return Query.tagged(TAG, parent());
    }

    @Override
    public String attachment(Port port) {
        return port.tags().stream()
                .filter(tag -> tag.startsWith(ATTACHMENT))
                .map(tag -> tag.substring(ATTACHMENT.length()))
                .findFirst()
                .orElse("");
    }

    /** It becomes a subport together with its device. */
    @Override
    public void take(UUID port, AttachmentKey key) {
        Port seen = api.ports().show(port);
        if (seen.tags().contains(tag(key))) {
            return;
        }
        if (!seen.deviceId().isEmpty()) {
            throw new CniException(Code.REFUSED, "port " + port + " is in use by device '" + seen.deviceId() + "'");
        }
        api.ports().addTag(port, tag(key));
    }

    @Override
    public void letGo(UUID port, AttachmentKey key) {
        Optional<Port> seen = api.ports().find(port);
        if (seen.isPresent() && seen.get().tags().contains(tag(key))) {
            trunk.remove(seen.get());
            api.ports().removeTag(port, tag(key));
        }
    }

    @Override
    public void delete(UUID port) {
        Optional<Port> seen = api.ports().find(port);
        if (seen.isPresent()) {
            trunk.remove(seen.get());
            api.ports().delete(port);
        }
    }
}
