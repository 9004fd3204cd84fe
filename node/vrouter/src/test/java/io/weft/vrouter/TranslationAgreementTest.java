package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.ExternalGateway;
import io.weft.model.FixedIp;
import io.weft.model.FloatingIp;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.MacAddress;
import io.weft.model.MemberLocality;
import io.weft.model.Port;
import io.weft.model.Router;
import io.weft.model.World;
import io.weft.reference.Forwarding;
import io.weft.reference.LostNextHop;
import io.weft.reference.Outcome;
import io.weft.reference.OutsidePacket;
import io.weft.reference.Packet;
import io.weft.reference.Translation;
import io.weft.reference.Transport;
import io.weft.vrouter.RandomOutside.Outsider;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The loaded programs of two hosts do with random packets in random worlds that lead outside what the reference says: with
 * the first packet of a connection, from a guest or from somebody outside, with what answers it, with ICMP errors about it,
 * and with fragments.
 *
 * <p>Longer than most: all of these follow one packet through one world, and what one changes the next must find.
 */
class TranslationAgreementTest {
    private static final int WORLDS = 10;
    /** So many worlds at most, until each kind of event was seen. */
    private static final int MOST_WORLDS = 300;

    private static final int PACKETS = 200;
    private static final int ANSWER_BYTES = 100;
    private static final int GRE = 47;

    private static final Set<String> EVENTS = Set.of(
            "drop",
            "exit, one to one",
            "exit, shared",
            "exit, shared at both ends",
            "exit under rules",
            "exit, from outside",
            "exit, from outside to a forwarded port",
            "exit, from outside to a member",
            "exit, hairpin",
            "left, as it was, IPV4",
            "left, as it was, IPV6",
            "left, as it was within a scope",
            "left, one to one",
            "left, shared",
            "left, with another port",
            "left, by the source's own gateway",
            "left, by one of the default routes",
            "left, past a router that is lost",
            "left, though all are lost",
            "from a subport",
            "to a subport",
            "LOCAL",
            "TIME_EXCEEDED",
            "TOO_BIG",
            "answered",
            "answered from outside",
            "told of an error",
            "told of an error on the way outside",
            "fragments, translated",
            "fragments, shared",
            "fragments, IPV6");

    private final long seed = Long.getLong("weft.seed", System.nanoTime());
    private final Map<String, Integer> seen = new LinkedHashMap<>();

    private Random random = new Random(seed);
    private World world = World.empty();
    private List<World> worlds = List.of();
    private Set<LostNextHop> lost = Set.of();
    private String where = "";
    private boolean guarded;
    private int nextPort;
    private int nextLowPort;

    /** Both sides' answers in one form. */
    private record Fate(String kind, String place, int hops, IpAddress source, IpAddress destination, Transport of) {
        static final Fate DROP = answer("drop", IpAddress.ofIpv4(0));

        static Fate answer(String kind, IpAddress from) {
            return new Fate(kind, "", 0, from, IpAddress.ofIpv4(0), new Transport(0, 0, 0));
        }

        boolean arrives() {
            return kind.equals("exit") || kind.equals("left");
        }

        Fate with(Transport transport) {
            return new Fate(kind, place, hops, source, destination, transport);
        }

        Fate from(IpAddress address) {
            return new Fate(kind, place, hops, address, destination, of);
        }
    }

    /** A packet of a guest or of somebody outside, as both sides take it. */
    @SuppressWarnings("ArrayRecordComponent") // the bytes are this question's own and nobody compares questions
    private record Question(byte[] frame, Optional<Port> guest, UUID network, Function<Forwarding, Outcome> asked) {
        Header header() {
            return Header.of(frame);
        }
    }

    @Test
    void theProgramsOfTwoHostsAndTheReferenceAgree() {
        for (int number = 0;
                number < WORLDS || number < MOST_WORLDS && !seen.keySet().containsAll(EVENTS);
                number++) {
            random = new Random(seed + number);
            World unscoped = RandomOutside.lead(
                    RandomServices.with(RandomWorld.of(random), random, List.of(MemberLocality.ANY)), random);
            World open = number % 4 < 2 ? unscoped : RandomScopes.part(unscoped, random);
            guarded = number % 2 == 1;
            world = guarded ? RandomRules.guard(open, port -> true, random) : open;
            worlds = WorldTables.onePath(world, random);
            nextPort = 10_000;
            nextLowPort = 1024;
            lost = RandomOutside.lost(world, random);
            try (TwoHosts hosts = new TwoHosts(world, lost)) {
                for (int i = 0; i < PACKETS; i++) {
                    where = "seed " + seed + ", world " + number + ", packet " + i;
                    converse(hosts, random.nextInt(3) > 0 ? fromGuest(hosts.guests()) : fromOutside());
                }
            }
        }
        System.out.println("seed " + seed + ": " + seen);
        assertThat(seen.keySet()).as("seed %d", seed).containsAll(EVENTS);
    }

