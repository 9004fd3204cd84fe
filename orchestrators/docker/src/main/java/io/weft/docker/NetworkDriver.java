package io.weft.docker;

import io.weft.client.Network;
import io.weft.client.NeutronClient;
import io.weft.client.NeutronException;
import io.weft.client.Port;
import io.weft.client.QosPolicy;
import io.weft.client.Query;
import io.weft.client.Router;
import io.weft.client.SecurityGroup;
import io.weft.client.Subnet;
import io.weft.docker.PendingPools.Pending;
import io.weft.docker.protocol.Protocol;
import io.weft.docker.protocol.Request;
import io.weft.docker.translate.Labels;
import io.weft.docker.translate.Networks;
import io.weft.docker.translate.Options;
import io.weft.docker.translate.RefusedException;
import io.weft.model.IpFamily;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** The network driver's networks. Safe for several threads. */
final class NetworkDriver {
    private static final System.Logger LOGGER = System.getLogger(NetworkDriver.class.getName());
    private static final String INTERFACE = "network:router_interface";

    private final NeutronClient neutron;
    private final String host;
    private final PendingPools pending;
    private final Recent recent;

    NetworkDriver(NeutronClient neutron, String host, PendingPools pending, Recent recent) {
        this.recent = recent;
        this.neutron = neutron;
        this.host = host;
        this.pending = pending;
    }

    /** The Neutron network of a Docker network. */
    static Optional<Network> find(NeutronClient neutron, String networkId) {
        return neutron.networks().list(Query.tagged(Labels.network(networkId).toArray(String[]::new))).stream()
                .findFirst();
    }

    /** A subnet with what the IPAM driver was told about it. */
    private record Planned(Request.Subnet subnet, List<Pending> asked) {
        Pending youngest() {
            return asked.getFirst();
        }
    }

    /**
     * Makes a network or adopts one; what was made is gone again when it fails.
     */
    void create(Request.CreateNetwork request) {
        recent.mark(request.networkId());
        if (swarms(request.networkId()).isPresent()) {
            // Its manager had it made; this node only joins.
            if (request.internal()) {
                throw new RefusedException("a swarm does not say in time that its network is internal");
            }
            return;
        }
        make(
                request.networkId(),
                Options.network(request.options(), request.internal()),
                request.internal(),
                request.subnets().stream().map(this::planned).toList(),
                List.of());
    }

    private Optional<Network> swarms(String networkId) {
        return find(neutron, networkId).filter(network -> network.tags().contains(Labels.SWARM));
    }

    /** Makes a swarm's network, which whoever leads the managers asks for: the next one does so again. */
    void allocate(Request.AllocateNetwork request) {
        if (swarms(request.networkId()).isPresent()) {
            return;
        }
        recent.mark(request.networkId());
        for (Request.Subnet subnet : request.subnets()) {
            if (subnet.pool().family() != IpFamily.IPV4) {
                throw new RefusedException("a swarm gives addresses of IPv4 alone: leave out " + subnet.pool());
            }
            if (!pending.take(subnet.pool()).isEmpty()) {
                throw new RefusedException("a swarm gives the addresses itself: leave out --ipam-driver");
            }
        }
        Options.OfNetwork options = Options.network(request.options(), false);
        if (options.existing().isPresent()) {
            throw new RefusedException("a swarm's network is a network of its own: it gives the addresses");
        }
        make(
                request.networkId(),
                options,
                false,
                request.subnets().stream().map(NetworkDriver::ofSwarm).toList(),
                List.of(Labels.SWARM));
    }

    private static Planned ofSwarm(Request.Subnet subnet) {
        return new Planned(
                subnet,
                List.of(new Pending(
                        "",
                        Optional.empty(),
                        Optional.empty(),
                        subnet.pool(),
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        System.nanoTime())));
    }

