package io.weft.kubernetes.neutron;

import io.weft.client.Network;
import io.weft.client.NetworkAttributes;
import io.weft.client.NeutronClient;
import io.weft.client.NeutronException;
import io.weft.client.Query;
import io.weft.client.Router;
import io.weft.client.RouterAttributes;
import io.weft.client.Subnet;
import io.weft.client.SubnetAttributes;
import io.weft.kubernetes.translate.Place;
import io.weft.kubernetes.translate.RefusedException;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The networks that pods are on: one that all share, which is found or made, one of a namespace that is isolated, and those
 * of others. Any number of threads.
 */
public final class NetworkKeeper {
    private static final String ISOLATED = "kubernetes-";

    private final NeutronClient neutron;
    private final Marks marks;
    private final NetworkSettings settings;
    private final ServiceSettings services;
    private final Map<Place, Target> targets = new HashMap<>();
    private final Map<IpPrefix, UUID> serviceSubnets = new HashMap<>();

    public NetworkKeeper(NeutronClient neutron, Marks marks, NetworkSettings settings, ServiceSettings services) {
        this.neutron = neutron;
        this.marks = marks;
        this.settings = settings;
        this.services = services;
    }

    /** @param subnets that a port needs an address of; empty leaves it to Neutron */
    public record Target(UUID network, List<UUID> subnets) {
        public Target {
            subnets = List.copyOf(subnets);
        }
    }

    /** Where ports of this place are. Networks of the cluster's own are made when they are not there. */
    public synchronized Target target(Place place) {
        if (place instanceof Place.Existing(String name, List<String> subnets)) {
            // Others may remove it and make it again under the same name.
            Network network = neutron.networks().named(name);
            return new Target(
                    network.id(),
                    subnets.stream().map(subnet -> subnet(network, subnet)).toList());
        }
        if (place instanceof Place.Unknown(String definition, String why)) {
            throw new NotYetException("NetworkAttachmentDefinition " + definition + " " + why);
        }
        Target found = targets.get(place);
        if (found == null) {
            found = make(place);
            targets.put(place, found);
        }
        return found;
    }

    /** What was found is looked for again. */
    public synchronized void forget() {
        targets.clear();
        serviceSubnets.clear();
    }

    /**
     * The subnet of a virtual address of the cluster's. Its network and the others of its subnets are made with it, and
     * joined to the router.
     */
    public synchronized UUID serviceSubnet(IpAddress address) {
        IpPrefix prefix = services.subnets().stream()
                .filter(each -> each.contains(address))
                .findFirst()
                .orElseThrow(() -> new RefusedException(address + " is in no prefix of kubernetes.service-cidrs"));
        if (!serviceSubnets.containsKey(prefix)) {
            Network network = named(services.network());
            ensureSubnets(
                            network,
                            services.subnets(),
                            router(),
                            (subnet, each) -> subnet.gatewayIp(ServiceSettings.gateway(each)))
                    .forEach(subnet -> serviceSubnets.put(subnet.cidr(), subnet.id()));
        }
        return Optional.ofNullable(serviceSubnets.get(prefix))
                .orElseThrow(() -> new NotYetException("the subnet " + prefix + " is not there yet"));
    }

    /** The router that the subnets of pods and Services join; made when there is none of the name. */
    synchronized Optional<Router> router() {
        return settings.router().map(name -> {
            try {
                return neutron.routers().named(name);
            } catch (NeutronException e) {
                if (!e.notFound()) {
                    throw e;
                }
                return neutron.routers().create(RouterAttributes.NONE.name(name).description(marks.description()));
            }
        });
    }

    private Target make(Place place) {
        return switch (place) {
            case Place.Cluster _ -> cluster();
            case Place.Isolated isolated -> {
                Network network = own(ISOLATED + isolated.namespace());
                ensureSubnets(network, isolated.prefixes(), Optional.empty(), (subnet, _) -> subnet.noGateway());
                yield new Target(network.id(), List.of());
            }
            case Place.Existing _, Place.Unknown _ -> throw new IllegalStateException("is looked for each time");
        };
    }