    private void saw(String event) {
        seen.merge(event, 1, Integer::sum);
    }

    /** A packet, and what follows from it. */
    private void converse(TwoHosts hosts, Question question) {
        Header header = question.header();
        int length = question.frame.length;
        if (random.nextInt(3) == 0 && length > 14 + 600) {
            fragments(hosts, question);
            return;
        }
        TwoHosts.End end = put(hosts, question);
        Map<Fate, List<Translation>> expected = expect(question.asked, List.of());
        Fate actual = fate(end, question);
        String as = where + ": " + header + " of " + question.guest.map(Port::id) + ", reference: "
                + question.asked.apply(new Forwarding(world, List.of(), lost));
        if (end instanceof TwoHosts.End.Ended ended
                && ended.byTransit()
                && expected.keySet().stream().noneMatch(Fate::arrives)) {
            // A gateway node tells no errors to guests of other nodes.
            saw("silence beyond the transit");
            return;
        }
        if (end instanceof TwoHosts.End.Ended
                && !expected.containsKey(actual)
                && expected.keySet().stream().noneMatch(Fate::arrives)
                && losesItsAnswer(question)) {
            saw("an answer without a way back");
            return;
        }
        Fate said = expected.containsKey(actual) ? actual : anyPort(actual);
        assertThat(expected.keySet()).as(as).contains(said);
        List<Translation> translations = Objects.requireNonNull(expected.get(said)).stream()
                .map(t -> t.withChosenPort(actual.of.source()))
                .toList();
        note(question, actual, said, translations);
        if (!actual.arrives() || header.transport().protocol() == GRE) {
            return;
        }
        byte[] arrived = frame(end);
        assertThat(Packets.checksumsHold(arrived)).as(as + ", checksums").isTrue();
        boolean errorFirst = random.nextBoolean();
        if (errorFirst) {
            error(hosts, question, end, translations);
        }
        if (random.nextInt(4) > 0) {
            answer(hosts, question, end, translations);
        }
        if (!errorFirst) {
            error(hosts, question, end, translations);
        }
    }

    /**
     * Whether what a guest asks a router's address outside is answered by way of another router that has no route to the
     * guest: it came there untranslated, by a third one.
     */
    private boolean losesItsAnswer(Question question) {
        Header sent = question.header();
        if (question.guest.isEmpty() || !sent.isEcho()) {
            return false;
        }
        IpAddress guest = sent.source();
        IpAddress router = sent.destination();
        IpFamily family = guest.family();
        List<Port> gateways = world.routers().stream()
                .flatMap(each -> each.gateways().stream())
                .map(gateway -> world.port(gateway.portId()).orElseThrow())
                .toList();
        return gateways.stream()
                .filter(asked ->
                        asked.fixedIps().stream().anyMatch(ip -> ip.address().equals(router)))
                .flatMap(asked -> gateways.stream()
                        .filter(other ->
                                !other.equals(asked) && other.networkId().equals(asked.networkId())))
                .flatMap(other -> other.fixedIps().stream()
                        .map(FixedIp::address)
                        .filter(address -> address.family() == family)
                        .map(via -> new OutsidePacket(
                                other.networkId(), via, router, guest, Transport.echoReply(family), 64, ANSWER_BYTES)))
                .anyMatch(
                        answer -> new Forwarding(world, List.of(), lost).enterReply(answer) instanceof Outcome.Dropped);
    }

    private TwoHosts.End put(TwoHosts hosts, Question question) {
        return question.guest
                .map(guest -> hosts.send(guest, question.frame))
                .orElseGet(() -> hosts.enter(question.network, question.frame));
    }

    private static byte[] frame(TwoHosts.End end) {
        return switch (end) {
            case TwoHosts.End.Delivered delivered -> delivered.frame();
            case TwoHosts.End.Left left -> left.frame();
            case TwoHosts.End.Ended _ -> throw new IllegalArgumentException("it ended");
        };
    }

    /** Where the model leaves the port to the router: one that is not among those that were asked for. */
    private static Fate anyPort(Fate fate) {
        boolean hasPorts = fate.of.protocol() == Packets.TCP || fate.of.protocol() == Packets.UDP;
        return hasPorts && fate.of.source() >= 1024
                ? fate.with(new Transport(fate.of.protocol(), 0, fate.of.destination()))
                : fate;
    }

