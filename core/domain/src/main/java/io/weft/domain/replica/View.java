package io.weft.domain.replica;

import io.vavr.collection.HashMap;
import io.vavr.collection.HashSet;
import io.weft.domain.quota.QuotaState;
import io.weft.domain.quota.Shards;
import io.weft.domain.records.Layout;
import io.weft.domain.records.RecordCodec;
import io.weft.model.Change;
import io.weft.model.Port;
import io.weft.model.Resource;
import io.weft.model.Router;
import io.weft.model.Trunk;
import io.weft.model.World;
import io.weft.model.WorldBuilder;
import io.weft.store.Bytes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Everything that a replica knows, at one revision; immutable. */
public final class View {
    static final View EMPTY =
            new View(World.empty(), QuotaState.EMPTY, HashMap.empty(), HashSet.empty(), Presence.NOBODY);

    private final World world;
    private final QuotaState quotas;
    private final HashMap<UUID, NodeStatus> statuses;
    private final HashSet<UUID> up;
    private final Presence presence;

    private View(
            World world, QuotaState quotas, HashMap<UUID, NodeStatus> statuses, HashSet<UUID> up, Presence presence) {
        this.world = world;
        this.quotas = quotas;
        this.statuses = statuses;
        this.up = up;
        this.presence = presence;
    }

    /** The model. */
    public World world() {
        return world;
    }

    /** The store's revision that this is a view of. */
    public long revision() {
        return world.revision();
    }

    /** Limits and counts. */
    public QuotaState quotas() {
        return quotas;
    }

    /** The last report of a node. */
    public Optional<NodeStatus> status(UUID nodeId) {
        return statuses.get(nodeId).toJavaOptional();
    }

    /** Whether a node is connected to a server. */
    public boolean isAlive(UUID nodeId) {
        return presence.isAlive(nodeId);
    }

    /** Whether a node is connected to this server, and to no other one since. */
    public boolean isConnectedTo(UUID nodeId, Bytes server) {
        return presence.isConnectedTo(nodeId, server.utf8());
    }

    /** Whether a server other than this one has nodes. */
    public boolean hasNodesElsewhere(Bytes server) {
        return presence.hasNodesElsewhere(server.utf8());
    }

    /** The lowest revision that the other servers with nodes have said to be in force on these. */
    public long inForceElsewhere(Bytes server) {
        return presence.inForceElsewhere(server.utf8());
    }

    /** Whether a port is in use on the node that it is bound to. */
    public boolean isUp(UUID portId) {
        return up.contains(portId);
    }

    /** Whether a port works. */
    public PortStatus status(Port port) {
        if (!port.adminStateUp()) {
            return PortStatus.DOWN;
        }
        if (port.isRouterGateway()) {
            boolean served = port.deviceId().length() == 36
                    && world.router(UUID.fromString(port.deviceId())).map(Router::gateways).orElse(List.of()).stream()
                            .anyMatch(gateway -> gateway.portId().equals(port.id())
                                    && !gateway.nodes().isEmpty());
            return served ? PortStatus.ACTIVE : PortStatus.DOWN;
        }
        if (port.isServed()) {
            return PortStatus.ACTIVE;
        }
        return port.binding().isBound() && isUp(port.id()) ? PortStatus.ACTIVE : PortStatus.DOWN;
    }

    /** Whether a trunk's ports work. */
    public TrunkStatus status(Trunk trunk) {
        Optional<Port> parent = world.port(trunk.portId());
        if (parent.filter(this::isRefused).isPresent()) {
            return TrunkStatus.ERROR;
        }
        if (parent.filter(port -> status(port) == PortStatus.ACTIVE).isEmpty()) {
            return TrunkStatus.DOWN;
        }
        boolean waits = false;
        for (Trunk.Subport subport : trunk.subports()) {
            Optional<Port> port = world.port(subport.portId()).filter(Port::adminStateUp);
            if (port.filter(this::isRefused).isPresent()) {
                return TrunkStatus.DEGRADED;
            }
            waits |= port.filter(known -> status(known) != PortStatus.ACTIVE).isPresent();
        }
        return waits ? TrunkStatus.BUILD : TrunkStatus.ACTIVE;
    }

