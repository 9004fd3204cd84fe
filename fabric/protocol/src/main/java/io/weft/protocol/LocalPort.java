package io.weft.protocol;

import io.weft.model.AddressPair;
import io.weft.model.DhcpOption;
import io.weft.model.HostAccess;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A port that is bound to the node itself. In topic {@code node/HOST}.
 *
 * @param portId the port
 * @param networkId its network
 * @param adminUp whether it is in service: both the port and its network are up
 * @param mac its MAC
 * @param addresses its own addresses
 * @param allowedPairs what it may use as source besides
 * @param portSecurity false lets it use any source
 * @param securityGroups the groups whose rules say what passes, sorted: with none of them nothing does but what guests
 *     need to have addresses; empty when no rules apply at all, because port security is off or the port's groups were
 *     never said
 * @param hostname what DHCP tells it as its name; possibly empty
 * @param dhcpOptions what DHCP tells it besides its subnets' own
 * @param deviceId who uses it; possibly empty
 * @param deviceOwner what uses it, such as {@code compute:nova}; possibly empty
 * @param project whose it is, for those who answer its metadata requests; possibly empty
 * @param domain the domain that it is told in place of its network's; possibly empty
 * @param trunking what it is to a trunk
 * @param host present when the node itself is behind the port, not a guest of it
 */
public record LocalPort(
        UUID portId,
        UUID networkId,
        boolean adminUp,
        MacAddress mac,
        List<LocalAddress> addresses,
        List<AddressPair> allowedPairs,
        boolean portSecurity,
        Optional<List<UUID>> securityGroups,
        String hostname,
        List<DhcpOption> dhcpOptions,
        String deviceId,
        String deviceOwner,
        String project,
        String domain,
        Trunking trunking,
        Optional<HostAccess> host)
        implements Fact {
    public LocalPort {
        addresses = List.copyOf(addresses);
        allowedPairs = List.copyOf(allowedPairs);
        securityGroups = securityGroups.map(List::copyOf);
        dhcpOptions = List.copyOf(dhcpOptions);
    }

    /** A workload's port without a domain of its own, in no trunk. */
    public LocalPort(
            UUID portId,
            UUID networkId,
            boolean adminUp,
            MacAddress mac,
            List<LocalAddress> addresses,
            List<AddressPair> allowedPairs,
            boolean portSecurity,
            Optional<List<UUID>> securityGroups,
            String hostname,
            List<DhcpOption> dhcpOptions,
            String deviceId,
            String deviceOwner,
            String project) {
        this(
                portId,
                networkId,
                adminUp,
                mac,
                addresses,
                allowedPairs,
                portSecurity,
                securityGroups,
                hostname,
                dhcpOptions,
                deviceId,
                deviceOwner,
                project,
                "",
                Trunking.NONE,
                Optional.empty());
    }

    /**
     * An address of a local port.
     *
     * @param subnetId the subnet that it is on
     * @param address the address
     */
    public record LocalAddress(UUID subnetId, IpAddress address) {}

    @Override
    public Type type() {
        return Type.PORT;
    }

    @Override
    public String key() {
        return Type.PORT.key(portId);
    }
}
