package io.weft.agent.drivers;

import io.weft.model.IpAddress;
import io.weft.vrouter.AddressKey;
import io.weft.vrouter.AddressLimits;
import io.weft.vrouter.AddressOwner;
import io.weft.vrouter.AllowedCallerKey;
import io.weft.vrouter.DomainGateway;
import io.weft.vrouter.ExternalAddress;
import io.weft.vrouter.ExternalNetwork;
import io.weft.vrouter.FloatingKey;
import io.weft.vrouter.FloodKey;
import io.weft.vrouter.FurtherGateway;
import io.weft.vrouter.FurtherGatewayKey;
import io.weft.vrouter.GroupMemberKey;
import io.weft.vrouter.LearnedAddress;
import io.weft.vrouter.LearnedMac;
import io.weft.vrouter.Listener;
import io.weft.vrouter.ListenerKey;
import io.weft.vrouter.MacKey;
import io.weft.vrouter.Neighbour;
import io.weft.vrouter.NetworkFacts;
import io.weft.vrouter.NetworkScopeKey;
import io.weft.vrouter.NextHop;
import io.weft.vrouter.NodeAddress;
import io.weft.vrouter.PeerClassKey;
import io.weft.vrouter.Place;
import io.weft.vrouter.PolicyKey;
import io.weft.vrouter.PolicyNumber;
import io.weft.vrouter.PolicyVerdict;
import io.weft.vrouter.Pool;
import io.weft.vrouter.PoolKey;
import io.weft.vrouter.Port;
import io.weft.vrouter.PortAddress;
import io.weft.vrouter.PortAddressKey;
import io.weft.vrouter.PortForwarding;
import io.weft.vrouter.PortForwardingKey;
import io.weft.vrouter.QosLimits;
import io.weft.vrouter.Route;
import io.weft.vrouter.RouteKey;
import io.weft.vrouter.RouterInterface;
import io.weft.vrouter.RuleSet;
import io.weft.vrouter.ServiceAddress;
import io.weft.vrouter.ServiceClientKey;
import io.weft.vrouter.Services;
import io.weft.vrouter.SharedAddressKey;
import io.weft.vrouter.SourceGatewayKey;
import io.weft.vrouter.Subport;
import io.weft.vrouter.Tables;
import io.weft.vrouter.Tag;
import io.weft.vrouter.TunnelSourceKey;
import io.weft.vrouter.Underlay;
import java.util.List;
import java.util.UUID;