    /** Removes a swarm's network, and what lost nodes have left in it. */
    void free(String networkId) {
        swarms(networkId).ifPresent(network -> {
            neutron.ports()
                    .list(Query.where("network_id", network.id()).and("device_owner", Labels.OWNER))
                    .forEach(port -> neutron.ports().delete(port.id()));
            removeMade(network, networkId);
            LOGGER.log(Level.INFO, "docker network gone", Map.entry("network", networkId));
        });
    }

    private void make(
            String networkId,
            Options.OfNetwork options,
            boolean internal,
            List<Planned> plan,
            List<String> furtherTags) {
        List<UUID> groups = options.securityGroups().stream()
                .map(name -> neutron.securityGroups().named(name))
                .map(SecurityGroup::id)
                .toList();
        Optional<UUID> policy = options.qosPolicy()
                .map(name -> neutron.qosPolicies().named(name))
                .map(QosPolicy::id);
        Optional<Network> existing = existing(options, plan);
        if (existing.isPresent()) {
            checkExisting(existing.get(), options, internal, plan);
        }
        Undo undo = new Undo();
        try {
            Network network = existing.isPresent()
                    ? existing.get()
                    : undo.made(
                            neutron.networks().create(Networks.network(networkId, host, options)),
                            made -> neutron.networks().delete(made.id()));
            List<String> tags =
                    new ArrayList<>(Networks.tags(networkId, host, existing.isPresent(), internal, groups, policy));
            tags.addAll(furtherTags);
            if (existing.isPresent()) {
                undo.later(() -> untag(network, networkId));
                tags.forEach(tag -> neutron.networks().addTag(network.id(), tag));
            } else {
                neutron.networks().replaceTags(network.id(), tags);
            }
            List<Subnet> made = new ArrayList<>();
            for (Planned planned : plan) {
                subnet(network, planned, undo).ifPresent(made::add);
            }
            lead(networkId, options, made, undo);
        } catch (RuntimeException e) {
            undo.run();
            throw e;
        }
        LOGGER.log(Level.INFO, "docker network made", Map.entry("network", networkId));
    }

    private Planned planned(Request.Subnet subnet) {
        if (!List.of(Protocol.LOCAL_SPACE, Protocol.GLOBAL_SPACE).contains(subnet.addressSpace())) {
            throw new RefusedException("addresses must come from Neutron: add --ipam-driver weft");
        }
        List<Pending> asked = pending.take(subnet.pool());
        if (asked.isEmpty()) {
            throw new RefusedException("subnet " + subnet.pool() + " was not asked for a moment ago: try again");
        }
        if (asked.stream().anyMatch(asked.getFirst()::contradicts)) {
            throw new RefusedException(
                    "two networks with subnet " + subnet.pool() + " are made at once: try again, one by one");
        }
        return new Planned(subnet, asked);
    }

    private Optional<Network> existing(Options.OfNetwork options, List<Planned> plan) {
        Optional<UUID> named =
                options.existing().map(name -> neutron.networks().named(name)).map(Network::id);
        List<UUID> all = new ArrayList<>(named.stream().toList());
        for (Planned planned : plan) {
            planned.youngest()
                    .subnet()
                    .ifPresent(id -> all.add(neutron.subnets().show(id).networkId()));
        }
        if (all.stream().distinct().count() > 1) {
            throw new RefusedException("the subnets and the network that are named do not belong together");
        }
        return all.stream().findFirst().map(id -> neutron.networks().show(id));
    }

    private void checkExisting(Network network, Options.OfNetwork options, boolean internal, List<Planned> plan) {
        if (options.nat().isPresent() || options.router().isPresent()) {
            throw new RefusedException("an existing network has the routers that its owner gave it");
        }
        if (options.mtu().isPresent() && options.mtu().get() != network.mtu()) {
            throw new RefusedException("network " + network.id() + " has an MTU of " + network.mtu());
        }
        if (plan.stream().anyMatch(p -> p.youngest().chosen())) {
            throw new RefusedException(
                    "name the subnet of the existing network: --subnet or --ipam-opt neutron.subnet.uuid");
        }
        if (internal
                && !neutron.ports()
                        .list(Query.where("network_id", network.id()).and("device_owner", INTERFACE))
                        .isEmpty()) {
            throw new RefusedException("network " + network.id() + " has a router: it cannot be internal");
        }
    }

