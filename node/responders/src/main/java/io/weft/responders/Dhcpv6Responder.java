package io.weft.responders;

import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.MacAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * DHCPv6 (RFC 8415) for one port. The first IA_NA of a request gets all of the port's addresses in stateful subnets;
 * there is nothing for other associations. All nodes are one server with one DUID, so that a workload that moves finds
 * its server again.
 */
final class Dhcpv6Responder {
    /** Seconds that an address may be used before the client must ask again. */
    static final int LIFETIME_SECONDS = 86_400;

    /** DUID-LL of {@link NetworkView#RESPONDER_MAC} (RFC 8415 section 11.4). */
    static final byte[] DUID = ByteBuffer.allocate(10)
            .putShort((short) 3)
            .putShort((short) 1)
            .put(NetworkView.RESPONDER_MAC.toBytes())
            .array();

    private static final IpAddress ALL_SERVERS = IpAddress.parse("ff02::1:2");
    private static final Set<Integer> OURS_ALONE = Set.of(
            Dhcpv6Message.CLIENT_IDENTIFIER,
            Dhcpv6Message.SERVER_IDENTIFIER,
            Dhcpv6Message.IA_NA,
            Dhcpv6Message.IA_TA,
            Dhcpv6Message.IA_PD,
            Dhcpv6Message.STATUS);

    private Dhcpv6Responder() {}

    /** The answer to a datagram to port 547; empty where silence is right. */
    static Optional<byte[]> answer(Packet packet, PortView port) {
        Optional<Dhcpv6Message> parsed = Dhcpv6Message.parse(packet.payload());
        if (parsed.isEmpty()
                || !port.answersDhcpv6()
                || !packet.sourceMac().equals(port.mac())
                || !packet.source().isLinkLocal()) {
            return Optional.empty();
        }
        Dhcpv6Message request = parsed.get();
        // Only an information request may leave out who asks (RFC 8415 section 16).
        if (request.type() != Dhcpv6Message.INFORMATION_REQUEST
                && request.client().isEmpty()) {
            return Optional.empty();
        }
        boolean multicast = packet.destination().equals(ALL_SERVERS);
        return message(request, multicast, port).map(message -> frame(packet, port, message));
    }

    private static Optional<byte[]> message(Dhcpv6Message request, boolean multicast, PortView port) {
        boolean ours = request.names(DUID);
        return switch (request.type()) {
            case Dhcpv6Message.SOLICIT ->
                multicast && !request.has(Dhcpv6Message.SERVER_IDENTIFIER)
                        ? Optional.of(leases(request, port))
                        : Optional.empty();
            case Dhcpv6Message.REQUEST, Dhcpv6Message.RENEW ->
                !ours ? Optional.empty() : Optional.of(multicast ? leases(request, port) : useMulticast(request));
            case Dhcpv6Message.REBIND ->
                multicast && !request.has(Dhcpv6Message.SERVER_IDENTIFIER)
                        ? Optional.of(leases(request, port))
                        : Optional.empty();
            case Dhcpv6Message.RELEASE, Dhcpv6Message.DECLINE ->
                !ours ? Optional.empty() : Optional.of(multicast ? farewell(request) : useMulticast(request));
            case Dhcpv6Message.CONFIRM -> multicast ? confirm(request, port) : Optional.empty();
            case Dhcpv6Message.INFORMATION_REQUEST -> information(request, ours, port);
            default -> Optional.empty();
        };
    }

    private static Dhcpv6Writer begin(Dhcpv6Message request, int type) {
        // Within the smallest MTU that IPv6 allows, with its header and UDP's.
        Dhcpv6Writer writer = new Dhcpv6Writer(type, request.transaction(), 1280 - 48);
        request.client().ifPresent(client -> writer.option(Dhcpv6Message.CLIENT_IDENTIFIER, client));
        writer.option(Dhcpv6Message.SERVER_IDENTIFIER, DUID);
        return writer;
    }

