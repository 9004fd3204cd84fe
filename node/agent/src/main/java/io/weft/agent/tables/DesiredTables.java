package io.weft.agent.tables;

import io.weft.model.IpAddress;
import io.weft.responders.PortView;
import io.weft.responders.dns.Called;
import io.weft.responders.dns.NameKey;
import io.weft.responders.dns.Zone;
import io.weft.responders.metadata.Instance;
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
import io.weft.vrouter.Listener;
import io.weft.vrouter.ListenerKey;
import io.weft.vrouter.MacKey;
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
import io.weft.vrouter.Tag;
import io.weft.vrouter.TunnelSourceKey;
import io.weft.vrouter.Underlay;
import java.util.List;
import java.util.UUID;

/**
 * What the tables of the vRouter should hold, each under the name that it has there; {@code views}, {@code instances},
 * {@code names} and {@code zones}, which the responders read; {@code shaping}, what devices should hold back, by ifindex;
 * {@code addressShaping}, the same for addresses outside by the number of their limits; and {@code guarantees}, what ports can
 * send over the uplink, by their numbers.
 */
public record DesiredTables(
        DesiredTable<Integer, Port> ports,
        DesiredTable<Tag, Integer> places,
        DesiredTable<Integer, Subport> subports,
        DesiredTable<PortAddressKey, PortAddress> portAddresses,
        DesiredTable<Integer, NetworkFacts> networks,
        DesiredTable<MacKey, Place> macs,
        DesiredTable<AddressKey, AddressOwner> addresses,
        DesiredTable<SharedAddressKey, Integer> sharedAddresses,
        DesiredTable<MacKey, RouterInterface> routerInterfaces,
        DesiredTable<RouteKey, Route> routes,
        DesiredTable<GroupMemberKey, NextHop> groupMembers,
        DesiredTable<Integer, NodeAddress> nodes,
        DesiredTable<TunnelSourceKey, Integer> tunnelSources,
        DesiredTable<FloodKey, Place> flood,
        DesiredTable<Integer, Underlay> underlay,
        DesiredTable<PolicyNumber, UUID> policyNames,
        DesiredTable<PolicyKey, PolicyVerdict> policy,
        DesiredTable<PeerClassKey, Integer> peerClasses,
        DesiredTable<Integer, RuleSet> ruleSets,
        DesiredTable<Integer, Integer> externalDevices,
        DesiredTable<Integer, ExternalNetwork> externalNetworks,
        DesiredTable<AddressKey, ExternalAddress> externalAddresses,
        DesiredTable<FloatingKey, IpAddress> floatingAddresses,
        DesiredTable<Integer, DomainGateway> gateways,
        DesiredTable<FurtherGatewayKey, FurtherGateway> furtherGateways,
        DesiredTable<NetworkScopeKey, UUID> networkScopes,
        DesiredTable<SourceGatewayKey, Integer> sourceGateways,
        DesiredTable<PortForwardingKey, PortForwarding> portForwardings,
        DesiredTable<IpAddress, Integer> underlayAddresses,
        DesiredTable<Integer, QosLimits> qos,
        DesiredTable<Integer, Shaping> shaping,
        DesiredTable<Integer, AddressLimits> addressLimits,
        DesiredTable<Integer, Shaping> addressShaping,
        DesiredTable<Integer, Guarantee> guarantees,
        DesiredTable<AddressKey, Integer> virtualAddresses,
        DesiredTable<ListenerKey, Listener> listeners,
        DesiredTable<AllowedCallerKey, Integer> allowedCallers,
        DesiredTable<PoolKey, Pool> pools,
        DesiredTable<Integer, Services> services,
        DesiredTable<ServiceClientKey, IpAddress> serviceClients,
        DesiredTable<IpAddress, ServiceAddress> serviceAddresses,
        DesiredTable<IpAddress, Instance> instances,
        DesiredTable<NameKey, Called> names,
        DesiredTable<UUID, Zone> zones,
        DesiredTable<Integer, PortView> views) {
    static DesiredTables empty() {
        return new DesiredTables(
                new DesiredTable<>("ports"),
                new DesiredTable<>("places"),
                new DesiredTable<>("subports"),
                new DesiredTable<>("port_addresses"),
                new DesiredTable<>("networks"),
                new DesiredTable<>("macs"),
                new DesiredTable<>("addresses"),
                new DesiredTable<>("shared_addresses"),
                new DesiredTable<>("router_interfaces"),
                new DesiredTable<>("routes"),
                new DesiredTable<>("group_members"),
                new DesiredTable<>("nodes"),
                new DesiredTable<>("tunnel_sources"),
                new DesiredTable<>("flood"),
                new DesiredTable<>("underlay"),
                new DesiredTable<>("policy_names"),
                new DesiredTable<>("policy"),
                new DesiredTable<>("peer_classes"),
                new DesiredTable<>("rule_sets"),
                new DesiredTable<>("external_devices"),
                new DesiredTable<>("external_networks"),
                new DesiredTable<>("external_addresses"),
                new DesiredTable<>("floating_addresses"),
                new DesiredTable<>("gateways"),
                new DesiredTable<>("further_gateways"),
                new DesiredTable<>("network_scopes"),
                new DesiredTable<>("source_gateways"),
                new DesiredTable<>("port_forwardings"),
                new DesiredTable<>("underlay_addresses"),
                new DesiredTable<>("qos"),
                new DesiredTable<>("shaping"),
                new DesiredTable<>("address_limits"),
                new DesiredTable<>("address_shaping"),
                new DesiredTable<>("guarantees"),
                new DesiredTable<>("virtual_addresses"),
                new DesiredTable<>("listeners"),
                new DesiredTable<>("allowed_callers"),
                new DesiredTable<>("pools"),
                new DesiredTable<>("services"),
                new DesiredTable<>("service_clients"),
                new DesiredTable<>("service_addresses"),
                new DesiredTable<>("instances"),
                new DesiredTable<>("names"),
                new DesiredTable<>("zones"),
                new DesiredTable<>("views"));
    }

    /** All of them; those that others refer to first. */
    public List<DesiredTable<?, ?>> all() {
        return List.of(
                underlay,
                underlayAddresses,
                nodes,
                networks,
                networkScopes,
                externalNetworks,
                furtherGateways,
                gateways,
                sourceGateways,
                subports,
                sharedAddresses,
                groupMembers,
                routes,
                routerInterfaces,
                portForwardings,
                floatingAddresses,
                externalAddresses,
                externalDevices,
                allowedCallers,
                pools,
                listeners,
                virtualAddresses,
                macs,
                addresses,
                tunnelSources,
                flood,
                portAddresses,
                policyNames,
                policy,
                peerClasses,
                qos,
                shaping,
                addressLimits,
                addressShaping,
                guarantees,
                services,
                serviceClients,
                serviceAddresses,
                instances,
                names,
                zones,
                views,
                ports,
                places,
                ruleSets);
    }
}