    /** The subnet when it was made. */
    private Optional<Subnet> subnet(Network network, Planned planned, Undo undo) {
        Pending asked = planned.youngest();
        if (asked.subnet().isPresent()) {
            return Optional.empty();
        }
        Optional<Subnet> there =
                neutron
                        .subnets()
                        .list(Query.where("network_id", network.id())
                                .and("cidr", planned.subnet().pool()))
                        .stream()
                        .findFirst();
        if (there.isPresent()
                && (asked.range().isPresent() || !planned.subnet().auxiliary().isEmpty())) {
            throw new RefusedException("subnet " + there.get().id()
                    + " has its own allocation pools: leave out --ip-range and --aux-address");
        }
        if (there.isPresent()) {
            checkGateway(there.get(), planned.subnet());
        }
        Subnet subnet = there.orElseGet(() -> undo.made(
                neutron.subnets()
                        .create(Networks.subnet(network.id(), planned.subnet(), asked.range(), asked.subnetPool())),
                made -> neutron.subnets().delete(made.id())));
        // An engine that asked twice, because an answer was lost, knows either token.
        for (Pending each : planned.asked()) {
            each.token().ifPresent(token -> neutron.subnets().addTag(subnet.id(), Labels.pool(token)));
        }
        return there.isPresent() ? Optional.empty() : Optional.of(subnet);
    }

    /** An engine names the first address when the user names no gateway. */
    private static void checkGateway(Subnet subnet, Request.Subnet asked) {
        asked.gateway()
                .map(Request.AddressInSubnet::address)
                .filter(gateway -> !gateway.equals(subnet.cidr().first().plus(1))
                        && !subnet.gatewayIp().equals(Optional.of(gateway)))
                .ifPresent(gateway -> {
                    throw new RefusedException("subnet " + subnet.id() + " has the gateway "
                            + subnet.gatewayIp().map(Object::toString).orElse("of nobody") + ", not " + gateway);
                });
    }

    private void lead(String networkId, Options.OfNetwork options, List<Subnet> subnets, Undo undo) {
        Optional<Router> router = options.router().map(name -> neutron.routers().named(name));
        if (options.nat().isPresent()) {
            Network external = external(options.nat().get());
            Router made = undo.made(
                    neutron.routers().create(Networks.router(networkId, host, external.id())),
                    r -> neutron.routers().delete(r.id()));
            neutron.routers().replaceTags(made.id(), Labels.network(networkId));
            router = Optional.of(made);
        }
        if (router.isPresent()) {
            UUID id = router.get().id();
            for (Subnet subnet : subnets) {
                undo.later(() -> neutron.routers().removeSubnet(id, subnet.id()));
                neutron.routers().addSubnet(id, subnet.id());
            }
        }
    }

    private Network external(String name) {
        if (!name.equals("true")) {
            return neutron.networks().named(name);
        }
        List<Network> all = neutron.networks().list(Query.where("router:external", true));
        if (all.size() != 1) {
            throw new RefusedException("there are " + all.size() + " external networks: name one by weft.nat");
        }
        return all.getFirst();
    }

    /** Removes what was made for a network and leaves what was found, and a swarm's to its manager. */
    void delete(String networkId) {
        Optional<Network> found = find(neutron, networkId);
        if (found.isEmpty() || found.get().tags().contains(Labels.SWARM)) {
            return;
        }
        Network network = found.get();
        boolean made = Labels.isMadeFor(network.description(), networkId);
        // Kuryr's networks say what they are by the tag alone.
        if (!made && network.tags().contains(Labels.EXISTING_NETWORK)) {
            for (Subnet subnet : subnets(network)) {
                // Others may use it by now: then it is theirs.
                if (Labels.isMadeSubnet(subnet.name()) && !isUsed(subnet)) {
                    neutron.subnets().delete(subnet.id());
                }
            }
            untag(network, networkId);
        } else {
            removeMade(network, networkId);
        }
        LOGGER.log(Level.INFO, "docker network gone", Map.entry("network", networkId));
    }