    /** Whether the port's node says that it cannot serve it. */
    private boolean isRefused(Port port) {
        return world.node(port.binding().host())
                .flatMap(node -> status(node.id()))
                .flatMap(status -> status.port(port.id()))
                .filter(report -> report.state() == DeviceState.ERROR)
                .isPresent();
    }

    View at(long revision) {
        return new View(world.at(revision), quotas, statuses, up, presence);
    }

    /** Collects what changed between two views; owned by one thread. */
    static final class Builder {
        private final RecordCodec codec;
        private final Consumer<Change> changed;
        private final World before;
        private final WorldBuilder world;
        private final java.util.HashMap<UUID, Optional<Resource>> touched = new java.util.HashMap<>();
        private QuotaState quotas;
        private HashMap<UUID, NodeStatus> statuses;
        private HashSet<UUID> up;
        private Presence presence;

        Builder(View view, RecordCodec codec, Consumer<Change> changed) {
            this.codec = codec;
            this.changed = changed;
            before = view.world;
            world = new WorldBuilder(view.world);
            quotas = view.quotas;
            statuses = view.statuses;
            up = view.up;
            presence = view.presence;
        }

        /** A key was set, or has gone when there is no value. */
        void apply(String key, @Nullable Bytes value) {
            switch (Layout.subject(key)) {
                case Layout.Subject.OfRecord(Resource.Kind kind, UUID id) -> {
                    if (value == null) {
                        remove(kind, id);
                    } else {
                        put(codec.decode(kind, value));
                    }
                }
                case Layout.Subject.QuotaLimits(String project) ->
                    quotas = quotas.withLimits(project, value == null ? Map.of() : QuotaText.parse(value));
                case Layout.Subject.QuotaBalanced(var quota) -> {
                    OptionalInt limit = value == null ? OptionalInt.empty() : QuotaText.balancedFor(value);
                    quotas = quotas.withShards(quota, quotas.shards(quota).withBalancedFor(limit));
                }
                case Layout.Subject.QuotaShard(var quota, int shard) -> {
                    if (shard < Shards.COUNT) {
                        int used = value == null ? 0 : Integer.parseInt(value.utf8());
                        quotas = quotas.withShards(quota, quotas.shards(quota).withUsed(shard, used));
                    }
                }
                case Layout.Subject.Status(UUID node) ->
                    statuses = value == null
                            ? statuses.remove(node)
                            : statuses.put(node, NodeStatusCodec.decode(node, value));
                case Layout.Subject.Alive(UUID node) ->
                    presence = value == null ? presence.without(node) : presence.with(node, value.utf8());
                case Layout.Subject.Up(UUID port) -> up = value == null ? up.remove(port) : up.add(ownId(port));
                case Layout.Subject.InForce(String server) ->
                    presence = presence.withInForce(server, value == null ? 0 : Long.parseLong(value.utf8()));
                case Layout.Subject.Other() -> {
                    // Another build's; it is kept in the store and means nothing here.
                }
            }
        }

        /** A record was read while loading; nobody hears of it as a change. */
        void load(Resource resource) {
            world.put(resource);
        }

        View build(long revision) {
            return new View(world.build(revision), quotas, statuses, up, presence);
        }

        private void put(Resource resource) {
            Optional<Resource> old = current(resource.kind(), resource.id());
            world.put(resource);
            touched.put(resource.id(), Optional.of(resource));
            changed.accept(new Change(old, Optional.of(resource)));
        }

        private void remove(Resource.Kind kind, UUID id) {
            Optional<Resource> old = current(kind, id);
            world.remove(kind, id);
            touched.put(id, Optional.empty());
            old.ifPresent(resource -> changed.accept(new Change(old, Optional.empty())));
        }

        private Optional<Resource> current(Resource.Kind kind, UUID id) {
            Optional<Resource> seen = touched.get(id);
            return seen != null ? seen : before.resource(kind, id);
        }

        /** The id as the port's record has it, so that it is held once. */
        private UUID ownId(UUID port) {
            return current(Resource.Kind.PORT, port).map(Resource::id).orElse(port);
        }
    }
}
