package io.weft.responders;

import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.Ipv6Mode;
import io.weft.model.MacAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Router advertisements (RFC 4861 section 4.2, RFC 8106): one for each router interface in the network, with the
 * prefixes that it serves. Subnets that no router serves are advertised by {@link NetworkView#RESPONDER_MAC} as no
 * router at all (lifetime 0), so that SLAAC works in them too.
 */
final class RouterAdvertisements {
    /** Seconds between unsolicited advertisements at most (RFC 4861 section 6.2.1). */
    static final int MAXIMUM_INTERVAL_SECONDS = 600;

    static final int ROUTER_LIFETIME_SECONDS = 1800;
    static final int VALID_LIFETIME_SECONDS = 86_400;
    static final int PREFERRED_LIFETIME_SECONDS = 14_400;

    private static final int ROUTER_SOLICITATION = 133;
    private static final byte ROUTER_ADVERTISEMENT = (byte) 134;
    private static final int MANAGED = 0x80;
    private static final int OTHER_CONFIGURATION = 0x40;
    private static final int ON_LINK = 0x80;
    private static final int AUTONOMOUS = 0x40;
    private static final int MAXIMUM_RESOLVERS = 16;
    private static final int MAXIMUM_BYTES = 1280 - 40;

    private static final IpAddress ALL_NODES = IpAddress.parse("ff02::1");
    private static final MacAddress ALL_NODES_MAC = MacAddress.parse("33:33:00:00:00:01");

    private RouterAdvertisements() {}

    /** The link-local address of an interface (RFC 4862 section 5.3). */
    static IpAddress linkLocal(MacAddress mac) {
        return IpAddress.ofIpv6(0xfe80L << 48, mac.eui64());
    }

    /** The answers to a solicitation; none when it is not valid (RFC 4861 section 6.1.1). */
    static List<byte[]> answer(Packet packet, PortView port) {
        ByteBuffer message = packet.payload();
        boolean unspecified = packet.source().isUnspecified();
        if (message.limit() < 8
                || (message.get(0) & 0xff) != ROUTER_SOLICITATION
                || message.get(1) != 0
                || packet.hopLimit() != 255
                || !packet.sourceMac().equals(port.mac())
                || !(unspecified || packet.source().isLinkLocal())
                || !hasValidOptions(message, unspecified)) {
            return List.of();
        }
        return unspecified ? frames(port, ALL_NODES_MAC, ALL_NODES) : frames(port, packet.sourceMac(), packet.source());
    }

    private static boolean hasValidOptions(ByteBuffer message, boolean unspecified) {
        int at = 8;
        while (at < message.limit()) {
            if (at + 2 > message.limit()) {
                return false;
            }
            int length = (message.get(at + 1) & 0xff) * 8;
            boolean sourceLinkLayer = message.get(at) == 1;
            if (length == 0 || at + length > message.limit() || unspecified && sourceLinkLayer) {
                return false;
            }
            at += length;
        }
        return true;
    }

    /** The advertisements that are sent without being asked for. */
    static List<byte[]> unsolicited(PortView port) {
        return frames(port, ALL_NODES_MAC, ALL_NODES);
    }

    private static List<byte[]> frames(PortView port, MacAddress to, IpAddress destination) {
        NetworkView network = port.network();
        Map<MacAddress, List<SubnetView>> byRouter = new LinkedHashMap<>();
        for (SubnetView subnet : network.subnets()) {
            if (!subnet.isAdvertised()) {
                continue;
            }
            boolean served = false;
            for (RouterView router : network.routers()) {
                if (router.addresses().stream().anyMatch(subnet.cidr()::contains)) {
                    byRouter.computeIfAbsent(router.mac(), mac -> new ArrayList<>())
                            .add(subnet);
                    served = true;
                }
            }
            if (!served) {
                byRouter.computeIfAbsent(NetworkView.RESPONDER_MAC, mac -> new ArrayList<>())
                        .add(subnet);
            }
        }
        List<byte[]> frames = new ArrayList<>();
        byRouter.forEach((mac, subnets) ->
                frames.add(Packet.icmpv6Frame(mac, to, linkLocal(mac), destination, message(mac, subnets, port))));
        return frames;
    }

    private static byte[] message(MacAddress mac, List<SubnetView> subnets, PortView port) {
        NetworkView network = port.network();
        boolean managed = subnets.stream().anyMatch(s -> s.raMode() == Ipv6Mode.DHCPV6_STATEFUL);
        boolean other = subnets.stream().anyMatch(s -> s.raMode() == Ipv6Mode.DHCPV6_STATELESS);
        boolean isDefault = subnets.stream().anyMatch(subnet -> isDefaultRouter(mac, subnet, network));
        ByteBuffer message = ByteBuffer.allocate(MAXIMUM_BYTES);
        message.put(ROUTER_ADVERTISEMENT).put((byte) 0).putShort((short) 0);
        message.put((byte) 64).put((byte) ((managed ? MANAGED : 0) | (other ? OTHER_CONFIGURATION : 0)));
        message.putShort((short) (isDefault ? ROUTER_LIFETIME_SECONDS : 0));
        // Reachable time and retransmission timer: unspecified.
        message.putInt(0).putInt(0);
        message.put((byte) 1).put((byte) 1).put(mac.toBytes());
        message.put((byte) 5).put((byte) 1).putShort((short) 0).putInt(Math.max(1280, network.mtu()));
        List<IpAddress> resolvers = subnets.stream()
                .flatMap(subnet -> subnet.resolvers().stream())
                .filter(IpAddress::isIpv6)
                .distinct()
                .limit(MAXIMUM_RESOLVERS)
                .toList();
        if (!resolvers.isEmpty()) {
            message.put((byte) 25).put((byte) (1 + 2 * resolvers.size())).putShort((short) 0);
            message.putInt(3 * MAXIMUM_INTERVAL_SECONDS);
            message.put(Dhcpv4Responder.concatenated(resolvers, IpFamily.IPV6));
        }
        searchList(port, message);
        subnets.forEach(subnet -> prefix(subnet, message));
        return Arrays.copyOf(message.array(), message.position());
    }

    /** The domain in which short names are looked for (RFC 8106 section 5.2). */
    private static void searchList(PortView port, ByteBuffer message) {
        if (port.domain().isEmpty()) {
            return;
        }
        byte[] names = OptionType.names(port.domain());
        int units = 1 + (names.length + 7) / 8;
        message.put((byte) 31).put((byte) units).putShort((short) 0);
        message.putInt(3 * MAXIMUM_INTERVAL_SECONDS);
        message.put(Arrays.copyOf(names, (units - 1) * 8));
    }

    private static boolean isDefaultRouter(MacAddress mac, SubnetView subnet, NetworkView network) {
        return subnet.gateway().isPresent()
                && network.routers().stream()
                        .anyMatch(router -> router.mac().equals(mac)
                                && router.addresses().contains(subnet.gateway().get()));
    }

    private static void prefix(SubnetView subnet, ByteBuffer message) {
        if (message.remaining() < 32) {
            return;
        }
        boolean autonomous = subnet.raMode().isAutoAddressed();
        message.put((byte) 3).put((byte) 4).put((byte) subnet.cidr().length());
        message.put((byte) (ON_LINK | (autonomous ? AUTONOMOUS : 0)));
        message.putInt(VALID_LIFETIME_SECONDS)
                .putInt(PREFERRED_LIFETIME_SECONDS)
                .putInt(0);
        message.put(subnet.cidr().address().toBytes());
    }
}