    /** Removes a network that the driver made, with its router; refused while others have ports on it. */
    void removeMade(Network network, String networkId) {
        if (hasOthers(network, network.tags(), networkId)) {
            throw new RefusedException("network " + network.id() + " is used by Docker networks of other engines");
        }
        removeReservations(network);
        for (Port port : neutron.ports().list(Query.where("network_id", network.id()))) {
            // Routers' ports are taken away below, and Neutron removes its own servers' ports by itself.
            if (!port.deviceOwner().startsWith("network:")) {
                throw new RefusedException("network " + network.id() + " is used by port " + port.id());
            }
        }
        removeRouters(network, networkId);
        subnets(network).forEach(subnet -> neutron.subnets().delete(subnet.id()));
        neutron.networks().delete(network.id());
    }

    private List<Subnet> subnets(Network network) {
        return neutron.subnets().list(Query.where("network_id", network.id()));
    }

    private boolean isUsed(Subnet subnet) {
        return !neutron.ports().list(Query.ALL.onSubnet(subnet.id())).isEmpty();
    }

    /** Addresses that this node's engine never gave back. */
    private void removeReservations(Network network) {
        for (Port port :
                neutron.ports().list(Query.where("network_id", network.id()).and("device_owner", Labels.OWNER))) {
            boolean here = port.host().equals(host) || port.host().isEmpty();
            if (here && port.deviceId().isEmpty()) {
                if (port.tags().contains(Labels.EXISTING_PORT)) {
                    AddressDriver.giveBack(neutron, port);
                } else {
                    neutron.ports().delete(port.id());
                }
            }
        }
    }

    private void removeRouters(Network network, String networkId) {
        for (Port port :
                neutron.ports().list(Query.where("network_id", network.id()).and("device_owner", INTERFACE))) {
            neutron.routers().removePort(UUID.fromString(port.deviceId()), port.id());
        }
        neutron.routers()
                .list(Query.tagged(Labels.network(networkId).toArray(String[]::new)))
                .forEach(router -> neutron.routers().delete(router.id()));
    }

    /** Whether Docker networks use a network beside this one and the one that it was made for. */
    private static boolean hasOthers(Network network, List<String> tags, String networkId) {
        return Labels.networksOf(tags).stream()
                .anyMatch(half -> !networkId.startsWith(half) && !Labels.isMadeForHalf(network.description(), half));
    }

    /** Takes a Docker network's tags off a network; the mark of an existing one goes with the last of them. */
    private void untag(Network network, String networkId) {
        List<String> left =
                new ArrayList<>(neutron.networks().show(network.id()).tags());
        left.stream()
                .filter(tag -> Labels.concerns(networkId, tag))
                .forEach(tag -> neutron.networks().removeTag(network.id(), tag));
        left.removeIf(tag -> Labels.concerns(networkId, tag));
        if (!hasOthers(network, left, networkId)) {
            neutron.networks().removeTag(network.id(), Labels.EXISTING_NETWORK);
        }
    }

    /** What is to be taken back, the youngest first. */
    private static final class Undo {
        private final List<Runnable> steps = new ArrayList<>();

        <T> T made(T object, Consumer<T> removal) {
            later(() -> removal.accept(object));
            return object;
        }

        void later(Runnable step) {
            steps.addFirst(step);
        }

        void run() {
            for (Runnable step : steps) {
                try {
                    step.run();
                } catch (NeutronException e) {
                    LOGGER.log(Level.WARNING, "what was made of a network cannot be removed: weft check docker", e);
                }
            }
        }
    }
}
