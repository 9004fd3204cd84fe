package io.weft.kubernetes.neutron;

import io.weft.client.Port;
import io.weft.client.PortAttributes;
import io.weft.client.Query;
import io.weft.client.SandboxTags;
import io.weft.kubernetes.translate.PortSpec;

/**
 * Ports that are subports of the nodes' trunks. What the API says of their device is about the trunk, so that tags say for
 * which pod and interface they are, to the agents in the nodes too.
 */
public final class Subports implements Placement {
    private final Marks marks;
    private final TrunkKeeper trunks;

    public Subports(Marks marks, TrunkKeeper trunks) {
        this.marks = marks;
        this.trunks = trunks;
    }

    @Override
    public PortAttributes marked(PortAttributes port, PortSpec spec) {
        return port.with("tags", marks.tags(spec, SandboxTags.of(spec.pod().deviceId(), spec.interfaceName())));
    }

    @Override
    public String device(Port port) {
        return SandboxTags.sandbox(port).orElse(port.deviceId())
                + SandboxTags.interfaceName(port).map(name -> ":" + name).orElse("");
    }

    @Override
    public Query madeFor(String device) {
        int colon = device.indexOf(':');
        return Query.tagged(marks.tag(), SandboxTags.tag(colon < 0 ? device : device.substring(0, colon)));
    }

    @Override
    public PortAttributes changes(Port port, PortSpec spec) {
        return PortAttributes.NONE;
    }

    @Override
    public void placed(Port port, PortSpec spec) {
        trunks.join(spec.pod().node().orElseThrow(), port);
    }

    @Override
    public void released(Port port) {
        trunks.leave(port.id());
    }
}
