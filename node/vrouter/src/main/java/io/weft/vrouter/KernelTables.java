package io.weft.vrouter;

import io.weft.kernel.bpf.BpfMap;
import io.weft.model.IpAddress;
import java.util.UUID;
import java.util.function.Function;

/** The tables over the maps of one loaded object. */
record KernelTables(
        Table<Integer, Port> ports,
        Table<Tag, Integer> places,
        Table<Integer, Subport> subports,
        Table<PortAddressKey, PortAddress> portAddresses,
        Table<Integer, NetworkFacts> networks,
        Table<MacKey, Place> macs,
        Table<AddressKey, AddressOwner> addresses,
        Table<SharedAddressKey, Integer> sharedAddresses,
        Table<MacKey, RouterInterface> routerInterfaces,
        Table<RouteKey, Route> routes,
        Table<GroupMemberKey, NextHop> groupMembers,
        Table<Integer, NodeAddress> nodes,
        Table<TunnelSourceKey, Integer> tunnelSources,
        Table<FloodKey, Place> flood,
        Table<Integer, Underlay> underlay,
        Table<PeerClassKey, Integer> peerClasses,
        Table<PolicyKey, PolicyVerdict> policy,
        Table<Integer, RuleSet> ruleSets,
        Table<PolicyNumber, UUID> policyNames,
        Table<Integer, Integer> externalDevices,
        Table<Integer, ExternalNetwork> externalNetworks,
        Table<AddressKey, ExternalAddress> externalAddresses,
        Table<FloatingKey, IpAddress> floatingAddresses,
        Table<Integer, DomainGateway> gateways,
        Table<FurtherGatewayKey, FurtherGateway> furtherGateways,
        Table<NetworkScopeKey, UUID> networkScopes,
        Table<SourceGatewayKey, Integer> sourceGateways,
        Table<PortForwardingKey, PortForwarding> portForwardings,
        Table<IpAddress, Integer> underlayAddresses,
        Table<AddressKey, Neighbour> neighbours,
        Table<Integer, QosLimits> qos,
        Table<Integer, AddressLimits> addressLimits,
        Table<Integer, Services> services,
        Table<ServiceClientKey, IpAddress> serviceClients,
        Table<IpAddress, ServiceAddress> serviceAddresses,
        Table<AddressKey, Integer> virtualAddresses,
        Table<ListenerKey, Listener> listeners,
        Table<AllowedCallerKey, Integer> allowedCallers,
        Table<PoolKey, Pool> pools,
        Table<MacKey, LearnedMac> learnedMacs,
        Table<AddressKey, LearnedAddress> learnedAddresses)
        implements Tables {
    private static final IpAddress NO_IPV4 = IpAddress.ofIpv4(0);
    private static final IpAddress NO_IPV6 = IpAddress.ofIpv6(0, 0);

    /** Where tables come from, and what is to be done after each change of one. */
    record Origin(Function<String, BpfMap> maps, Runnable changed) {}

    static KernelTables of(Origin maps) {
        return new KernelTables(
                table(maps, "ports", Codec.NUMBER, Port.CODEC),
                table(maps, "places", Tag.CODEC, Codec.NUMBER),
                table(maps, "subports", Codec.NUMBER, Subport.CODEC),
                table(maps, "port_addresses", PortAddressKey.CODEC, PortAddress.CODEC),
                table(maps, "networks", Codec.NUMBER, NetworkFacts.CODEC),
                table(maps, "macs", MacKey.CODEC, Place.CODEC),
                table(maps, "addresses", AddressKey.CODEC, AddressOwner.CODEC),
                table(maps, "shared_addresses", SharedAddressKey.CODEC, Codec.NUMBER),
                table(maps, "router_interfaces", MacKey.CODEC, RouterInterface.CODEC),
                table(maps, "routes", RouteKey.CODEC, Route.CODEC),
                table(maps, "group_members", GroupMemberKey.CODEC, NextHop.CODEC),
                array(maps, "nodes", NodeAddress.CODEC, new NodeAddress(NO_IPV6)),
                table(maps, "tunnel_sources", TunnelSourceKey.CODEC, Codec.NUMBER),
                table(maps, "flood", FloodKey.CODEC, Place.CODEC),
                array(maps, "underlay", Underlay.CODEC, new Underlay(0, 0, 0, NO_IPV4, NO_IPV6)),
                table(maps, "peer_classes", PeerClassKey.CODEC, Codec.NUMBER),
                table(maps, "policy", PolicyKey.CODEC, PolicyVerdict.CODEC),
                array(maps, "rule_sets", RuleSet.CODEC, new RuleSet(0, false)),
                table(maps, "policy_names", PolicyNumber.CODEC, PolicyNumber.NAME),
                table(maps, "external_devices", Codec.NUMBER, Codec.NUMBER),
                table(maps, "external_networks", Codec.NUMBER, ExternalNetwork.CODEC),
                table(maps, "external_addresses", AddressKey.CODEC, ExternalAddress.CODEC),
                table(maps, "floating_addresses", FloatingKey.CODEC, FloatingKey.VALUE),
                table(maps, "gateways", Codec.NUMBER, DomainGateway.CODEC),
                table(maps, "further_gateways", FurtherGatewayKey.CODEC, FurtherGateway.CODEC),
                table(maps, "network_scopes", NetworkScopeKey.CODEC, PolicyNumber.NAME),
                table(maps, "source_gateways", SourceGatewayKey.CODEC, Codec.NUMBER),
                table(maps, "port_forwardings", PortForwardingKey.CODEC, PortForwarding.CODEC),
                table(maps, "underlay_addresses", ServiceClientKey.VALUE, Codec.NUMBER),
                table(maps, "neighbours", AddressKey.CODEC, Neighbour.CODEC),
                table(maps, "qos", Codec.NUMBER, QosLimits.CODEC),
                table(maps, "address_limits", Codec.NUMBER, AddressLimits.CODEC),
                array(maps, "services", Services.CODEC, new Services(0)),
                table(maps, "service_clients", ServiceClientKey.CODEC, ServiceClientKey.VALUE),
                table(maps, "service_addresses", ServiceClientKey.VALUE, ServiceAddress.CODEC),
                table(maps, "virtual_addresses", AddressKey.CODEC, Codec.NUMBER),
                table(maps, "listeners", ListenerKey.CODEC, Listener.CODEC),
                table(maps, "allowed_callers", AllowedCallerKey.CODEC, Codec.NUMBER),
                table(maps, "pools", PoolKey.CODEC, Pool.CODEC),
                table(maps, "learned_macs", MacKey.CODEC, LearnedMac.CODEC),
                table(maps, "learned_addresses", AddressKey.CODEC, LearnedAddress.CODEC));
    }

    private static <K, V> Table<K, V> table(Origin origin, String name, Codec<K> keys, Codec<V> values) {
        return new KernelTable<>(name, origin.maps().apply(name), keys, values, origin.changed());
    }

    private static <V> Table<Integer, V> array(Origin origin, String name, Codec<V> values, V empty) {
        return new KernelArray<>(name, origin.maps().apply(name), values, empty, origin.changed());
    }
}
