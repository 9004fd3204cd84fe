package io.weft.kubernetes.neutron;

import io.weft.client.Listener;
import io.weft.client.ListenerAttributes;
import io.weft.client.LoadBalancer;
import io.weft.client.LoadBalancerAttributes;
import io.weft.client.NeutronClient;
import io.weft.client.Pool;
import io.weft.client.PoolAttributes;
import io.weft.client.Query;
import io.weft.client.Reference;
import io.weft.kubernetes.translate.BalancerSpec;
import io.weft.kubernetes.translate.Front;
import io.weft.kubernetes.translate.Locality;
import io.weft.kubernetes.translate.Service;
import io.weft.kubernetes.translate.ServiceSpec;
import io.weft.model.AllowedCallers;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The cluster's load balancers as the API has them, by the Services that they are for; those of node ports are everybody's.
 * Any number of threads, each for another Service. The lock is for those of node ports; the one of {@link NetworkKeeper} is taken
 * within it, never the other way round.
 */
public final class BalancerKeeper {
    private static final String FLOATING = AllowedCallers.Scope.FLOATING.text();

    private final NeutronClient neutron;
    private final Marks marks;
    private final NetworkKeeper networks;
    private final String nodePortsName;
    private final String nodePortsTag;
    private final MemberKeeper members;
    private final Map<String, Owned> known = new ConcurrentHashMap<>();
    private final Map<IpAddress, LoadBalancer> shared = new HashMap<>();
    private volatile boolean sharedMayBeUnused = true;

    /**
     * @param nodePortsName of the load balancers of node ports
     * @param nodePortsTag by which these are found
     */
    public BalancerKeeper(
            NeutronClient neutron, Marks marks, NetworkKeeper networks, String nodePortsName, String nodePortsTag) {
        this.neutron = neutron;
        this.marks = marks;
        this.networks = networks;
        this.nodePortsName = nodePortsName;
        this.nodePortsTag = nodePortsTag;
        this.members = new MemberKeeper(neutron);
    }

    /** What is there for one Service: load balancers, and listeners and pools by their load balancer and name. */
    private static final class Owned {
        final Map<IpAddress, LoadBalancer> balancers = new HashMap<>();
        final Map<Slot, Listener> listeners = new HashMap<>();
        final Map<Slot, Pool> pools = new HashMap<>();

        /** What belongs to one of these, and what to none. */
        Set<Slot> slots() {
            Set<Slot> slots = new HashSet<>(listeners.keySet());
            slots.addAll(pools.keySet());
            return slots;
        }
    }

    /** @param name what {@link Front#text} says, or of one too many something else */
    private record Slot(UUID balancer, String name) {}

    /** Reads all but members, which are read when they are first looked at. */
    public void load() {
        known.clear();
        members.clear();
        known.putAll(read(Query.tagged(marks.tag())));
        readShared();
    }

    /** Reads again what one Service has, of which it is not known what became. */
    public void refresh(String uid) {
        Optional.ofNullable(known.remove(uid))
                .ifPresent(owned -> owned.pools.values().forEach(pool -> members.forget(pool.id())));
        known.putAll(read(Query.tagged(marks.tag(), marks.uid(uid))));
        readShared();
    }

    private synchronized void readShared() {
        shared.clear();
        neutron.loadBalancers()
                .list(Query.tagged(marks.tag(), nodePortsTag))
                .forEach(balancer -> shared.put(balancer.vipAddress(), balancer));
    }

    private Map<String, Owned> read(Query query) {
        Map<String, Owned> found = new HashMap<>();
        neutron.loadBalancers().list(query).stream()
                .filter(balancer -> !balancer.tags().contains(nodePortsTag))
                .forEach(balancer -> of(found, balancer.tags())
                        .ifPresent(owned -> owned.balancers.put(balancer.vipAddress(), balancer)));
        neutron.listeners()
                .list(query)
                .forEach(listener -> of(found, listener.tags())
                        .ifPresent(owned -> owned.listeners.put(
                                new Slot(balancer(listener.loadbalancers()), listener.name()), listener)));
        neutron.pools().list(query).stream()
                .sorted(Comparator.comparing(Pool::id))
                .forEach(pool -> of(found, pool.tags()).ifPresent(owned -> {
                    Slot slot = new Slot(balancer(pool.loadbalancers()), pool.name());
                    // Two of a name are what an unanswered call left.
                    Slot free = owned.pools.containsKey(slot)
                            ? new Slot(slot.balancer(), pool.name() + " " + pool.id())
                            : slot;
                    owned.pools.put(free, pool);
                }));
        return found;
    }

