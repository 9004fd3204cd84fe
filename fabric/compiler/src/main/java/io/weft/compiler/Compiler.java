package io.weft.compiler;

import io.weft.model.Change;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Resource;
import io.weft.model.Subnet;
import io.weft.model.World;
import io.weft.protocol.Fact;
import io.weft.protocol.Topic;
import io.weft.protocol.TopicChanges;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Turns the steps from one world to the next into changes of topics. The first step begins at {@link World#empty}.
 *
 * <p>It keeps only who is connected with whom; records are derived anew from the worlds before and after, for the
 * resources that a change touches and those whose records depend on them. Owned by one thread.
 */
public final class Compiler {
    /** The format of the records; grows when they come to mean something else. */
    public static final int FORMAT = 1;

    /** A resource to derive the records of. */
    private record Subject(Resource.Kind kind, UUID id) {}

    /** Where a record is filed. */
    private record Place(Topic topic, String key) {}

    private final Domains domains = new Domains();
    private long derived;

    /** How many times the records of a resource were derived: the work done so far. */
    public long derived() {
        return derived;
    }

    /** The topics that a host needs after the last step. */
    public Set<Topic> interest(String host) {
        Set<Topic> interest = domains.topicsOf(host);
        interest.add(Topic.node(host));
        interest.add(Topic.peer(host));
        return interest;
    }

    /**
     * Makes one step.
     *
     * @param before the world that the last step led to
     * @param after the world that this step leads to
     * @param changes all differences between the two; only their subjects matter, in any order and also repeated
     * @return what differs in topics and interests
     */
    public TopicChanges apply(World before, World after, List<Change> changes) {
        Set<Subject> subjects = new LinkedHashSet<>();
        for (Change change : changes) {
            subjects.add(new Subject(change.subject().kind(), change.subject().id()));
        }
        List<TopicChanges.DomainChange> domainChanges = reconnect(before, after, subjects);
        Set<Subject> affected = new LinkedHashSet<>(subjects);
        for (Subject subject : subjects) {
            addDependants(before, after, subject, affected);
        }
        Map<Place, Fact> old = derive(before, affected);
        Map<Place, Fact> now = derive(after, affected);
        List<TopicChanges.RecordChange> records = new ArrayList<>();
        now.forEach((place, fact) -> {
            if (!fact.equals(old.get(place))) {
                records.add(new TopicChanges.RecordChange(place.topic(), place.key(), Optional.of(fact)));
            }
        });
        old.keySet().forEach(place -> {
            if (!now.containsKey(place)) {
                records.add(new TopicChanges.RecordChange(place.topic(), place.key(), Optional.empty()));
            }
        });
        return new TopicChanges(after.revision(), records, domainChanges);
    }

    private Map<Place, Fact> derive(World world, Set<Subject> subjects) {
        Map<Place, Fact> facts = new HashMap<>();
        for (Subject subject : subjects) {
            world.resource(subject.kind(), subject.id()).ifPresent(resource -> {
                derived++;
                for (Records.Filed filed : Records.of(world, resource)) {
                    facts.put(new Place(filed.topic(), filed.fact().key()), filed.fact());
                }
            });
        }
        return facts;
    }

    /**
     * Adds those whose records depend on this subject and may differ because of it. Those that came to refer to it in
     * this step are subjects themselves.
     */
    private static void addDependants(World before, World after, Subject subject, Set<Subject> affected) {
        switch (subject.kind()) {
            case NETWORK -> {
                if (isUp(before, subject.id()) != isUp(after, subject.id())) {
                    addPorts(before.portsOf(subject.id()), affected);
                }
            }
            case SUBNET -> {
                if (!before.subnet(subject.id())
                        .map(Subnet::cidr)
                        .equals(after.subnet(subject.id()).map(Subnet::cidr))) {
                    addInterfaces(before.portsOfSubnet(subject.id()), affected);
                }
            }
            case PORT -> {
                before.port(subject.id()).ifPresent(port -> addRouter(port, affected));
                after.port(subject.id()).ifPresent(port -> addRouter(port, affected));
            }
            case ROUTER, NODE -> {
                // nothing else is derived from them
            }
        }
    }

    private static boolean isUp(World world, UUID networkId) {
        return world.network(networkId).map(Network::adminStateUp).orElse(false);
    }

    private static void addPorts(List<Port> ports, Set<Subject> affected) {
        ports.forEach(port -> affected.add(new Subject(Resource.Kind.PORT, port.id())));
    }

    private static void addInterfaces(List<Port> ports, Set<Subject> affected) {
        List<Port> faces = ports.stream().filter(Port::isRouterInterface).toList();
        addPorts(faces, affected);
        faces.forEach(face -> addRouter(face, affected));
    }

    /** The static routes of a router depend on its interfaces. */
    private static void addRouter(Port port, Set<Subject> affected) {
        Records.routerOf(port).ifPresent(router -> affected.add(new Subject(Resource.Kind.ROUTER, router)));
    }

    /** Where a port connects what: a host or a router with a network. */
    private sealed interface Link {
        record OfHost(UUID networkId, String host) implements Link {}

        record OfRouter(UUID networkId, UUID routerId) implements Link {}

        static Optional<Link> of(Port port) {
            if (port.isRouterInterface()) {
                return Records.routerOf(port).map(router -> new OfRouter(port.networkId(), router));
            }
            return port.binding().isBound()
                    ? Optional.of(new OfHost(port.networkId(), port.binding().host()))
                    : Optional.empty();
        }
    }

    /** Updates the domains: first what comes, then what goes, so that what only moves is not taken apart. */
    private List<TopicChanges.DomainChange> reconnect(World before, World after, Set<Subject> subjects) {
        List<Link> added = new ArrayList<>();
        List<Link> removed = new ArrayList<>();
        for (Subject subject : subjects) {
            if (subject.kind() == Resource.Kind.PORT) {
                Optional<Link> old = before.port(subject.id()).flatMap(Link::of);
                Optional<Link> now = after.port(subject.id()).flatMap(Link::of);
                if (!old.equals(now)) {
                    now.ifPresent(added::add);
                    old.ifPresent(removed::add);
                }
            }
        }
        List<TopicChanges.DomainChange> changes = new ArrayList<>();
        domains.emitTo(changes::add);
        for (Link link : added) {
            switch (link) {
                case Link.OfHost of -> domains.addPort(of.networkId(), of.host());
                case Link.OfRouter of -> domains.addInterface(of.networkId(), of.routerId());
            }
        }
        for (Link link : removed) {
            switch (link) {
                case Link.OfHost of -> domains.removePort(of.networkId(), of.host());
                case Link.OfRouter of -> domains.removeInterface(of.networkId(), of.routerId());
            }
        }
        return changes;
    }
}
