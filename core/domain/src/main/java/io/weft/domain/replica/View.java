package io.weft.domain.replica;

import io.vavr.collection.HashMap;
import io.weft.domain.quota.QuotaState;
import io.weft.domain.quota.Shards;
import io.weft.domain.records.Layout;
import io.weft.domain.records.RecordCodec;
import io.weft.model.Change;
import io.weft.model.Port;
import io.weft.model.Resource;
import io.weft.model.World;
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
            new View(World.empty(), QuotaState.EMPTY, HashMap.empty(), HashMap.empty(), HashMap.empty());

    private final World world;
    private final QuotaState quotas;
    private final HashMap<UUID, NodeStatus> statuses;
    private final HashMap<UUID, Boolean> alive;
    // Ports whose node has not yet confirmed the revision that bound them there, and that revision.
    private final HashMap<UUID, Long> unconfirmed;

    private View(
            World world,
            QuotaState quotas,
            HashMap<UUID, NodeStatus> statuses,
            HashMap<UUID, Boolean> alive,
            HashMap<UUID, Long> unconfirmed) {
        this.world = world;
        this.quotas = quotas;
        this.statuses = statuses;
        this.alive = alive;
        this.unconfirmed = unconfirmed;
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
        return alive.containsKey(nodeId);
    }

    /** Whether a port works. */
    public PortStatus status(Port port) {
        if (!port.adminStateUp()) {
            return PortStatus.DOWN;
        }
        if (port.isRouterInterface()) {
            return PortStatus.ACTIVE;
        }
        if (!port.binding().isBound() || unconfirmed.containsKey(port.id())) {
            return PortStatus.DOWN;
        }
        boolean up = report(port).filter(r -> r.state() == DeviceState.UP).isPresent();
        return up ? PortStatus.ACTIVE : PortStatus.DOWN;
    }

    /** What the node that the port is bound to says of it. */
    public Optional<PortReport> report(Port port) {
        return world.node(port.binding().host())
                .flatMap(node -> status(node.id()))
                .flatMap(status -> status.port(port.id()));
    }

    /** Whether a report would confirm a port that waits for it. */
    public boolean waitsFor(NodeStatus status) {
        return !confirmed(unconfirmed, status).isEmpty();
    }

    private static List<UUID> confirmed(HashMap<UUID, Long> unconfirmed, NodeStatus status) {
        if (unconfirmed.isEmpty()) {
            return List.of();
        }
        return status.ports().keySet().stream()
                .filter(port -> unconfirmed.getOrElse(port, Long.MAX_VALUE) <= status.revision())
                .toList();
    }

    View at(long revision) {
        return new View(world.at(revision), quotas, statuses, alive, unconfirmed);
    }

    /** Collects what changed between two views; owned by one thread. */
    static final class Builder {
        private final RecordCodec codec;
        private final Consumer<Change> changed;
        private final World before;
        private final World.Builder world;
        private final java.util.HashMap<UUID, Optional<Resource>> touched = new java.util.HashMap<>();
        private QuotaState quotas;
        private HashMap<UUID, NodeStatus> statuses;
        private HashMap<UUID, Boolean> alive;
        private HashMap<UUID, Long> unconfirmed;

        Builder(View view, RecordCodec codec, Consumer<Change> changed) {
            this.codec = codec;
            this.changed = changed;
            before = view.world;
            world = new World.Builder(view.world);
            quotas = view.quotas;
            statuses = view.statuses;
            alive = view.alive;
            unconfirmed = view.unconfirmed;
        }

        /** A key was set in a revision, or has gone when there is no value. */
        void apply(String key, @Nullable Bytes value, long revision) {
            switch (Layout.subject(key)) {
                case Layout.Subject.OfRecord(Resource.Kind kind, UUID id) -> {
                    if (value == null) {
                        remove(kind, id);
                    } else {
                        put(codec.decode(kind, value), revision);
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
                case Layout.Subject.Status(UUID node) -> report(node, value);
                case Layout.Subject.Alive(UUID node) ->
                    alive = value == null ? alive.remove(node) : alive.put(node, true);
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
            return new View(world.build(revision), quotas, statuses, alive, unconfirmed);
        }

        private void put(Resource resource, long revision) {
            Optional<Resource> old = current(resource.kind(), resource.id());
            world.put(resource);
            touched.put(resource.id(), Optional.of(resource));
            if (resource instanceof Port port) {
                bound(old.map(Port.class::cast), port, revision);
            }
            changed.accept(new Change(old, Optional.of(resource)));
        }

        private void remove(Resource.Kind kind, UUID id) {
            Optional<Resource> old = current(kind, id);
            world.remove(kind, id);
            touched.put(id, Optional.empty());
            unconfirmed = unconfirmed.remove(id);
            old.ifPresent(resource -> changed.accept(new Change(old, Optional.empty())));
        }

        private Optional<Resource> current(Resource.Kind kind, UUID id) {
            Optional<Resource> seen = touched.get(id);
            return seen != null ? seen : before.resource(kind, id);
        }

        private void bound(Optional<Port> old, Port port, long revision) {
            String host = port.binding().host();
            if (old.map(o -> o.binding().host()).orElse("").equals(host)) {
                return;
            }
            unconfirmed =
                    port.binding().isBound() ? unconfirmed.put(port.id(), revision) : unconfirmed.remove(port.id());
        }

        private void report(UUID node, @Nullable Bytes value) {
            if (value == null) {
                statuses = statuses.remove(node);
                return;
            }
            NodeStatus status = NodeStatusCodec.decode(node, value);
            statuses = statuses.put(node, status);
            for (UUID port : confirmed(unconfirmed, status)) {
                unconfirmed = unconfirmed.remove(port);
            }
        }
    }
}