    private static Optional<Owned> of(Map<String, Owned> all, List<String> tags) {
        return Marks.uid(tags).map(uid -> all.computeIfAbsent(uid, _ -> new Owned()));
    }

    private static UUID balancer(List<Reference> owners) {
        return owners.stream().map(Reference::id).findFirst().orElse(new UUID(0, 0));
    }

    /** The uids of all Services that something is there for. */
    public Set<String> uids() {
        return Set.copyOf(known.keySet());
    }

    /** The port that has the Service's IPv4 address in the cluster. */
    public Optional<UUID> port(Service service) {
        return Optional.ofNullable(known.get(service.uid()))
                .flatMap(owned -> service.addresses().stream()
                        .filter(IpAddress::isIpv4)
                        .flatMap(address -> Stream.ofNullable(owned.balancers.get(address)))
                        .map(LoadBalancer::vipPortId)
                        .findFirst());
    }

    /** The Service has its load balancers with their listeners, pools and members, and no others. */
    public void ensure(ServiceSpec spec) {
        Service service = spec.service();
        Owned owned = known.computeIfAbsent(service.uid(), _ -> new Owned());
        Set<IpAddress> addresses = new HashSet<>();
        spec.balancers().stream()
                .filter(balancer -> !balancer.shared())
                .forEach(balancer -> addresses.add(balancer.address()));
        List.copyOf(owned.balancers.keySet()).stream()
                .filter(address -> !addresses.contains(address))
                .forEach(address -> removeWhole(owned, address));
        Set<Slot> wanted = new HashSet<>();
        for (BalancerSpec each : spec.balancers()) {
            UUID balancer = each.shared() ? shared(each.address()) : own(owned, service, each.address());
            each.fronts().forEach((front, pool) -> {
                Slot slot = new Slot(balancer, front.text());
                wanted.add(slot);
                ensure(owned, service.uid(), slot, front, pool, each.floatingCallers());
            });
        }
        owned.slots().stream().filter(slot -> !wanted.contains(slot)).forEach(slot -> remove(owned, slot));
    }

    private UUID own(Owned owned, Service service, IpAddress address) {
        LoadBalancer balancer = owned.balancers.get(address);
        if (balancer == null) {
            balancer = create(address, service.key(), marks.tags(service));
            owned.balancers.put(address, balancer);
        }
        return balancer.id();
    }

    private synchronized UUID shared(IpAddress address) {
        LoadBalancer balancer = shared.get(address);
        if (balancer == null) {
            balancer = create(address, nodePortsName, List.of(marks.tag(), nodePortsTag));
            shared.put(address, balancer);
        }
        return balancer.id();
    }

    private LoadBalancer create(IpAddress address, String name, List<String> tags) {
        return neutron.loadBalancers()
                .create(LoadBalancerAttributes.on(networks.serviceSubnet(address))
                        .vipAddress(address)
                        .name(Marks.cut(name))
                        .description(marks.description())
                        .tags(tags));
    }

