package io.weft.docker.protocol;

import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an engine asks of a plug-in. */
public sealed interface Request {
    /** A network's address with the length of its subnet's prefix, as the engine writes them: {@code 10.0.0.5/24}. */
    record AddressInSubnet(IpAddress address, int prefixLength) {
        @Override
        public String toString() {
            return address + "/" + prefixLength;
        }
    }

    /**
     * A subnet of a network that is to be made.
     *
     * @param addressSpace which IPAM driver's; this driver's own are {@link Protocol#LOCAL_SPACE} and
     *     {@link Protocol#GLOBAL_SPACE}
     * @param gateway what containers get as default route; empty when the engine knows none
     * @param auxiliary addresses that are somebody's else, by the name that the user gave them
     */
    record Subnet(
            String addressSpace,
            IpPrefix pool,
            Optional<AddressInSubnet> gateway,
            Map<String, AddressInSubnet> auxiliary) {}

    /**
     * A port that is to be reached from outside.
     *
     * @param protocol IP's number of it
     * @param hostAddress where; empty leaves it to the driver
     * @param containerPort where the container listens
     * @param hostPort the first that may be taken; 0 leaves it to the driver
     * @param hostPortEnd the last that may be taken
     */
    record PublishedPort(
            int protocol, Optional<IpAddress> hostAddress, int containerPort, int hostPort, int hostPortEnd) {}

    /** Which drivers the plug-in is. */
    record Activate() implements Request {}

    /** Whether networks are an engine's own or all engines'. */
    record NetworkCapabilities() implements Request {}

    /** What the IPAM driver wants to be told. */
    record IpamCapabilities() implements Request {}

    /** What the address spaces are called. */
    record DefaultAddressSpaces() implements Request {}

    /**
     * Finds a subnet for a network that will be made.
     *
     * @param pool the subnet that the user named
     * @param range the part of it from which addresses come
     * @param options {@code --ipam-opt}
     */
    record RequestPool(
            String addressSpace,
            Optional<IpPrefix> pool,
            Optional<IpPrefix> range,
            IpFamily family,
            Map<String, String> options)
            implements Request {}

    record ReleasePool(String poolId) implements Request {}

    /**
     * Takes an address of a subnet.
     *
     * @param address which; empty for any
     * @param gateway whether it is for the network's gateway
     * @param mac of the container's interface; the engine says it for containers only
     */
    record RequestAddress(String poolId, Optional<IpAddress> address, boolean gateway, Optional<MacAddress> mac)
            implements Request {}

    record ReleaseAddress(String poolId, IpAddress address) implements Request {}

    /**
     * Makes a network.
     *
     * @param options {@code --opt}
     * @param internal {@code --internal}: nothing leads out of it
     */
    record CreateNetwork(String networkId, Map<String, String> options, boolean internal, List<Subnet> subnets)
            implements Request {}

    record DeleteNetwork(String networkId) implements Request {}

    /** What a swarm's manager asks for a network of all its nodes. */
    record AllocateNetwork(String networkId, Map<String, String> options, List<Subnet> subnets) implements Request {}

    /** The other half of {@link AllocateNetwork}. */
    record FreeNetwork(String networkId) implements Request {}

    /**
     * Makes a container's place in a network.
     *
     * @param addresses what the IPAM driver gave, or the swarm
     * @param options {@code --driver-opt}
     */
    record CreateEndpoint(
            String networkId,
            String endpointId,
            List<AddressInSubnet> addresses,
            Optional<MacAddress> mac,
            Map<String, String> options)
            implements Request {}

    record EndpointInfo(String networkId, String endpointId) implements Request {}

    record DeleteEndpoint(String networkId, String endpointId) implements Request {}

    /** Gives a container's sandbox the endpoint's interface. */
    record Join(String networkId, String endpointId) implements Request {}

    record Leave(String networkId, String endpointId) implements Request {}

    /** Publishes ports of the container whose default route is this endpoint's. */
    record ProgramExternalConnectivity(String networkId, String endpointId, List<PublishedPort> ports)
            implements Request {}

    record RevokeExternalConnectivity(String networkId, String endpointId) implements Request {}

    /** News of other engines, of which this driver needs none. */
    record Discovery() implements Request {}
}
