package io.weft.docker.translate;

import io.weft.client.AddressWish;
import io.weft.client.Port;
import io.weft.client.PortAttributes;
import io.weft.client.Subnet;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The life of a container's port. The IPAM driver takes it with its first address, the second family's address joins it, an
 * endpoint gets it, and it goes with its last address: until then nobody else can have what the engine believes its own.
 */
public final class Ports {
    private static final String UNBOUND = "unbound";

    private Ports() {}

    /** How an address is taken. */
    public sealed interface Reservation {
        /** It is taken already, by the same request. */
        record Keep(Port port, IpAddress address) implements Reservation {}

        /** The container's port gets it besides. */
        record Extend(Port port, PortAttributes attributes) implements Reservation {}

        /** A port that somebody prepared becomes the container's. */
        record Adopt(Port port, PortAttributes attributes) implements Reservation {}

        record Make(PortAttributes attributes) implements Reservation {}
    }

    /** How an address is given back. */
    public sealed interface Release {
        /** It is not taken, or not by this driver. */
        record Nothing() implements Release {}

        /** The port keeps its other addresses. */
        record Shrink(Port port, PortAttributes attributes) implements Release {}

        record Remove(Port port) implements Release {}

        /** The port that somebody prepared is free again. */
        record GiveBack(Port port, PortAttributes attributes) implements Release {}
    }

    /**
     * How a container with this MAC gets an address of a subnet.
     *
     * @param address which; empty for any
     * @param host the node
     * @param ofMac the ports of the network with this MAC
     * @param ofAddress the ports of the network with this address
     * @throws RefusedException when somebody else has the address
     */
    public static Reservation reserve(
            Subnet subnet,
            Optional<IpAddress> address,
            MacAddress mac,
            String host,
            List<Port> ofMac,
            List<Port> ofAddress) {
        Optional<Port> own =
                ofMac.stream().filter(port -> isReserved(port, host)).findFirst();
        if (own.isPresent()) {
            return reserve(own.get(), subnet, address);
        }
        for (Port port : ofAddress) {
            if (address.isPresent() && has(port, subnet, address.get())) {
                return new Reservation.Adopt(port, adopted(port, address.get(), mac, host));
            }
        }
        return new Reservation.Make(unbound(subnet, address).macAddress(mac).host(host));
    }

    private static Reservation reserve(Port own, Subnet subnet, Optional<IpAddress> address) {
        Optional<IpAddress> there = own.fixedIps().stream()
                .filter(ip -> ip.subnetId().equals(subnet.id()))
                .map(Port.FixedIp::ipAddress)
                .findFirst();
        if (there.isPresent() && address.map(there.get()::equals).orElse(true)) {
            return new Reservation.Keep(own, there.get());
        }
        // Another address of this subnet is from a start that came to nothing.
        List<AddressWish> wishes = new ArrayList<>();
        for (Port.FixedIp ip : own.fixedIps()) {
            if (!ip.subnetId().equals(subnet.id())) {
                wishes.add(new AddressWish(Optional.of(ip.subnetId()), Optional.of(ip.ipAddress())));
            }
        }
        wishes.add(new AddressWish(Optional.of(subnet.id()), address));
        return new Reservation.Extend(own, PortAttributes.NONE.fixedIps(wishes));
    }

    private static PortAttributes adopted(Port port, IpAddress address, MacAddress mac, String host) {
        if (!isFree(port)) {
            throw new RefusedException("address " + address + " belongs to port " + port.id() + ", which "
                    + (port.host().isEmpty() ? "is in use" : "is bound to host " + port.host()));
        }
        PortAttributes attributes = PortAttributes.NONE.host(host).deviceOwner(Labels.OWNER);
        return port.macAddress().equals(mac) ? attributes : attributes.macAddress(mac);
    }