    /** A pool has its members before a listener leads to it. */
    private void ensure(
            Owned owned, String uid, Slot slot, Front front, BalancerSpec.Pool wanted, List<IpPrefix> floatingCallers) {
        Pool pool = owned.pools.get(slot);
        if (pool == null) {
            PoolAttributes attributes = PoolAttributes.of(
                            slot.balancer(), front.protocol().name())
                    .name(slot.name())
                    .tags(List.of(marks.tag(), marks.uid(uid)));
            pool = neutron.pools().create(changes(attributes, 0, Locality.ANY.text(), wanted));
            members.isNew(pool.id());
        } else {
            PoolAttributes changes = changes(
                    PoolAttributes.NONE,
                    pool.sessionPersistence()
                            .map(Pool.SessionPersistence::persistenceTimeout)
                            .orElse(0),
                    pool.memberLocality().isEmpty() ? Locality.ANY.text() : pool.memberLocality(),
                    wanted);
            if (!changes.isEmpty()) {
                pool = neutron.pools().update(pool.id(), changes);
            }
        }
        owned.pools.put(slot, pool);
        members.ensure(pool.id(), wanted.members());
        Listener listener = owned.listeners.get(slot);
        String nodeHealth = wanted.nodeHealth().orElse("");
        if (listener != null && !listener.nodeHealth().equals(nodeHealth)) {
            neutron.listeners().delete(listener.id());
            owned.listeners.remove(slot);
            listener = null;
        }
        if (listener == null) {
            ListenerAttributes attributes = ListenerAttributes.of(
                            slot.balancer(), front.protocol().name(), front.port())
                    .name(slot.name())
                    .defaultPool(pool.id())
                    .tags(List.of(marks.tag(), marks.uid(uid)));
            attributes = nodeHealth.isEmpty() ? attributes : attributes.nodeHealth(nodeHealth);
            owned.listeners.put(slot, neutron.listeners().create(callers(attributes, List.of(), "", floatingCallers)));
        } else {
            ListenerAttributes changes = callers(
                    ListenerAttributes.NONE, listener.allowedCidrs(), listener.allowedCidrsScope(), floatingCallers);
            if (!listener.defaultPoolId().equals(Optional.of(pool.id()))) {
                changes = changes.defaultPool(pool.id());
            }
            if (!changes.isEmpty()) {
                owned.listeners.put(slot, neutron.listeners().update(listener.id(), changes));
            }
        }
    }

    /** Callers inside are everybody, always: that is for policies to say. */
    private static ListenerAttributes callers(
            ListenerAttributes attributes, List<IpPrefix> present, String scope, List<IpPrefix> wanted) {
        if (present.equals(wanted) && (wanted.isEmpty() || scope.equals(FLOATING))) {
            return attributes;
        }
        ListenerAttributes changes = attributes.allowedCidrs(wanted);
        return wanted.isEmpty() ? changes : changes.allowedCidrsScope(FLOATING);
    }

    private static PoolAttributes changes(
            PoolAttributes attributes, int affinity, String locality, BalancerSpec.Pool wanted) {
        PoolAttributes changes = attributes;
        if (affinity != wanted.affinity()) {
            changes = wanted.affinity() == 0 ? changes.noAffinity() : changes.sourceAffinity(wanted.affinity());
        }
        if (!locality.equals(wanted.locality().text())) {
            changes = changes.with("weft:member_locality", wanted.locality().text());
        }
        return changes;
    }

    /** Nothing is there for the Service. */
    public void remove(String uid) {
        Owned owned = known.get(uid);
        if (owned != null) {
            List.copyOf(owned.balancers.keySet()).forEach(address -> removeWhole(owned, address));
            owned.slots().forEach(slot -> remove(owned, slot));
            known.remove(uid);
        }
    }

    private void removeWhole(Owned owned, IpAddress address) {
        UUID id =
                Optional.ofNullable(owned.balancers.get(address)).orElseThrow().id();
        neutron.loadBalancers().deleteWhole(id);
        owned.balancers.remove(address);
        owned.slots().stream().filter(slot -> slot.balancer().equals(id)).forEach(slot -> {
            owned.listeners.remove(slot);
            Optional.ofNullable(owned.pools.remove(slot)).ifPresent(pool -> members.forget(pool.id()));
        });
    }

    private void remove(Owned owned, Slot slot) {
        sharedMayBeUnused = true;
        Optional.ofNullable(owned.listeners.get(slot))
                .ifPresent(listener -> neutron.listeners().delete(listener.id()));
        owned.listeners.remove(slot);
        Optional.ofNullable(owned.pools.get(slot)).ifPresent(pool -> {
            neutron.pools().delete(pool.id());
            members.forget(pool.id());
        });
        owned.pools.remove(slot);
    }

    /** Takes away load balancers of node ports that no Service has a port at; nothing else may go on meanwhile. */
    public synchronized void removeUnused() {
        if (!sharedMayBeUnused) {
            return;
        }
        Set<UUID> used = new HashSet<>();
        known.values().forEach(owned -> owned.slots().forEach(slot -> used.add(slot.balancer())));
        List.copyOf(shared.values()).stream()
                .filter(balancer -> !used.contains(balancer.id()))
                .forEach(balancer -> {
                    neutron.loadBalancers().deleteWhole(balancer.id());
                    shared.remove(balancer.vipAddress());
                });
        sharedMayBeUnused = false;
    }
}
