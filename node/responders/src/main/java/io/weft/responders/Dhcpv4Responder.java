package io.weft.responders;

import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.model.Route;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * DHCPv4 (RFC 2131) for one port. The lease is the port's fixed address, so that there is nothing to remember: a client
 * gets its own address, is refused any other, and what it releases or declines stays its own.
 */
final class Dhcpv4Responder {
    /** Seconds that a client may use its address before it must ask again. */
    static final int LEASE_SECONDS = 86_400;

    /** The server's address in a subnet without a gateway; a client that cannot reach it rebinds by broadcast. */
    static final IpAddress FALLBACK_SERVER = IpAddress.parse("169.254.169.253");

    private static final MacAddress BROADCAST_MAC = new MacAddress(0xffffffffffffL);
    private static final IpAddress BROADCAST = IpAddress.ofIpv4(-1);
    private static final IpPrefix SERVICES = new IpPrefix(SubnetView.NODE_IPV4, 32);
    private static final IpAddress ON_LINK = IpAddress.ofIpv4(0);
    private static final IpPrefix ANYWHERE = IpPrefix.parse("0.0.0.0/0");

    private Dhcpv4Responder() {}

    /** The answer to a datagram to port 67; empty where silence is right. */
    static Optional<byte[]> answer(Packet packet, PortView port) {
        Optional<Dhcpv4Message> parsed = Dhcpv4Message.parse(packet.payload());
        if (parsed.isEmpty()) {
            return Optional.empty();
        }
        Dhcpv4Message request = parsed.get();
        List<PortView.Address> served = port.addresses().stream()
                .filter(a -> a.address().isIpv4() && a.subnet().dhcp())
                .toList();
        // A relayed request is not the port's own, and neither is one for another MAC.
        if (served.isEmpty()
                || !request.relayAddress().isUnspecified()
                || !request.hardware().equals(port.mac())
                || !packet.sourceMac().equals(port.mac())) {
            return Optional.empty();
        }
        return switch (request.type()) {
            case Dhcpv4Message.DISCOVER -> discover(request, port, served);
            case Dhcpv4Message.REQUEST -> request(request, port, served);
            case Dhcpv4Message.INFORM -> inform(request, port, served);
            // Release and decline ask for no answer, and change nothing: the address stays the port's.
            default -> Optional.empty();
        };
    }

    private static Optional<byte[]> discover(Dhcpv4Message request, PortView port, List<PortView.Address> served) {
        PortView.Address lease =
                wanted(request.address(Dhcpv4Message.REQUESTED_ADDRESS), served).orElse(served.getFirst());
        boolean rapid = request.options().containsKey(Dhcpv4Message.RAPID_COMMIT);
        return Optional.of(reply(request, port, lease, rapid ? Dhcpv4Message.ACK : Dhcpv4Message.OFFER, rapid));
    }

    private static Optional<byte[]> request(Dhcpv4Message request, PortView port, List<PortView.Address> served) {
        Optional<IpAddress> server = request.address(Dhcpv4Message.SERVER_IDENTIFIER);
        if (server.isPresent()
                && served.stream().noneMatch(a -> serverAddress(a).equals(server.get()))) {
            return Optional.empty();
        }
        IpAddress asked = request.clientAddress().isUnspecified()
                ? request.address(Dhcpv4Message.REQUESTED_ADDRESS).orElse(request.clientAddress())
                : request.clientAddress();
        return Optional.of(wanted(Optional.of(asked), served)
                .map(lease -> reply(request, port, lease, Dhcpv4Message.ACK, false))
                .orElseGet(() -> refusal(request, port, served.getFirst())));
    }

    private static Optional<byte[]> inform(Dhcpv4Message request, PortView port, List<PortView.Address> served) {
        return wanted(Optional.of(request.clientAddress()), served)
                .map(lease -> reply(request, port, lease, Dhcpv4Message.ACK, false));
    }

    private static Optional<PortView.Address> wanted(Optional<IpAddress> asked, List<PortView.Address> served) {
        return asked.flatMap(address ->
                served.stream().filter(a -> a.address().equals(address)).findFirst());
    }

    static IpAddress serverAddress(PortView.Address lease) {
        return lease.subnet().gateway().orElse(FALLBACK_SERVER);
    }

    private static byte[] refusal(Dhcpv4Message request, PortView port, PortView.Address lease) {
        IpAddress server = serverAddress(lease);
        Dhcpv4Writer writer = new Dhcpv4Writer(request, maximumBytes(request, port));
        writer.option(Dhcpv4Message.MESSAGE_TYPE, new byte[] {Dhcpv4Message.NAK});
        writer.option(Dhcpv4Message.SERVER_IDENTIFIER, server.toBytes());
        echoClientIdentifier(request, writer);
        writer.option(Dhcpv4Message.MESSAGE, "not an address of this port".getBytes(StandardCharsets.US_ASCII));
        // A client with a wrong address may not hear unicast (RFC 2131 section 4.3.2).
        return frame(port.network().macOf(server), BROADCAST_MAC, server, BROADCAST, writer);
    }