/** The tables of a vRouter, in memory. */
record FakeTables(
        FakeTable<Integer, Port> ports,
        FakeTable<Tag, Integer> places,
        FakeTable<Integer, Subport> subports,
        FakeTable<PortAddressKey, PortAddress> portAddresses,
        FakeTable<Integer, NetworkFacts> networks,
        FakeTable<MacKey, Place> macs,
        FakeTable<AddressKey, AddressOwner> addresses,
        FakeTable<SharedAddressKey, Integer> sharedAddresses,
        FakeTable<MacKey, RouterInterface> routerInterfaces,
        FakeTable<RouteKey, Route> routes,
        FakeTable<GroupMemberKey, NextHop> groupMembers,
        FakeTable<Integer, NodeAddress> nodes,
        FakeTable<TunnelSourceKey, Integer> tunnelSources,
        FakeTable<FloodKey, Place> flood,
        FakeTable<Integer, Underlay> underlay,
        FakeTable<PeerClassKey, Integer> peerClasses,
        FakeTable<PolicyKey, PolicyVerdict> policy,
        FakeTable<Integer, RuleSet> ruleSets,
        FakeTable<PolicyNumber, UUID> policyNames,
        FakeTable<Integer, Integer> externalDevices,
        FakeTable<Integer, ExternalNetwork> externalNetworks,
        FakeTable<AddressKey, ExternalAddress> externalAddresses,
        FakeTable<FloatingKey, IpAddress> floatingAddresses,
        FakeTable<Integer, DomainGateway> gateways,
        FakeTable<FurtherGatewayKey, FurtherGateway> furtherGateways,
        FakeTable<NetworkScopeKey, UUID> networkScopes,
        FakeTable<SourceGatewayKey, Integer> sourceGateways,
        FakeTable<PortForwardingKey, PortForwarding> portForwardings,
        FakeTable<IpAddress, Integer> underlayAddresses,
        FakeTable<AddressKey, Neighbour> neighbours,
        FakeTable<Integer, QosLimits> qos,
        FakeTable<Integer, AddressLimits> addressLimits,
        FakeTable<Integer, Services> services,
        FakeTable<ServiceClientKey, IpAddress> serviceClients,
        FakeTable<IpAddress, ServiceAddress> serviceAddresses,
        FakeTable<AddressKey, Integer> virtualAddresses,
        FakeTable<ListenerKey, Listener> listeners,
        FakeTable<AllowedCallerKey, Integer> allowedCallers,
        FakeTable<PoolKey, Pool> pools,
        FakeTable<MacKey, LearnedMac> learnedMacs,
        FakeTable<AddressKey, LearnedAddress> learnedAddresses)
        implements Tables {
    static FakeTables of(int capacity, List<String> journal) {
        return new FakeTables(
                new FakeTable<>("ports", capacity, journal),
                new FakeTable<>("places", capacity, journal),
                new FakeTable<>("subports", capacity, journal),
                new FakeTable<>("port_addresses", capacity, journal),
                new FakeTable<>("networks", capacity, journal),
                new FakeTable<>("macs", capacity, journal),
                new FakeTable<>("addresses", capacity, journal),
                new FakeTable<>("shared_addresses", capacity, journal),
                new FakeTable<>("router_interfaces", capacity, journal),
                new FakeTable<>("routes", capacity, journal),
                new FakeTable<>("group_members", capacity, journal),
                new FakeTable<>("nodes", capacity, journal),
                new FakeTable<>("tunnel_sources", capacity, journal),
                new FakeTable<>("flood", capacity, journal),
                new FakeTable<>("underlay", capacity, journal),
                new FakeTable<>("peer_classes", capacity, journal),
                new FakeTable<>("policy", capacity, journal),
                new FakeTable<>("rule_sets", capacity, journal),
                new FakeTable<>("policy_names", capacity, journal),
                new FakeTable<>("external_devices", capacity, journal),
                new FakeTable<>("external_networks", capacity, journal),
                new FakeTable<>("external_addresses", capacity, journal),
                new FakeTable<>("floating_addresses", capacity, journal),
                new FakeTable<>("gateways", capacity, journal),
                new FakeTable<>("further_gateways", capacity, journal),
                new FakeTable<>("network_scopes", capacity, journal),
                new FakeTable<>("source_gateways", capacity, journal),
                new FakeTable<>("port_forwardings", capacity, journal),
                new FakeTable<>("underlay_addresses", capacity, journal),
                new FakeTable<>("neighbours", capacity, journal),
                new FakeTable<>("qos", capacity, journal),
                new FakeTable<>("address_limits", capacity, journal),
                new FakeTable<>("services", capacity, journal),
                new FakeTable<>("service_clients", capacity, journal),
                new FakeTable<>("service_addresses", capacity, journal),
                new FakeTable<>("virtual_addresses", capacity, journal),
                new FakeTable<>("listeners", capacity, journal),
                new FakeTable<>("allowed_callers", capacity, journal),
                new FakeTable<>("pools", capacity, journal),
                new FakeTable<>("learned_macs", capacity, journal),
                new FakeTable<>("learned_addresses", capacity, journal));
    }

    List<FakeTable<?, ?>> all() {
        return List.of(
                ports,
                places,
                subports,
                portAddresses,
                networks,
                macs,
                addresses,
                sharedAddresses,
                routerInterfaces,
                routes,
                groupMembers,
                nodes,
                tunnelSources,
                flood,
                underlay,
                peerClasses,
                policy,
                ruleSets,
                policyNames,
                externalDevices,
                externalNetworks,
                externalAddresses,
                floatingAddresses,
                gateways,
                portForwardings,
                underlayAddresses,
                services,
                serviceClients,
                virtualAddresses,
                listeners,
                allowedCallers,
                pools,
                serviceAddresses);
    }

    int writes() {
        return all().stream().mapToInt(table -> table.writes).sum();
    }
}