    private void note(Question question, Fate actual, Fate said, List<Translation> translations) {
        Header sent = question.header();
        boolean sourceChanged = !actual.source.equals(sent.source());
        if (actual.arrives()
                && question.guest
                        .flatMap(guest -> world.trunkOfSubport(guest.id()))
                        .isPresent()) {
            saw("from a subport");
        }
        boolean destinationChanged = !actual.destination.equals(sent.destination());
        switch (actual.kind) {
            case "exit" -> {
                Port receiver = world.port(UUID.fromString(actual.place.substring(0, 36)))
                        .orElseThrow();
                if (receiver.securityGroups().isPresent()) {
                    saw("exit under rules");
                }
                if (world.trunkOfSubport(receiver.id()).isPresent()) {
                    saw("to a subport");
                }
                if (question.guest.isEmpty()) {
                    boolean balanced = world.floatingIps().stream()
                            .filter(each -> each.address().equals(sent.destination()))
                            .anyMatch(each -> each.forwardings().isEmpty());
                    saw(
                            translations.isEmpty()
                                    ? "exit, from outside"
                                    : balanced
                                            ? "exit, from outside to a member"
                                            : "exit, from outside to a forwarded port");
                } else if (question.guest.get().id().equals(receiver.id())) {
                    saw("exit, hairpin");
                } else if (translations.size() > 1) {
                    saw("exit, shared at both ends");
                } else if (!translations.isEmpty()) {
                    saw("exit, shared");
                } else {
                    saw(sourceChanged && destinationChanged ? "exit, one to one" : "exit");
                }
            }
            case "left" -> {
                if (!said.equals(actual)) {
                    saw("left, with another port");
                }
                if (sourceChanged) {
                    saw(translations.isEmpty() ? "left, one to one" : "left, shared");
                } else {
                    saw("left, as it was, " + sent.source().family());
                    noteScope(
                            UUID.fromString(actual.place.substring(0, 36)),
                            sent.source().family());
                }
                noteGateway(UUID.fromString(actual.place.substring(0, 36)), sent, translations);
                noteLost(UUID.fromString(actual.place.substring(0, 36)), question, actual);
            }
            default -> saw(actual.kind);
        }
    }

    /** Where all routers translate, nothing but a scope lets IPv4 leave as it was. */
    private void noteScope(UUID network, IpFamily family) {
        boolean shared = world.routersOut(network).stream()
                .flatMap(router -> router.gatewayTo(network).stream())
                .allMatch(ExternalGateway::enableSnat);
        if (family == IpFamily.IPV4 && shared) {
            saw("left, as it was within a scope");
        }
    }

    /** Which of several gateways a packet that left has taken, where it was not the first one's default route. */
    private void noteGateway(UUID network, Header sent, List<Translation> translations) {
        boolean onLink = world.subnetsOf(network).stream()
                .anyMatch(subnet -> subnet.cidr().contains(sent.destination()));
        for (int number = 0; number < RandomWorld.ROUTERS && !onLink; number++) {
            Router router = world.router(RandomWorld.id('r', number)).orElseThrow();
            boolean other = OutsideTables.up(world, router).stream()
                    .skip(1)
                    .anyMatch(gateway -> gateway.networkId().equals(network));
            boolean own = world.floatingIpsOfRouter(router.id()).stream()
                    .flatMap(floatingIp -> floatingIp.fixed().stream())
                    .anyMatch(fixed -> fixed.address().equals(sent.source()));
            if (other && own && !router.defaultRouteEcmp()) {
                saw("left, by the source's own gateway");
            }
            if (other
                    && router.defaultRouteEcmp()
                    && translations.stream().anyMatch(t -> t.router().equals(router.id()))) {
                saw("left, by one of the default routes");
            }
        }
    }

    /** What a watch has found out where a packet has left by the default route of the router that the guest sent it to. */
    private void noteLost(UUID network, Question question, Fate actual) {
        Header sent = question.header();
        boolean onLink = world.subnetsOf(network).stream()
                .anyMatch(subnet -> subnet.cidr().contains(sent.destination()));
        boolean own = world.floatingIps().stream()
                .anyMatch(floatingIp -> Stream.concat(
                                floatingIp.fixed().map(FloatingIp.Fixed::address).stream(),
                                floatingIp.forwardings().stream().map(forwarding -> forwarding.address()))
                        .anyMatch(sent.source()::equals));
        if (onLink || own || actual.hops != sent.hops() - 1) {
            return;
        }
        IpFamily family = sent.source().family();
        MacAddress to = Packets.destinationMac(question.frame);
        for (Port face : RandomWorld.ports(world)) {
            Optional<Router> router = face.isRouterInterface() && face.mac().equals(to)
                    ? world.router(UUID.fromString(face.deviceId()))
                    : Optional.empty();
            if (router.filter(Router::defaultRouteBfd).isEmpty()) {
                continue;
            }
            List<ExternalGateway> gateways = OutsideTables.up(world, router.get());
            List<ExternalGateway> living = gateways.stream()
                    .filter(gateway -> !lost.contains(new LostNextHop(gateway.portId(), family)))
                    .toList();
            if (living.isEmpty()) {
                saw("left, though all are lost");
            } else if (!living.contains(gateways.getFirst())
                    && living.stream().anyMatch(gateway -> gateway.networkId().equals(network))) {
                saw("left, past a router that is lost");
            }
        }
    }