    private static byte[] reply(Dhcpv4Message request, PortView port, PortView.Address lease, int type, boolean rapid) {
        boolean inform = request.type() == Dhcpv4Message.INFORM;
        IpAddress server = serverAddress(lease);
        Map<Integer, byte[]> extra = ExtraOptions.encode(port.options(), IpFamily.IPV4, tags(request));
        Dhcpv4Writer writer = new Dhcpv4Writer(request, maximumBytes(request, port));
        writer.clientAddress(request.clientAddress());
        if (!inform) {
            writer.yourAddress(lease.address());
        }
        boot(extra, writer);
        writer.option(Dhcpv4Message.MESSAGE_TYPE, new byte[] {(byte) type});
        writer.option(Dhcpv4Message.SERVER_IDENTIFIER, server.toBytes());
        echoClientIdentifier(request, writer);
        if (rapid) {
            writer.option(Dhcpv4Message.RAPID_COMMIT, new byte[0]);
        }
        if (!inform) {
            times(extra, writer);
        }
        Map<Integer, byte[]> facts = facts(lease, port);
        facts.putAll(extra);
        facts.keySet()
                .removeAll(Set.of(
                        Dhcpv4Message.MESSAGE_TYPE,
                        Dhcpv4Message.SERVER_IDENTIFIER,
                        Dhcpv4Message.LEASE_TIME,
                        Dhcpv4Message.T1,
                        Dhcpv4Message.T2));
        byte[] asked = request.options().getOrDefault(Dhcpv4Message.PARAMETER_REQUEST, new byte[0]);
        for (byte number : asked) {
            byte[] value = facts.remove(number & 0xff);
            if (value != null) {
                writer.option(number & 0xff, value);
            }
        }
        // Only clients that ask understand Microsoft's number for the same routes.
        facts.remove(Dhcpv4Message.MICROSOFT_CLASSLESS_ROUTES);
        facts.forEach(writer::option);
        return address(request, port, lease, server, writer);
    }

    private static byte[] address(
            Dhcpv4Message request, PortView port, PortView.Address lease, IpAddress server, Dhcpv4Writer writer) {
        MacAddress from = port.network().macOf(server);
        if (!request.clientAddress().isUnspecified()) {
            return frame(from, port.mac(), server, request.clientAddress(), writer);
        }
        return request.wantsBroadcast()
                ? frame(from, BROADCAST_MAC, server, BROADCAST, writer)
                : frame(from, port.mac(), server, lease.address(), writer);
    }

    private static byte[] frame(
            MacAddress from, MacAddress to, IpAddress server, IpAddress client, Dhcpv4Writer writer) {
        return Packet.udpFrame(
                from, to, server, client, Dhcpv4Message.SERVER_PORT, Dhcpv4Message.CLIENT_PORT, writer.finish());
    }

    /** What the subnet and the port say, by option number, most needed first. */
    private static Map<Integer, byte[]> facts(PortView.Address lease, PortView port) {
        SubnetView subnet = lease.subnet();
        Map<Integer, byte[]> facts = new LinkedHashMap<>();
        int mask = subnet.cidr().length() == 0 ? 0 : -1 << (32 - subnet.cidr().length());
        facts.put(Dhcpv4Message.NETMASK, OptionType.bigEndian(mask & 0xffffffffL, 4));
        subnet.gateway().ifPresent(gateway -> facts.put(Dhcpv4Message.ROUTER, gateway.toBytes()));
        byte[] resolvers = concatenated(subnet.resolvers(), IpFamily.IPV4);
        if (resolvers.length > 0) {
            facts.put(Dhcpv4Message.DNS_SERVER, resolvers);
        }
        if (!port.domain().isEmpty()) {
            facts.put(Dhcpv4Message.DOMAIN_NAME, port.bareDomain().getBytes(StandardCharsets.US_ASCII));
        }
        facts.put(
                Dhcpv4Message.MTU,
                OptionType.bigEndian(Math.clamp(port.network().mtu(), 68, 65_535), 2));
        byte[] routes = OptionType.routes(routes(subnet));
        if (routes.length > 0) {
            facts.put(Dhcpv4Message.CLASSLESS_ROUTES, routes);
            facts.put(Dhcpv4Message.MICROSOFT_CLASSLESS_ROUTES, routes);
        }
        facts.put(Dhcpv4Message.HOSTNAME, hostname(lease, port).getBytes(StandardCharsets.US_ASCII));
        facts.put(Dhcpv4Message.BROADCAST, subnet.cidr().last().toBytes());
        return facts;
    }

