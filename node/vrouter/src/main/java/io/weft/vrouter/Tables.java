package io.weft.vrouter;

import io.weft.model.IpAddress;
import java.util.UUID;

/**
 * All tables of a vRouter. Those that are learned are written by the programs; an agent only reads them, and removes what
 * it knows to be gone.
 */
public interface Tables {
    /** Place to port: the ifindex of its device, or a {@link Tag#place}. */
    Table<Integer, Port> ports();

    /** Tag to the place of the subport behind it. */
    Table<Tag, Integer> places();

    /** Place of a subport to how it is reached. */
    Table<Integer, Subport> subports();

    /** What ports may send from. */
    Table<PortAddressKey, PortAddress> portAddresses();

    /** VNI to network. */
    Table<Integer, NetworkFacts> networks();

    /** Where MACs are. */
    Table<MacKey, Place> macs();

    /** Who has which address. */
    Table<AddressKey, AddressOwner> addresses();

    /** Addresses whose place may be learned; the value is without meaning, use 1. */
    Table<SharedAddressKey, Integer> sharedAddresses();

    /** Interfaces of routers. */
    Table<MacKey, RouterInterface> routerInterfaces();

    /** Routes of all domains. */
    Table<RouteKey, Route> routes();

    /** Paths of equal-cost groups. */
    Table<GroupMemberKey, NextHop> groupMembers();

    /** Node index to tunnel address. */
    Table<Integer, NodeAddress> nodes();

    /** Who may send into a network: (tunnel address, VNI) to node index. */
    Table<TunnelSourceKey, Integer> tunnelSources();

    /** Members of flood lists. */
    Table<FloodKey, Place> flood();

    /** This node's side of the tunnel, under key 0. */
    Table<Integer, Underlay> underlay();

    /** Classes of the addresses that ports' rules name. */
    Table<PeerClassKey, Integer> peerClasses();

    /** Verdicts of rule sets. */
    Table<PolicyKey, PolicyVerdict> policy();

    /** Number of a rule set to its facts. */
    Table<Integer, RuleSet> ruleSets();

    /** What the numbers in the policy tables stand for. */
    Table<PolicyNumber, UUID> policyNames();

    /** ifindex to the VNI of the external network that the device carries. */
    Table<Integer, Integer> externalDevices();

    /** VNI of an external network to this node's way into it. */
    Table<Integer, ExternalNetwork> externalNetworks();

    /** Addresses outside that this node answers for. */
    Table<AddressKey, ExternalAddress> externalAddresses();

    /** Floating addresses that this node makes of addresses inside. */
    Table<FloatingKey, IpAddress> floatingAddresses();

    /** Routing domain to the way to its external network, the first of several. */
    Table<Integer, DomainGateway> gateways();

    /** All gateways of domains that have several. */
    Table<FurtherGatewayKey, FurtherGateway> furtherGateways();

    /** The addresses of a family on a network to the id of their address scope. */
    Table<NetworkScopeKey, UUID> networkScopes();

    /** Of domains with several gateways: sources to the VNI of the external network by which they leave. */
    Table<SourceGatewayKey, Integer> sourceGateways();

    /** Ports outside that lead inside. */
    Table<PortForwardingKey, PortForwarding> portForwardings();

    /** Tunnel addresses of all nodes, which no guest reaches; the value is without meaning, use 1. */
    Table<IpAddress, Integer> underlayAddresses();

    /** Who is on external networks, as the programs have learned. */
    Table<AddressKey, Neighbour> neighbours();

    /** Number of a port to its limits. */
    Table<Integer, QosLimits> qos();

    /** {@link ExternalAddress#limits} to what they are. */
    Table<Integer, AddressLimits> addressLimits();

    /** This node's side of the pair into the service namespace, under key 0. */
    Table<Integer, Services> services();

    /** What stands for a port's address in the service namespace. */
    Table<ServiceClientKey, IpAddress> serviceClients();

    /** The way back: whom an address in the service namespace stands for. */
    Table<IpAddress, ServiceAddress> serviceAddresses();

    /** (Routing domain, virtual address) to the VNI of the address's network. */
    Table<AddressKey, Integer> virtualAddresses();

    /** What is listened for at virtual addresses. */
    Table<ListenerKey, Listener> listeners();

    /** Who may call listeners that not everyone may call; the value is without meaning, use 1. */
    Table<AllowedCallerKey, Integer> allowedCallers();

    /** Who takes what listeners get. */
    Table<PoolKey, Pool> pools();

    /** MACs whose place was learned. */
    Table<MacKey, LearnedMac> learnedMacs();

    /** Addresses whose place was learned. */
    Table<AddressKey, LearnedAddress> learnedAddresses();
}