    /** What answers the packet takes its way back. */
    private void answer(TwoHosts hosts, Question question, TwoHosts.End end, List<Translation> translations) {
        Question answer = answer(end);
        Map<Fate, List<Translation>> expected = expect(answer.asked, translations);
        if (isAstray(expected, question)) {
            return;
        }
        TwoHosts.End back = put(hosts, answer);
        if (isSilent(back, expected)) {
            return;
        }
        Fate actual = fate(back, answer);
        assertThat(expected.keySet())
                .as(where + ": " + question.header() + " arrived as " + Header.of(frame(end)) + " and was answered")
                .contains(expected.containsKey(actual) ? actual : anyPort(actual));
        if (!(back instanceof TwoHosts.End.Ended)) {
            byte[] returned = frame(back);
            assertThat(Packets.checksumsHold(returned))
                    .as(where + ", checksums of the answer")
                    .isTrue();
            Header sent = question.header();
            Header got = Header.of(returned);
            if (got.source().equals(sent.destination()) && got.destination().equals(sent.source())) {
                saw(end instanceof TwoHosts.End.Left ? "answered from outside" : "answered");
                assertThat(got.transport()).as(where + ", the answer").isEqualTo(turned(sent));
            }
        }
    }

    private static boolean isSilent(TwoHosts.End end, Map<Fate, List<Translation>> expected) {
        return end instanceof TwoHosts.End.Ended ended
                && ended.byTransit()
                && expected.keySet().stream().noneMatch(Fate::arrives);
    }

    /** Whether it may come to a guest that has asked nothing: its rules know nothing of it. */
    private boolean isAstray(Map<Fate, List<Translation>> expected, Question question) {
        return expected.keySet().stream()
                .filter(fate -> fate.kind.equals("exit"))
                .anyMatch(fate -> question.guest.isEmpty()
                        || !fate.place.startsWith(question.guest.get().id().toString()));
    }

    /** The receiver, or somebody between, says that the packet went wrong. */
    private void error(TwoHosts hosts, Question question, TwoHosts.End end, List<Translation> translations) {
        Question answer = answer(end);
        Map<Fate, List<Translation>> expected = expect(answer.asked, translations);
        // By another gateway than it came the answer begins a connection, and an error belongs to none.
        boolean begins = expected.values().stream().anyMatch(by -> !translations.containsAll(by));
        if (isAstray(expected, question) || begins) {
            return;
        }
        byte[] arrived = frame(end);
        Header got = Header.of(arrived);
        boolean ipv4 = got.source().isIpv4();
        boolean between = end instanceof TwoHosts.End.Left && random.nextBoolean();
        IpAddress teller =
                between ? nearby(((TwoHosts.End.Left) end).neighbour().network(), got) : got.destination();
        byte[] quote = Arrays.copyOfRange(arrived, 14, arrived.length);
        int least = (ipv4 ? 20 : 40) + 8;
        if (random.nextBoolean() || quote.length > 500) {
            quote = Arrays.copyOf(quote, Math.min(quote.length, least + random.nextInt(100)));
        }
        int[][] kinds = ipv4 ? new int[][] {{3, 3}, {3, 1}, {3, 4}, {11, 0}} : new int[][] {{1, 4}, {2, 0}, {3, 0}};
        int[] kind = kinds[random.nextInt(kinds.length)];
        byte[] body = ipv4
                ? Packets.icmp(kind[0], kind[1], 1300, quote)
                : Packets.icmpv6(teller, got.source(), kind[0], kind[1], 1300, quote);
        MacAddress own = Packets.destinationMac(arrived);
        byte[] frame = Packets.ip(
                Packets.sourceMac(arrived), own, teller, got.source(), ipv4 ? Packets.ICMP : Packets.ICMPV6, 64, body);
        Question told = new Question(frame, answer.guest, answer.network, answer.asked);
        TwoHosts.End back = put(hosts, told);
        if (isSilent(back, expected)) {
            return;
        }
        Transport transport = new Transport(ipv4 ? Packets.ICMP : Packets.ICMPV6, kind[0], kind[1]);
        Fate actual = fate(back, told);
        String as = where + ": " + question.header() + " arrived as " + got + ", error " + transport + " by " + teller;
        assertThat(expected.keySet().stream()
                        .map(fate -> fate.arrives() ? fate.with(transport) : fate)
                        .map(fate -> fate.arrives() && between ? fate.from(teller) : fate))
                .as(as)
                .contains(actual);
        if (!actual.arrives()) {
            return;
        }
        Header sent = question.header();
        Header outer = Header.of(frame(back));
        assertThat(Packets.checksumsHold(frame(back))).as(as + ", checksums").isTrue();
        if (outer.destination().equals(sent.source())
                && (between || outer.source().equals(sent.destination()))) {
            Header quoted = Header.quoted(frame(back));
            assertThat(quoted.source()).as(as).isEqualTo(sent.source());
            assertThat(quoted.destination()).as(as).isEqualTo(sent.destination());
            assertThat(quoted.transport()).as(as).isEqualTo(sent.transport());
            saw(between ? "told of an error on the way outside" : "told of an error");
        }
    }