    /** A port that holds an address for somebody without an interface. */
    public static PortAttributes unbound(Subnet subnet, Optional<IpAddress> address) {
        return PortAttributes.on(subnet.networkId())
                .name(Labels.UNBOUND_PORT)
                .deviceOwner(Labels.OWNER)
                .fixedIps(List.of(new AddressWish(Optional.of(subnet.id()), address)));
    }

    /** A port of a node's with the addresses that a swarm has given. */
    public static PortAttributes given(UUID network, String host, List<IpAddress> addresses, Optional<MacAddress> mac) {
        PortAttributes attributes = PortAttributes.on(network)
                .name(Labels.UNBOUND_PORT)
                .deviceOwner(Labels.OWNER)
                .host(host)
                .fixedIps(addresses.stream()
                        .map(address -> new AddressWish(Optional.empty(), Optional.of(address)))
                        .toList());
        return mac.isPresent() ? attributes.macAddress(mac.get()) : attributes;
    }

    /** Whether nobody uses a port. */
    private static boolean isFree(Port port) {
        return port.host().isEmpty()
                && (port.vifType().isEmpty() || port.vifType().equals(UNBOUND))
                && port.deviceId().isEmpty()
                && port.deviceOwner().isEmpty();
    }

    /** Whether a port is one of this node's that has no endpoint. */
    public static boolean isReserved(Port port, String host) {
        return port.deviceOwner().equals(Labels.OWNER)
                && port.host().equals(host)
                && port.deviceId().isEmpty();
    }

    private static boolean has(Port port, Subnet subnet, IpAddress address) {
        return port.fixedIps().contains(new Port.FixedIp(subnet.id(), address));
    }

    /**
     * What an endpoint's port becomes.
     *
     * @param groups of the endpoint or else of its network; none leaves the port's as they are
     */
    public static PortAttributes endpoint(Port port, String endpointId, List<UUID> groups, Optional<UUID> qosPolicy) {
        PortAttributes attributes = PortAttributes.NONE.deviceId(endpointId);
        if (!isExisting(port)) {
            attributes = attributes.name(Labels.portName(endpointId));
        }
        if (!groups.isEmpty()) {
            attributes = attributes.securityGroups(groups);
        }
        return qosPolicy.isPresent() ? attributes.qosPolicy(qosPolicy.get()) : attributes;
    }

    /** What a port becomes whose endpoint is gone: its addresses stay the engine's until it gives them back. */
    public static PortAttributes withoutEndpoint(Port port) {
        PortAttributes attributes = PortAttributes.NONE.deviceId("");
        return isExisting(port) ? attributes : attributes.name(Labels.UNBOUND_PORT);
    }

    /**
     * How a node gives back an address of a subnet.
     *
     * @param ofAddress the ports of the network with this address
     */
    public static Release release(Subnet subnet, IpAddress address, String host, List<Port> ofAddress) {
        for (Port port : ofAddress) {
            boolean own = port.deviceOwner().equals(Labels.OWNER)
                    && (port.host().equals(host) || port.host().isEmpty());
            if (!own || !has(port, subnet, address)) {
                continue;
            }
            if (isExisting(port)) {
                return new Release.GiveBack(port, givenBack());
            }
            List<AddressWish> others = new ArrayList<>();
            for (Port.FixedIp ip : port.fixedIps()) {
                if (!ip.ipAddress().equals(address)) {
                    others.add(new AddressWish(Optional.of(ip.subnetId()), Optional.of(ip.ipAddress())));
                }
            }
            return others.isEmpty()
                    ? new Release.Remove(port)
                    : new Release.Shrink(port, PortAttributes.NONE.fixedIps(others));
        }
        return new Release.Nothing();
    }

    /** What a port becomes that the driver found and did not make. */
    public static PortAttributes givenBack() {
        return PortAttributes.NONE.host("").deviceId("").deviceOwner("");
    }

    /** Whether the driver found a port and did not make it. */
    public static boolean isExisting(Port port) {
        return port.tags().contains(Labels.EXISTING_PORT);
    }
}