    static byte[] concatenated(List<IpAddress> addresses, IpFamily family) {
        List<IpAddress> ours =
                addresses.stream().filter(a -> a.family() == family).toList();
        ByteBuffer bytes = ByteBuffer.allocate(ours.size() * family.bytes());
        ours.forEach(address -> bytes.put(address.toBytes()));
        return bytes.array();
    }

    /**
     * The node's services are on every link, also where no router is: without a route a client would ask a gateway that
     * may not be there. A client that takes classless routes ignores option 3 (RFC 3442), so that they include the
     * default one.
     */
    private static List<Route> routes(SubnetView subnet) {
        List<Route> routes = new ArrayList<>();
        for (Route route : subnet.hostRoutes()) {
            if (route.destination().address().isIpv4()) {
                routes.add(route);
            }
        }
        if (routes.stream().noneMatch(route -> route.destination().equals(SERVICES))) {
            routes.add(new Route(SERVICES, ON_LINK));
        }
        if (routes.stream().noneMatch(route -> route.destination().equals(ANYWHERE))) {
            subnet.gateway().ifPresent(gateway -> routes.add(new Route(ANYWHERE, gateway)));
        }
        return routes;
    }

    private static String hostname(PortView.Address lease, PortView port) {
        return port.hostname().isEmpty() ? "host-" + lease.address().toString().replace('.', '-') : port.hostname();
    }

    private static void times(Map<Integer, byte[]> extra, Dhcpv4Writer writer) {
        byte[] lease = extra.getOrDefault(Dhcpv4Message.LEASE_TIME, OptionType.bigEndian(LEASE_SECONDS, 4));
        long seconds = lease.length == 4 ? ByteBuffer.wrap(lease).getInt() & 0xffffffffL : LEASE_SECONDS;
        writer.option(Dhcpv4Message.LEASE_TIME, OptionType.bigEndian(seconds, 4));
        writer.option(Dhcpv4Message.T1, extra.getOrDefault(Dhcpv4Message.T1, OptionType.bigEndian(seconds / 2, 4)));
        writer.option(Dhcpv4Message.T2, extra.getOrDefault(Dhcpv4Message.T2, OptionType.bigEndian(seconds / 8 * 7, 4)));
    }

    /** The fields that firmware boots from; some read only these, some only the options. */
    private static void boot(Map<Integer, byte[]> extra, Dhcpv4Writer writer) {
        byte[] next = extra.remove(OptionNames.SERVER_IP_ADDRESS);
        byte[] tftp = extra.get(Dhcpv4Message.TFTP_SERVER);
        if (next == null && tftp != null) {
            next = OptionType.ADDRESSES
                    .encode(new String(tftp, StandardCharsets.UTF_8), IpFamily.IPV4)
                    .orElse(null);
        }
        if (next != null && next.length >= 4) {
            writer.nextServer(next);
        }
        if (tftp != null) {
            writer.serverName(tftp);
        }
        byte[] file = extra.get(Dhcpv4Message.BOOTFILE_NAME);
        if (file != null) {
            writer.bootFile(file);
        }
    }

    private static Set<String> tags(Dhcpv4Message request) {
        byte[] userClass = request.options().getOrDefault(Dhcpv4Message.USER_CLASS, new byte[0]);
        boolean ipxe = request.options().containsKey(Dhcpv4Message.IPXE)
                || new String(userClass, StandardCharsets.ISO_8859_1).contains("iPXE");
        return ipxe ? Set.of("ipxe") : Set.of();
    }

    private static void echoClientIdentifier(Dhcpv4Message request, Dhcpv4Writer writer) {
        byte[] identifier = request.options().get(Dhcpv4Message.CLIENT_IDENTIFIER);
        if (identifier != null && identifier.length <= 255) {
            writer.option(Dhcpv4Message.CLIENT_IDENTIFIER, identifier);
        }
    }

    /** What the client takes (RFC 2131 section 2: at least 576 bytes with IP and UDP) within the network's MTU. */
    private static int maximumBytes(Dhcpv4Message request, PortView port) {
        byte[] asked = request.options().get(Dhcpv4Message.MAXIMUM_SIZE);
        int size = asked != null && asked.length == 2 ? (asked[0] & 0xff) << 8 | asked[1] & 0xff : 576;
        return Math.max(576, Math.min(size, Math.min(port.network().mtu(), 1500))) - 28;
    }
}