    /** A router on the external network that is not the packet's destination. */
    private static IpAddress nearby(UUID network, Header got) {
        return RandomOutside.outsiders().stream()
                .filter(outsider -> outsider.network().equals(network))
                .map(Outsider::address)
                .filter(address -> address.family() == got.source().family() && !address.equals(got.destination()))
                .findFirst()
                .orElseThrow();
    }

    private static Transport turned(Header header) {
        if (header.isEcho()) {
            return Transport.echoReply(header.source().family());
        }
        int from = header.transport().destination();
        int to = header.transport().source();
        return new Transport(header.transport().protocol(), from, to);
    }

    /** What answers a packet where it arrived. */
    private Question answer(TwoHosts.End end) {
        byte[] arrived = frame(end);
        Header got = Header.of(arrived);
        Transport transport = turned(got);
        IpAddress from = got.destination();
        IpAddress to = got.source();
        MacAddress own = Packets.destinationMac(arrived);
        MacAddress other = Packets.sourceMac(arrived);
        byte[] body = body(from, to, transport, identifier(arrived), ANSWER_BYTES, true);
        byte[] frame = Packets.ip(other, own, from, to, transport.protocol(), 64, body);
        if (end instanceof TwoHosts.End.Delivered delivered) {
            Packet packet = new Packet(delivered.port().id(), own, other, from, to, transport, 64, ANSWER_BYTES);
            return new Question(
                    frame,
                    Optional.of(delivered.port()),
                    new UUID(0, 0),
                    forwarding -> localOnlyToEchoes(forwarding.forwardReply(packet), transport, from));
        }
        UUID network = ((TwoHosts.End.Left) end).neighbour().network();
        OutsidePacket packet = new OutsidePacket(network, via(other, to), from, to, transport, 64, ANSWER_BYTES);
        return new Question(
                frame,
                Optional.empty(),
                network,
                forwarding -> localOnlyToEchoes(forwarding.enterReply(packet), transport, from));
    }

    /** By which of its addresses somebody outside has found a MAC. */
    private IpAddress via(MacAddress mac, IpAddress destination) {
        Port owner = Objects.requireNonNull(RandomOutside.served(world).get(mac));
        return owner.fixedIps().stream()
                .map(FixedIp::address)
                .filter(address -> address.family() == destination.family())
                .findFirst()
                .orElse(destination);
    }

    private static int identifier(byte[] frame) {
        boolean ipv4 = Packets.number(frame, 12, 2) == Packets.ETHERTYPE_IPV4;
        return Packets.number(frame, ipv4 ? 38 : 58, 4);
    }

