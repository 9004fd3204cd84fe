package io.weft.loadbalancer;

import io.weft.model.Listener;
import io.weft.model.LoadBalancer;
import io.weft.model.Pool;
import io.weft.model.PoolMember;
import io.weft.model.Resource;
import io.weft.model.World;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/**
 * Writes a load balancer with all that it has, each with its statuses:
 * https://docs.openstack.org/api-ref/load-balancer/v2/#get-the-load-balancer-status-tree.
 *
 * @param world where it stands
 * @param out what is written to
 */
record StatusTree(World world, JsonGenerator out) {
    void write(LoadBalancer loadBalancer) {
        out.writeStartObject();
        out.writeName("statuses");
        out.writeStartObject();
        out.writeName("loadbalancer");
        begin(loadBalancer);
        List<Pool> pools = sorted(world.poolsOf(loadBalancer.id()).stream());
        list("listeners", sorted(world.listenersOf(loadBalancer.id()).stream()), this::listener);
        list("pools", pools, this::pool);
        out.writeEndObject();
        out.writeEndObject();
        out.writeEndObject();
    }

    private interface Item<R> {
        void write(R resource);
    }

    private void listener(Listener listener) {
        begin(listener);
        list("pools", sorted(listener.defaultPool().flatMap(world::pool).stream()), this::pool);
        out.writeEndObject();
    }

    private void pool(Pool pool) {
        begin(pool);
        list("members", sorted(world.membersOf(pool.id()).stream()), this::member);
        out.writeEndObject();
    }

    private void member(PoolMember member) {
        begin(member);
        out.writeStringProperty("address", member.address().toString());
        out.writeNumberProperty("protocol_port", member.port());
        out.writeEndObject();
    }

    private void begin(Resource resource) {
        out.writeStartObject();
        out.writeStringProperty("id", resource.id().toString());
        out.writeStringProperty("name", resource.name());
        out.writeStringProperty("provisioning_status", Status.PROVISIONED);
        out.writeStringProperty("operating_status", Status.of(resource));
    }

    private <R> void list(String name, List<R> resources, Item<R> item) {
        out.writeName(name);
        out.writeStartArray();
        resources.forEach(item::write);
        out.writeEndArray();
    }

    private static <R extends Resource> List<R> sorted(Stream<R> resources) {
        return resources.sorted(Comparator.comparing(Resource::id)).toList();
    }
}
