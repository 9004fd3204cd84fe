package io.weft.client;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Routers and their interfaces. */
public final class Routers extends Resources<Router, RouterAttributes> {
    Routers(Connection connection) {
        super(connection, "router", "routers", Router.class);
    }

    /** Gives the router an interface at the subnet's gateway address; answers its port. */
    public UUID addSubnet(UUID router, UUID subnet) {
        return port(router, Map.of("subnet_id", subnet));
    }

    /** Makes an existing port the router's interface. */
    public UUID addPort(UUID router, UUID port) {
        return port(router, Map.of("port_id", port));
    }

    private UUID port(UUID router, Map<String, ?> body) {
        String id = act(router, "add_router_interface", body).path("port_id").asString("");
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw NeutronException.unreadable("the answer names no port");
        }
    }

    /** Takes away the interface on the subnet, and its port. Nothing is done when it is gone. */
    public void removeSubnet(UUID router, UUID subnet) {
        remove(router, Map.of("subnet_id", subnet));
    }

    /** Takes away the interface that is this port, and the port. Nothing is done when it is gone. */
    public void removePort(UUID router, UUID port) {
        remove(router, Map.of("port_id", port));
    }

    /** Adds static routes; those that the router has already stay as they are. */
    public void addRoutes(UUID router, List<Subnet.HostRoute> routes) {
        act(router, "add_extraroutes", Map.of("router", Map.of("routes", Attributes.written(routes))));
    }

    /** Takes static routes away; those that the router has not got are passed over. */
    public void removeRoutes(UUID router, List<Subnet.HostRoute> routes) {
        act(router, "remove_extraroutes", Map.of("router", Map.of("routes", Attributes.written(routes))));
    }

    private void remove(UUID router, Map<String, ?> body) {
        try {
            act(router, "remove_router_interface", body);
        } catch (NeutronException e) {
            if (!e.notFound()) {
                throw e;
            }
        }
    }
}