    /** A datagram in two pieces goes where it would go whole, and is one again there. */
    private void fragments(TwoHosts hosts, Question question) {
        byte[] frame = question.frame;
        boolean ipv4 = question.header().source().isIpv4();
        byte[] body = Arrays.copyOfRange(frame, ipv4 ? 34 : 54, frame.length);
        int identifier = ++nextPort;
        int cut = 8 * (10 + random.nextInt(40));
        byte[] first = Header.fragment(frame, identifier, 0, true, Arrays.copyOf(body, cut));
        byte[] later = Header.fragment(frame, identifier, cut, false, Arrays.copyOfRange(body, cut, body.length));
        Map<Fate, List<Translation>> expected = expect(question.asked, List.of());
        // Both pieces are smaller than what they are of.
        if (expected.keySet().stream().anyMatch(fate -> !fate.arrives() && !fate.equals(Fate.DROP))) {
            return;
        }
        String as = where + ": fragments of " + question.header();
        Question begin = new Question(first, question.guest, question.network, question.asked);
        TwoHosts.End end = put(hosts, begin);
        Fate actual = fate(end, begin);
        Fate said = expected.containsKey(actual) ? actual : anyPort(actual);
        assertThat(expected.keySet()).as(as).contains(said);
        Question rest = new Question(later, question.guest, question.network, question.asked);
        TwoHosts.End restEnd = put(hosts, rest);
        if (!actual.arrives()) {
            assertThat(fate(restEnd, rest)).as(as + ", the rest").isEqualTo(actual);
            return;
        }
        Transport none = new Transport(actual.of.protocol(), 0, 0);
        assertThat(fate(restEnd, rest)).as(as + ", the rest").isEqualTo(actual.with(none));
        byte[] whole = Header.reassembled(frame(end), frame(restEnd));
        if (actual.of.protocol() != GRE) {
            assertThat(Packets.checksumsHold(whole)).as(as + ", whole").isTrue();
        }
        boolean changed = !actual.source.equals(question.header().source())
                || !actual.destination.equals(question.header().destination());
        if (!ipv4) {
            saw("fragments, IPV6");
        } else if (!Objects.requireNonNull(expected.get(said)).isEmpty()) {
            saw("fragments, shared");
        } else {
            saw(changed ? "fragments, translated" : "fragments");
        }
    }

    /** What may become of a packet, and what routers then remember of it. */
    private Map<Fate, List<Translation>> expect(Function<Forwarding, Outcome> asked, List<Translation> known) {
        Map<Fate, List<Translation>> expected = new LinkedHashMap<>();
        for (World each : worlds) {
            switch (asked.apply(new Forwarding(each, known, lost))) {
                case Outcome.Dropped _ -> expected.put(Fate.DROP, List.of());
                case Outcome.Answered(Outcome.Answer answer, IpAddress from) ->
                    expected.put(Fate.answer(answer.name(), from), List.of());
                case Outcome.Left left ->
                    expected.put(
                            new Fate(
                                    "left",
                                    left.network() + " " + left.neighbour(),
                                    left.hops(),
                                    left.source(),
                                    IpAddress.ofIpv4(0),
                                    left.transport()),
                            left.translations());
                case Outcome.Delivered(Set<Outcome.Exit> exits) ->
                    exits.forEach(exit -> expected.put(
                            new Fate(
                                    "exit",
                                    place(exit.port(), exit.sourceMac(), exit.destinationMac()),
                                    exit.hops(),
                                    exit.source(),
                                    exit.destination(),
                                    exit.transport()),
                            exit.translations()));
            }
        }
        return expected;
    }

    private static String place(UUID port, MacAddress source, MacAddress destination) {
        return port + " " + source + " " + destination;
    }

    private Fate fate(TwoHosts.End end, Question question) {
        if (end instanceof TwoHosts.End.Ended) {
            return Fate.DROP;
        }
        byte[] frame = frame(end);
        Header header = Header.of(frame);
        boolean toSender = switch (end) {
            case TwoHosts.End.Delivered delivered ->
                question.guest.map(Port::id).equals(Optional.of(delivered.port().id()));
            case TwoHosts.End.Left left ->
                question.guest.isEmpty() && left.neighbour().mac().equals(Packets.sourceMac(question.frame));
            case TwoHosts.End.Ended _ -> false;
        };
        Header sent = question.header();
        if (toSender && (header.isError() && !sent.isError() || header.isEchoReply() && sent.isEcho())) {
            return answered(header, frame);
        }
        return switch (end) {
            case TwoHosts.End.Delivered delivered ->
                new Fate(
                        "exit",
                        place(delivered.port().id(), Packets.sourceMac(frame), Packets.destinationMac(frame)),
                        header.hops(),
                        header.source(),
                        header.destination(),
                        header.transport());
            case TwoHosts.End.Left left ->
                new Fate(
                        "left",
                        left.neighbour().network() + " " + address(left.neighbour(), header),
                        header.hops(),
                        header.source(),
                        IpAddress.ofIpv4(0),
                        header.transport());
            case TwoHosts.End.Ended _ -> Fate.DROP;
        };
    }

    /** An outsider's address in the packet's family. */
    private static IpAddress address(Outsider outsider, Header header) {
        return RandomOutside.outsiders().stream()
                .filter(each -> each.mac().equals(outsider.mac())
                        && each.address().family() == header.source().family())
                .findFirst()
                .orElseThrow()
                .address();
    }