    private static byte[] leases(Dhcpv6Message request, PortView port) {
        boolean solicit = request.type() == Dhcpv6Message.SOLICIT;
        boolean rapid = solicit && request.has(Dhcpv6Message.RAPID_COMMIT);
        Dhcpv6Writer writer = begin(request, solicit && !rapid ? Dhcpv6Message.ADVERTISE : Dhcpv6Message.REPLY);
        if (rapid) {
            writer.option(Dhcpv6Message.RAPID_COMMIT, new byte[0]);
        }
        if (solicit && !rapid) {
            // The highest preference: the client need not wait for other servers (RFC 8415 section 18.2.1).
            writer.option(Dhcpv6Message.PREFERENCE, new byte[] {(byte) 255});
        }
        List<IpAddress> given = port.addresses().stream()
                .filter(a -> a.subnet().isStateful())
                .map(PortView.Address::address)
                .toList();
        boolean used = false;
        for (Dhcpv6Message.Option option : request.options()) {
            if (option.value().limit() < 4) {
                continue;
            }
            int identifier = option.value().getInt(0);
            switch (option.number()) {
                case Dhcpv6Message.IA_NA -> {
                    List<IpAddress> withdrawn = solicit
                            ? List.of()
                            : Dhcpv6Message.addresses(option.value()).stream()
                                    .filter(address -> !given.contains(address))
                                    .toList();
                    if (!used && !given.isEmpty()) {
                        writer.association(identifier, given, withdrawn, LIFETIME_SECONDS);
                        used = true;
                    } else if (!withdrawn.isEmpty()) {
                        writer.association(identifier, List.of(), withdrawn, LIFETIME_SECONDS);
                    } else {
                        writer.emptyAssociation(
                                Dhcpv6Message.IA_NA, identifier, Dhcpv6Message.NO_ADDRESSES, "no addresses");
                    }
                }
                case Dhcpv6Message.IA_TA ->
                    writer.emptyAssociation(
                            Dhcpv6Message.IA_TA, identifier, Dhcpv6Message.NO_ADDRESSES, "no addresses");
                case Dhcpv6Message.IA_PD ->
                    writer.emptyAssociation(Dhcpv6Message.IA_PD, identifier, Dhcpv6Message.NO_PREFIXES, "no prefixes");
                default -> {}
            }
        }
        addInformation(port, writer);
        return writer.finish();
    }

    private static byte[] useMulticast(Dhcpv6Message request) {
        Dhcpv6Writer writer = begin(request, Dhcpv6Message.REPLY);
        writer.status(Dhcpv6Message.USE_MULTICAST, "use multicast");
        return writer.finish();
    }

    private static byte[] farewell(Dhcpv6Message request) {
        Dhcpv6Writer writer = begin(request, Dhcpv6Message.REPLY);
        writer.status(Dhcpv6Message.SUCCESS, "");
        return writer.finish();
    }

    /** On-link is what the network's subnets cover; without an address there is nothing to confirm (18.3.3). */
    private static Optional<byte[]> confirm(Dhcpv6Message request, PortView port) {
        List<IpAddress> asked = new ArrayList<>();
        for (Dhcpv6Message.Option option : request.options()) {
            if (option.number() == Dhcpv6Message.IA_NA) {
                asked.addAll(Dhcpv6Message.addresses(option.value()));
            }
        }
        if (asked.isEmpty() || request.has(Dhcpv6Message.SERVER_IDENTIFIER)) {
            return Optional.empty();
        }
        boolean onLink = asked.stream()
                .allMatch(address -> port.network().subnets().stream()
                        .anyMatch(subnet -> subnet.cidr().contains(address)));
        Dhcpv6Writer writer = begin(request, Dhcpv6Message.REPLY);
        writer.status(onLink ? Dhcpv6Message.SUCCESS : Dhcpv6Message.NOT_ON_LINK, "");
        return Optional.of(writer.finish());
    }

    private static Optional<byte[]> information(Dhcpv6Message request, boolean ours, PortView port) {
        boolean other = request.has(Dhcpv6Message.SERVER_IDENTIFIER) && !ours;
        if (other || request.has(Dhcpv6Message.IA_NA) || request.has(Dhcpv6Message.IA_TA)) {
            return Optional.empty();
        }
        Dhcpv6Writer writer = begin(request, Dhcpv6Message.REPLY);
        addInformation(port, writer);
        return Optional.of(writer.finish());
    }

    private static void addInformation(PortView port, Dhcpv6Writer writer) {
        Map<Integer, byte[]> facts = ExtraOptions.encode(port.options(), IpFamily.IPV6, Set.of());
        facts.keySet().removeAll(OURS_ALONE);
        List<IpAddress> resolvers = port.addresses().stream()
                .filter(a -> a.subnet().isDhcpv6())
                .flatMap(a -> a.subnet().resolvers().stream())
                .distinct()
                .toList();
        byte[] bytes = Dhcpv4Responder.concatenated(resolvers, IpFamily.IPV6);
        if (bytes.length > 0) {
            facts.putIfAbsent(Dhcpv6Message.DNS_SERVERS, bytes);
        }
        if (!port.domain().isEmpty()) {
            facts.putIfAbsent(Dhcpv6Message.DOMAIN_SEARCH, OptionType.names(port.domain()));
        }
        facts.forEach(writer::option);
    }

    private static byte[] frame(Packet packet, PortView port, byte[] message) {
        List<RouterView> routers = port.network().routers();
        MacAddress from = routers.isEmpty()
                ? NetworkView.RESPONDER_MAC
                : routers.getFirst().mac();
        return Packet.udpFrame(
                from,
                packet.sourceMac(),
                RouterAdvertisements.linkLocal(from),
                packet.source(),
                Dhcpv6Message.SERVER_PORT,
                Dhcpv6Message.CLIENT_PORT,
                message);
    }
}