    private Target cluster() {
        Network network = named(settings.network());
        Optional<Router> router = router();
        List<Subnet> subnets = ensureSubnets(
                network, settings.prefixes(), router, (subnet, _) -> router.isPresent() ? subnet : subnet.noGateway());
        if (subnets.isEmpty()) {
            throw new NotYetException(
                    "network '" + settings.network() + "' has no subnet, and kubernetes.pod-cidrs names none");
        }
        return new Target(network.id(), List.of());
    }

    /** The network of this name or id, made when there is none. */
    private Network named(String name) {
        try {
            return neutron.networks().named(name);
        } catch (NeutronException e) {
            if (!e.notFound()) {
                throw e;
            }
            return own(name);
        }
    }

    /** The cluster's own network of this name. */
    private Network own(String name) {
        return neutron.networks().list(Query.named(name).and("description", marks.description())).stream()
                .min((one, other) -> one.id().compareTo(other.id()))
                .orElseGet(() -> neutron.networks()
                        .create(NetworkAttributes.NONE.name(name).description(marks.description())));
    }

    /** All subnets of the network, among them one of each prefix. */
    private List<Subnet> ensureSubnets(
            Network network,
            List<IpPrefix> prefixes,
            Optional<Router> router,
            BiFunction<SubnetAttributes, IpPrefix, SubnetAttributes> gateway) {
        Query there = Query.where("network_id", network.id());
        Set<IpPrefix> present =
                neutron.subnets().list(there).stream().map(Subnet::cidr).collect(Collectors.toSet());
        prefixes.stream().filter(Predicate.not(present::contains)).forEach(prefix -> {
            SubnetAttributes attributes = SubnetAttributes.of(
                            network.id(), prefix.family().version())
                    .name(Marks.cut(network.name() + "-" + prefix))
                    .cidr(prefix)
                    .enableDhcp(false);
            neutron.subnets().create(gateway.apply(attributes, prefix));
        });
        List<Subnet> all = neutron.subnets().list(there);
        router.ifPresent(one -> all.stream()
                .filter(subnet -> prefixes.contains(subnet.cidr()))
                .filter(subnet -> !isJoined(one, subnet))
                .forEach(subnet -> neutron.routers().addSubnet(one.id(), subnet.id())));
        return all;
    }

    private boolean isJoined(Router router, Subnet subnet) {
        return !neutron.ports()
                .list(Query.where("device_id", router.id()).onSubnet(subnet.id()))
                .isEmpty();
    }

    private UUID subnet(Network network, String nameOrId) {
        return neutron.subnets().list(Query.where("network_id", network.id())).stream()
                .filter(subnet ->
                        subnet.name().equals(nameOrId) || subnet.id().toString().equals(nameOrId))
                .map(Subnet::id)
                .findFirst()
                .orElseThrow(
                        () -> new NotYetException("network '" + network.name() + "' has no subnet '" + nameOrId + "'"));
    }

    /** The networks of isolated namespaces, by namespace. */
    public Map<String, UUID> isolated() {
        return neutron.networks().list(Query.where("description", marks.description())).stream()
                .filter(network -> network.name().startsWith(ISOLATED))
                .filter(network ->
                        !Set.of(settings.network(), services.network()).contains(network.name()))
                .collect(Collectors.toMap(
                        network -> network.name().substring(ISOLATED.length()), Network::id, (one, _) -> one));
    }

    /** Removes the network of a namespace that is not isolated any more; nobody has a port there. */
    public synchronized void removeIsolated(String namespace, UUID network) {
        neutron.networks().delete(network);
        targets.keySet()
                .removeIf(place -> place instanceof Place.Isolated isolated
                        && isolated.namespace().equals(namespace));
    }
}