    private Fate answered(Header header, byte[] frame) {
        assertThat(Packets.checksumsHold(frame)).as(where + ", checksums").isTrue();
        boolean ipv4 = header.source().isIpv4();
        int type = header.transport().source();
        if (header.isEchoReply()) {
            return Fate.answer(Outcome.Answer.LOCAL.name(), header.source());
        }
        if (type == (ipv4 ? 11 : 3)) {
            return Fate.answer(Outcome.Answer.TIME_EXCEEDED.name(), header.source());
        }
        if (ipv4 ? type == 3 && header.transport().destination() == 4 : type == 2) {
            return Fate.answer(Outcome.Answer.TOO_BIG.name(), header.source());
        }
        return Fate.DROP; // and the sender was told that there is no way
    }

    private Question fromGuest(List<Port> guests) {
        List<FloatingIp> floating = world.floatingIps().stream()
                .filter(each -> each.fixed().isPresent()
                        && world.loadBalancerOfPort(each.fixed().get().portId()).isEmpty())
                .toList();
        // Often one with a floating address, by the router that translates it: chance alone takes long to find them.
        Optional<FloatingIp> own = floating.isEmpty() || random.nextBoolean()
                ? Optional.empty()
                : Optional.of(floating.get(random.nextInt(floating.size())));
        Port sender = own.flatMap(FloatingIp::fixed)
                .flatMap(fixed -> world.port(fixed.portId()))
                .orElseGet(() -> guests.get(random.nextInt(guests.size())));
        boolean ipv4 = own.isPresent() || random.nextInt(3) > 0;
        IpAddress source = sender.fixedIps().get(ipv4 ? 0 : 1).address();
        List<Port> routers = RandomWorld.ports(world).stream()
                .filter(port -> port.isRouterInterface() && port.networkId().equals(sender.networkId()))
                .filter(port -> own.flatMap(FloatingIp::routerId)
                        .map(router -> port.deviceId().equals(router.toString()))
                        .orElse(true))
                .toList();
        MacAddress to = routers.isEmpty()
                ? new MacAddress(0xfa163eeeeeeeL)
                : routers.get(random.nextInt(routers.size())).mac();
        Optional<FloatingIp> forwards = world.floatingIps().stream()
                .filter(each -> ipv4 && !each.forwardings().isEmpty())
                .findFirst()
                .filter(each -> random.nextInt(5) == 0);
        IpAddress destination = forwards.map(FloatingIp::address).orElseGet(() -> target(source.family()));
        int[] hops = {1, 2, 3, 4, 64, 64, 64};
        int mtu = world.network(sender.networkId()).orElseThrow().mtu();
        // Without ports a packet to oneself would be told from its answer by nothing.
        Transport transport = forwards.isPresent()
                ? Transport.tcp(++nextPort, 2080)
                : destination.equals(source) ? Transport.echoRequest(source.family()) : transport(source.family());
        int hop = hops[random.nextInt(hops.length)];
        byte[] body = body(source, destination, transport, ++nextPort << 16, Math.min(size(), mtu), false);
        byte[] frame = Packets.ip(to, sender.mac(), source, destination, transport.protocol(), hop, body);
        Packet packet =
                new Packet(sender.id(), sender.mac(), to, source, destination, transport, hop, frame.length - 14);
        return new Question(frame, Optional.of(sender), new UUID(0, 0), forwarding -> {
            Outcome outcome = forwarding.forward(packet);
            return localOnlyToEchoes(outcome, transport, source);
        });
    }

    /** A router's own address answers echo requests and nothing else. */
    private static Outcome localOnlyToEchoes(Outcome outcome, Transport transport, IpAddress source) {
        return outcome instanceof Outcome.Answered(Outcome.Answer answer, IpAddress _)
                        && answer == Outcome.Answer.LOCAL
                        && !transport.equals(Transport.echoRequest(source.family()))
                ? new Outcome.Dropped(Outcome.Reason.NO_DESTINATION)
                : outcome;
    }

