package io.weft.compiler;

import io.weft.protocol.Topic;
import io.weft.protocol.TopicChanges.Dissolved;
import io.weft.protocol.TopicChanges.DomainChange;
import io.weft.protocol.TopicChanges.HostJoins;
import io.weft.protocol.TopicChanges.HostLeaves;
import io.weft.protocol.TopicChanges.TopicJoins;
import io.weft.protocol.TopicChanges.TopicLeaves;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Which networks are joined by routers, and which hosts have ports there or are routers' gateways: the connected parts of
 * the graph of networks and routers, kept as it changes. A port on a network where its host has others costs one count; joining two domains
 * costs the smaller one; parting them costs a walk over networks and routers, never over ports.
 *
 * <p>External networks join nothing: a domain has the topics of those that its routers lead to, as many domains may.
 *
 * <p>The hosts of a domain are those that need it and also the peers that it has topics for. Owned by the compiler's
 * thread.
 */
final class Domains {
    /** A network or a router, with those on its other ends. */
    private static final class Vertex {
        private final Topic topic;
        /** The routers of a network or the networks of a router, with the number of interfaces between them. */
        private final Map<Vertex, Integer> neighbours = new HashMap<>();
        /** The hosts with bound ports on a network, or that are the gateway of a router, with their number. */
        private final Map<String, Integer> hosts = new HashMap<>();
        /** The external networks that a router leads to, with the number of ways. */
        private final Map<Topic, Integer> externals = new HashMap<>(0);

        private Domain domain;

        private Vertex(Topic topic, Domain domain) {
            this.topic = topic;
            this.domain = domain;
        }

        private boolean isNeedless() {
            return neighbours.isEmpty() && hosts.isEmpty() && externals.isEmpty();
        }
    }

    private static final class Domain {
        private final long number;
        private final Set<Vertex> vertices = new LinkedHashSet<>();
        /** The hosts, with the number of networks on which each has ports. */
        private final Map<String, Integer> hosts = new HashMap<>();
        /** The external networks, with the number of routers that lead to each. */
        private final Map<Topic, Integer> externals = new HashMap<>(0);

        private Domain(long number) {
            this.number = number;
        }
    }

    private final Map<Topic, Vertex> vertices = new HashMap<>();
    private Consumer<DomainChange> changes = change -> {};
    private final LongSupplier numbers;

    /** @param numbers gives numbers for domains, none twice */
    Domains(LongSupplier numbers) {
        this.numbers = numbers;
    }

    /** Says where changes go from now on. */
    void emitTo(Consumer<DomainChange> consumer) {
        changes = consumer;
    }

    /** A port on the network was bound to the host. */
    void addPort(UUID networkId, String host) {
        addHost(vertex(Topic.network(networkId)), host);
    }

    /** The host may be the gateway of the router. */
    void addGatewayHost(UUID routerId, String host) {
        addHost(vertex(Topic.router(routerId)), host);
    }

    private void addHost(Vertex vertex, String host) {
        if (vertex.hosts.merge(host, 1, Integer::sum) == 1) {
            addHost(vertex.domain, host);
        }
    }

    /** A port on the network is no longer bound to the host. */
    void removePort(UUID networkId, String host) {
        removeHost(known(Topic.network(networkId)), host);
    }

    /** The host is the gateway of the router no more. */
    void removeGatewayHost(UUID routerId, String host) {
        removeHost(known(Topic.router(routerId)), host);
    }

    private void removeHost(Vertex vertex, String host) {
        if (countDown(vertex.hosts, host)) {
            removeHost(vertex.domain, host);
            dropIfNeedless(vertex);
        }
    }

    /** The router has a way out to the external network. */
    void addExternal(UUID routerId, UUID networkId) {
        Vertex router = vertex(Topic.router(routerId));
        Topic external = Topic.network(networkId);
        if (router.externals.merge(external, 1, Integer::sum) == 1) {
            addExternal(router.domain, external);
        }
    }

    /** The router has one way less to the external network. */
    void removeExternal(UUID routerId, UUID networkId) {
        Vertex router = known(Topic.router(routerId));
        Topic external = Topic.network(networkId);
        if (countDown(router.externals, external)) {
            removeExternal(router.domain, external);
            dropIfNeedless(router);
        }
    }

    /** The router got an interface on the network. */
    void addInterface(UUID networkId, UUID routerId) {
        Vertex network = vertex(Topic.network(networkId));
        Topic routerTopic = Topic.router(routerId);
        Vertex known = vertices.get(routerTopic);
        Vertex router = known != null ? known : vertex(routerTopic, network.domain);
        router.neighbours.merge(network, 1, Integer::sum);
        network.neighbours.merge(router, 1, Integer::sum);
        if (!network.domain.equals(router.domain)) {
            join(network.domain, router.domain);
        }
    }

    /** The router has one interface less on the network. */
    void removeInterface(UUID networkId, UUID routerId) {
        Vertex network = known(Topic.network(networkId));
        Vertex router = known(Topic.router(routerId));
        countDown(network.neighbours, router);
        if (countDown(router.neighbours, network)) {
            if (!router.isNeedless() && !network.isNeedless()) {
                partIfApart(network, router);
            }
            dropIfNeedless(router);
            dropIfNeedless(network);
        }
    }

    /** The topics that the host needs because of its ports, beside its own. For inspection: walks over everything. */
    Set<Topic> topicsOf(String host) {
        Set<Topic> topics = new TreeSet<>();
        Set<Domain> seen = new HashSet<>();
        for (Vertex vertex : vertices.values()) {
            if (vertex.hosts.containsKey(host) && seen.add(vertex.domain)) {
                vertex.domain.vertices.forEach(v -> topics.add(v.topic));
                topics.addAll(vertex.domain.externals.keySet());
                vertex.domain.hosts.keySet().forEach(h -> topics.add(Topic.peer(h)));
            }
        }
        return topics;
    }

