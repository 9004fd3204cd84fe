package io.weft.kubernetes.neutron;

import io.weft.client.Port;
import io.weft.client.PortAttributes;
import io.weft.client.Query;
import io.weft.kubernetes.translate.PortSpec;
import java.util.List;

/** Ports that are bound to nodes, whose {@code device_id} is the pod. */
public final class BoundPorts implements Placement {
    private final Marks marks;

    public BoundPorts(Marks marks) {
        this.marks = marks;
    }

    @Override
    public PortAttributes marked(PortAttributes port, PortSpec spec) {
        return port.deviceId(spec.device())
                .deviceOwner(Marks.DEVICE_OWNER)
                .host(spec.host())
                .with("tags", marks.tags(spec, List.of()));
    }

    @Override
    public String device(Port port) {
        return port.deviceId();
    }

    @Override
    public Query madeFor(String device) {
        return Query.tagged(marks.tag()).and("device_id", device);
    }

    @Override
    public PortAttributes changes(Port port, PortSpec spec) {
        return port.host().equals(spec.host()) ? PortAttributes.NONE : PortAttributes.NONE.host(spec.host());
    }

    @Override
    public void placed(Port port, PortSpec spec) {}

    @Override
    public void released(Port port) {}
}