    private Question fromOutside() {
        int number = random.nextInt(RandomOutside.NETWORKS);
        UUID network = RandomOutside.network(number);
        boolean ipv4 = random.nextInt(4) > 0;
        IpFamily family = ipv4 ? IpFamily.IPV4 : IpFamily.IPV6;
        List<Port> served = world.portsOf(network).stream()
                .filter(port ->
                        !ipv4 || random.nextBoolean() || port.deviceOwner().equals(Port.FLOATING_IP))
                .filter(port ->
                        port.fixedIps().stream().anyMatch(ip -> ip.address().family() == family))
                .toList();
        Outsider by = RandomOutside.outsiders().stream()
                .filter(outsider ->
                        outsider.network().equals(network) && outsider.address().family() == family)
                .skip(random.nextInt(2))
                .findFirst()
                .orElseThrow();
        IpAddress source = switch (random.nextInt(8)) {
            case 0 ->
                RandomWorld.prefix(random.nextInt(RandomWorld.NETWORKS), family)
                        .first()
                        .plus(200);
            case 1, 2, 3 -> by.address();
            default -> stranger(family);
        };
        IpAddress via;
        MacAddress to;
        if (served.isEmpty()) {
            via = RandomOutside.prefix(number, family).first().plus(66);
            to = new MacAddress(0xfa163eeeeeeeL);
        } else {
            Port port = served.get(random.nextInt(served.size()));
            via = port.fixedIps().get(ipv4 ? 0 : 1).address();
            to = port.mac();
        }
        IpAddress destination = ipv4 && random.nextInt(4) > 0 ? via : inside(family);
        int[] hops = {1, 2, 3, 64, 64};
        int hop = hops[random.nextInt(hops.length)];
        // Few ports of a virtual address are listened at.
        boolean balanced = random.nextInt(4) > 0
                && world.floatingIps().stream()
                        .filter(each -> each.address().equals(destination))
                        .flatMap(each -> each.fixed().stream())
                        .anyMatch(fixed ->
                                world.loadBalancerOfPort(fixed.portId()).isPresent());
        Transport transport = balanced ? Transport.tcp(++nextPort, 80) : transport(family);
        byte[] body = body(source, destination, transport, ++nextPort << 16, size(), false);
        byte[] frame = Packets.ip(to, by.mac(), source, destination, transport.protocol(), hop, body);
        OutsidePacket packet = new OutsidePacket(network, via, source, destination, transport, hop, frame.length - 14);
        return new Question(
                frame,
                Optional.empty(),
                network,
                forwarding -> localOnlyToEchoes(forwarding.enter(packet), transport, source));
    }

    private static IpAddress stranger(IpFamily family) {
        return IpAddress.parse(family == IpFamily.IPV4 ? "192.0.2.9" : "2001:db8:99::9");
    }

    private IpAddress inside(IpFamily family) {
        List<Port> all = RandomWorld.ports(world);
        return all.get(random.nextInt(all.size()))
                .fixedIps()
                .get(family == IpFamily.IPV4 ? 0 : 1)
                .address();
    }

    private IpAddress target(IpFamily family) {
        int number = random.nextInt(RandomOutside.NETWORKS);
        return switch (random.nextInt(10)) {
            case 0 -> inside(family);
            case 1 -> IpAddress.parse(family == IpFamily.IPV4 ? "192.168.1.9" : "fd00:1::9");
            case 2, 3 -> stranger(family);
            case 4 -> RandomOutside.prefix(number, family).first().plus(random.nextBoolean() ? 1 : 99);
            default -> {
                List<IpAddress> served = world.portsOf(RandomOutside.network(number)).stream()
                        .flatMap(port -> port.fixedIps().stream())
                        .map(FixedIp::address)
                        .filter(address -> address.family() == family)
                        .toList();
                yield served.isEmpty() ? stranger(family) : served.get(random.nextInt(served.size()));
            }
        };
    }

    private int size() {
        int[] sizes = {60, 100, 700, 1400, 1401, 1450};
        return sizes[random.nextInt(sizes.length)];
    }

    /**
     * Each from a port of its own, so that none belongs to the connection of one before. GRE has no ports: under rules it
     * could be the answer to an earlier packet between the same two.
     */
    private Transport transport(IpFamily family) {
        int[] ports = {53, 80, 443, 2080, 5003};
        int port = ports[random.nextInt(ports.length)];
        int own = random.nextInt(8) == 0 ? --nextLowPort : ++nextPort;
        return switch (random.nextInt(9)) {
            case 0, 1, 2 -> Transport.tcp(own, port);
            case 3, 4, 5 -> Transport.udp(own, port);
            case 6 -> guarded ? Transport.echoRequest(family) : new Transport(GRE, 0, 0);
            default -> Transport.echoRequest(family);
        };
    }

    private static byte[] body(
            IpAddress source, IpAddress destination, Transport transport, int identifier, int bytes, boolean answer) {
        byte[] data = new byte[Math.max(0, bytes - (source.isIpv4() ? 28 : 48))];
        return switch (transport.protocol()) {
            case Packets.TCP ->
                Packets.segment(
                        source,
                        destination,
                        transport.source(),
                        transport.destination(),
                        answer ? GuardedPort.SYN | GuardedPort.ACK : GuardedPort.SYN,
                        1,
                        answer ? 2 : 0);
            case Packets.UDP -> Packets.udp(source, destination, transport.source(), transport.destination(), data);
            case Packets.ICMP -> Packets.icmp(transport.source(), transport.destination(), identifier, data);
            case Packets.ICMPV6 ->
                Packets.icmpv6(source, destination, transport.source(), transport.destination(), identifier, data);
            default -> data;
        };
    }
}