    private Vertex known(Topic topic) {
        Vertex vertex = vertices.get(topic);
        if (vertex == null) {
            throw new IllegalStateException(topic + " is not known");
        }
        return vertex;
    }

    private Vertex vertex(Topic topic) {
        Vertex vertex = vertices.get(topic);
        return vertex != null ? vertex : vertex(topic, new Domain(numbers.getAsLong()));
    }

    private Vertex vertex(Topic topic, Domain domain) {
        Vertex vertex = new Vertex(topic, domain);
        vertices.put(topic, vertex);
        enter(vertex);
        return vertex;
    }

    private void dropIfNeedless(Vertex vertex) {
        if (vertex.isNeedless()) {
            Domain domain = vertex.domain;
            vertices.remove(vertex.topic);
            domain.vertices.remove(vertex);
            if (domain.vertices.isEmpty()) {
                changes.accept(new Dissolved(domain.number));
            } else if (!domain.externals.containsKey(vertex.topic)) {
                changes.accept(new TopicLeaves(domain.number, vertex.topic));
            }
        }
    }

    /** Puts a vertex into its domain, which may have its topic as an external network's already. */
    private void enter(Vertex vertex) {
        vertex.domain.vertices.add(vertex);
        if (!vertex.domain.externals.containsKey(vertex.topic)) {
            changes.accept(new TopicJoins(vertex.domain.number, vertex.topic));
        }
    }

    private void addExternal(Domain domain, Topic external) {
        if (domain.externals.merge(external, 1, Integer::sum) == 1 && !isVertexOf(domain, external)) {
            changes.accept(new TopicJoins(domain.number, external));
        }
    }

    private void removeExternal(Domain domain, Topic external) {
        if (countDown(domain.externals, external) && !isVertexOf(domain, external)) {
            changes.accept(new TopicLeaves(domain.number, external));
        }
    }

    /** Whether the domain also has the topic for another reason. */
    private boolean isVertexOf(Domain domain, Topic topic) {
        Vertex vertex = vertices.get(topic);
        return vertex != null && domain.vertices.contains(vertex);
    }

    private void addHost(Domain domain, String host) {
        if (domain.hosts.merge(host, 1, Integer::sum) == 1) {
            changes.accept(new HostJoins(domain.number, host));
            changes.accept(new TopicJoins(domain.number, Topic.peer(host)));
        }
    }

    private void removeHost(Domain domain, String host) {
        if (countDown(domain.hosts, host)) {
            changes.accept(new TopicLeaves(domain.number, Topic.peer(host)));
            changes.accept(new HostLeaves(domain.number, host));
        }
    }

    /** Moves everything of the smaller domain to the larger one. */
    private void join(Domain one, Domain other) {
        boolean oneIsLarger = one.vertices.size() + one.hosts.size() >= other.vertices.size() + other.hosts.size();
        Domain larger = oneIsLarger ? one : other;
        Domain smaller = oneIsLarger ? other : one;
        for (Vertex vertex : smaller.vertices) {
            vertex.domain = larger;
            enter(vertex);
            vertex.externals.keySet().forEach(external -> addExternal(larger, external));
            vertex.hosts.keySet().forEach(host -> addHost(larger, host));
        }
        smaller.hosts.keySet().forEach(host -> changes.accept(new HostLeaves(smaller.number, host)));
        changes.accept(new Dissolved(smaller.number));
    }

    /** Makes two domains of one when the network and the router are connected in no other way. */
    private void partIfApart(Vertex network, Vertex router) {
        Set<Vertex> part = reachable(network, router);
        if (part.contains(router)) {
            return;
        }
        Domain whole = network.domain;
        if (part.size() * 2 > whole.vertices.size()) {
            Set<Vertex> rest = new LinkedHashSet<>(whole.vertices);
            rest.removeAll(part);
            part = rest;
        }
        Domain parted = new Domain(numbers.getAsLong());
        for (Vertex vertex : part) {
            vertex.domain = parted;
            enter(vertex);
            vertex.externals.keySet().forEach(external -> addExternal(parted, external));
            vertex.hosts.keySet().forEach(host -> addHost(parted, host));
        }
        for (Vertex vertex : part) {
            whole.vertices.remove(vertex);
            if (!whole.externals.containsKey(vertex.topic)) {
                changes.accept(new TopicLeaves(whole.number, vertex.topic));
            }
            vertex.externals.keySet().forEach(external -> removeExternal(whole, external));
            vertex.hosts.keySet().forEach(host -> removeHost(whole, host));
        }
    }

    /** What can be reached from a vertex; the walk ends early at the goal. */
    private static Set<Vertex> reachable(Vertex from, Vertex goal) {
        Set<Vertex> seen = new LinkedHashSet<>(List.of(from));
        Deque<Vertex> next = new ArrayDeque<>(seen);
        while (!next.isEmpty() && !seen.contains(goal)) {
            for (Vertex neighbour : new ArrayList<>(next.remove().neighbours.keySet())) {
                if (seen.add(neighbour)) {
                    next.add(neighbour);
                }
            }
        }
        return seen;
    }

    /** Counts one less; whether nothing is left. */
    private static <K> boolean countDown(Map<K, Integer> counts, K key) {
        return counts.merge(key, -1, (count, less) -> count == 1 ? null : count - 1) == null;
    }
}
