package io.weft.loadbalancer;

import io.weft.domain.Domain;
import io.weft.domain.LabelsUpdate;
import io.weft.domain.NewPoolMember;
import io.weft.domain.PoolMemberUpdate;
import io.weft.model.IpAddress;
import io.weft.model.Pool;
import io.weft.model.PoolMember;
import io.weft.model.World;
import io.weft.rest.ApiException;
import io.weft.rest.Attribute;
import io.weft.rest.Body;
import io.weft.rest.Call;
import io.weft.rest.ErrorCategory;
import io.weft.rest.Filters;
import io.weft.rest.Operation;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The members of a pool: https://docs.openstack.org/api-ref/load-balancer/v2/#members. */
final class MemberService implements ResourceService<Shown<PoolMember>> {
    private final CommonAttributes<PoolMember> common = new CommonAttributes<>(PoolMember::adminStateUp, false);
    private final Attribute<Shown<PoolMember>, IpAddress> address = Attribute.<Shown<PoolMember>, IpAddress>of(
                    "address", Values.ADDRESS, shown -> shown.resource().address())
            .required()
            .build();
    private final Attribute<Shown<PoolMember>, Long> port = Attribute.<Shown<PoolMember>, Long>of(
                    "protocol_port", Values.PORT, shown ->
                            (long) shown.resource().port())
            .required()
            .build();
    private final Attribute<Shown<PoolMember>, Long> weight = Attribute.<Shown<PoolMember>, Long>of(
                    "weight", Values.WEIGHT, shown -> (long) shown.resource().weight())
            .postAndPut()
            .byDefault(1L)
            .build();
    private final Attribute<Shown<PoolMember>, UUID> subnetId = Attribute.<Shown<PoolMember>, UUID>of(
                    "subnet_id", Values.ID, shown -> shown.resource().subnetId().orElse(null))
            .post()
            .nullable()
            .build();
    private final ResourceType<Shown<PoolMember>> type;
    private final Domain domain;
    private final PoolService pools;

    MemberService(Domain domain, PoolService pools) {
        this.domain = domain;
        this.pools = pools;
        List<Attribute<Shown<PoolMember>, ?>> attributes = new ArrayList<>(common.around(List.of(
                address,
                port,
                weight,
                subnetId,
                Unsupported.attribute("backup", false, "every member of a pool takes its share"),
                Unsupported.attribute("monitor_address", "nobody looks whether members answer"),
                Unsupported.attribute("monitor_port", "nobody looks whether members answer"),
                Unsupported.attribute("vnic_type", "normal", "members have ports of their own"))));
        attributes.remove(common.description);
        type = ResourceType.named("member", "members", Shown<PoolMember>::id, this)
                .attributes(attributes)
                .order(Shown.byId())
                .tags(shown -> shown.resource().meta().tags())
                .offers(
                        Operation.LIST,
                        Operation.SHOW,
                        Operation.CREATE,
                        Operation.UPDATE,
                        Operation.DELETE,
                        Operation.REPLACE)
                .notFound(MemberService::missing)
                .build();
    }

    ResourceType<Shown<PoolMember>> type() {
        return type;
    }

    private static ApiException missing(String id) {
        return new ApiException(ErrorCategory.NOT_FOUND, "NotFound", "Member " + id + " not found.");
    }

    private static UUID known(String id) {
        return Values.id(id).orElseThrow(() -> missing(id));
    }

    private Shown<Pool> pool(Call call) {
        String id = call.parent().orElseThrow();
        return pools.find(call, id).orElseThrow(() -> pools.missing(id));
    }

    private NewPoolMember wanted(Body body) {
        return new NewPoolMember(
                body.require(common.name),
                body.require(common.tags),
                body.require(common.adminStateUp),
                body.require(address),
                body.require(port).intValue(),
                body.require(weight).intValue(),
                body.get(subnetId));
    }

    private Shown<PoolMember> shown(PoolMember member) {
        return new Shown<>(member, domain.view().world());
    }

    @Override
    public Shown<PoolMember> create(Call call, Body body) {
        return shown(domain.poolMembers()
                .create(Values.caller(call), pool(call).resource().id(), wanted(body)));
    }

    @Override
    public void replaceAll(Call call, List<Body> bodies) {
        domain.poolMembers()
                .replace(
                        Values.caller(call),
                        pool(call).resource().id(),
                        bodies.stream().map(this::wanted).toList(),
                        call.says("additive_only"));
    }

    @Override
    public Optional<Shown<PoolMember>> find(Call call, String id) {
        Shown<Pool> pool = pool(call);
        return Values.id(id)
                .flatMap(pool.world()::poolMember)
                .filter(member -> member.poolId().equals(pool.resource().id()))
                .map(member -> new Shown<>(member, pool.world()));
    }

    @Override
    public Iterable<Shown<PoolMember>> list(Call call, Filters<Shown<PoolMember>> filters) {
        Shown<Pool> pool = pool(call);
        World world = pool.world();
        return world.membersOf(pool.resource().id()).stream()
                .map(member -> new Shown<>(member, world))
                .toList();
    }

    @Override
    public Shown<PoolMember> update(Call call, String id, Body body) {
        return shown(domain.poolMembers()
                .update(
                        Values.caller(call),
                        pool(call).resource().id(),
                        known(id),
                        new PoolMemberUpdate(
                                new LabelsUpdate(body.get(common.name), Optional.empty(), body.get(common.tags)),
                                body.get(common.adminStateUp),
                                body.get(weight).map(Long::intValue))));
    }

    @Override
    public void delete(Call call, String id) {
        domain.poolMembers().delete(Values.caller(call), pool(call).resource().id(), known(id));
    }
}
