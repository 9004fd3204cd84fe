package io.weft.agent.gateways;

import io.weft.agent.gateways.WatchMessage.Role;
import io.weft.agent.tables.PhysicalDevice;
import io.weft.agent.tables.WatchedGateway;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.MacAddress;
import io.weft.responders.NeighbourFrames.Heard;
import io.weft.vrouter.MacKey;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides which node each gateway is on, as this node sees it, and whether it is this one. It knows no time but its ticks and
 * does nothing itself: it says what to send. The node's thread owns it.
 *
 * <p>Whoever holds a gateway keeps it until it is lost. A node that stands by takes it when, both, no holder has been heard over
 * the underlay for {@link #SILENT} ticks, and nobody has answered on the external network to {@link #QUESTIONS} questions
 * for the gateway's address, nor one that goes before it has asked, too: so a cut of the underlay alone, or of the agents, makes no
 * second one. A holder that hears no peer
 * any more gives up when one that does hear others asks for the address. A pause of this process is no silence of the others,
 * since silence is counted in ticks.
 *
 * <p>Longer than most: who may have a gateway is one argument, and whoever checks it wants all of it before the eyes.
 */
final class GatewayWatch {
    /** Without a word of a holder that hears it for so long, a node that stands by begins to ask. */
    static final int DOUBT = 2;

    /** After so long a peer counts as gone. */
    static final int SILENT = 4;

    /** How many questions must stay unanswered. */
    static final int QUESTIONS = 3;

    /** The pause between questions that are answered again and again; who yields waits so long. */
    static final int PAUSE = 8;

    /** So many answered questions are soon followed by another, since the holder may be about to yield. */
    static final int SOON = 5;

    private static final System.Logger LOGGER = System.getLogger(GatewayWatch.class.getName());

    /** A message for a peer. */
    record Letter(IpAddress to, WatchMessage message) {}

    /**
     * A question on an external network.
     *
     * @param asker the device's MAC
     */
    record Question(int ifindex, MacAddress asker, IpAddress address, Standing standing) {}

    /** What a tick wants sent. */
    record Turn(List<Letter> letters, List<Question> questions) {}

    private static final class Peer {
        List<IpAddress> addresses = List.of();
        int age;
        int silent = SILENT;
        boolean hears;
        final SortedMap<Integer, Role> roles = new TreeMap<>();
        final SortedMap<Integer, Set<IpFamily>> lost = new TreeMap<>();

        void grow() {
            age = Math.min(age + 1, PAUSE);
            silent = Math.min(silent + 1, SILENT);
        }

        boolean isHeard() {
            return silent < SILENT;
        }

        boolean isBothWays() {
            return isHeard() && hears;
        }

        boolean is(Role role, int vni) {
            return isHeard() && roles.get(vni) == role;
        }
    }

    private static final class Watched {
        WatchedGateway gateway;
        boolean holding;

        @Nullable
        String chosen;

        /** Questions that nobody has answered. */
        int asked;
        /** Ticks without a question from now on. */
        int pause;
        /** What the questions said; another standing begins them anew. */
        @Nullable
        Standing said;
        /** Answers since a holder was in no doubt. */
        int answered;
        /** The families whose next hop this node has found lost, while it holds the gateway and knows. */
        Optional<Set<IpFamily>> lost = Optional.empty();
        /** What was last known of it from whoever holds it. */
        Optional<Set<IpFamily>> known = Optional.empty();

        Watched(WatchedGateway gateway) {
            this.gateway = gateway;
        }
    }

    /**
     * Where a gateway is.
     *
     * @param router whose it is
     * @param host the node; empty while nobody has said
     * @param lost the families whose next hop it has lost; empty while nobody has said
     */
    record Decision(UUID router, Optional<String> host, Optional<Set<IpFamily>> lost) {}

    private final String self;
    private final Set<MacKey> remembered;
    private final Map<String, Peer> peers = new HashMap<>();
    private final Map<IpAddress, String> hostsByAddress = new HashMap<>();
    private final Map<UUID, Watched> gateways = new HashMap<>();
    private final Map<UUID, Decision> decisions = new HashMap<>();

    /**
     * @param self this node's name
     * @param remembered the gateways that the kernel forwards for, from before this process
     */
    GatewayWatch(String self, Set<MacKey> remembered) {
        this.self = self;
        this.remembered = new HashSet<>(remembered);
    }

    /** Gateways have come, changed or gone. */
    void update(Map<UUID, Optional<WatchedGateway>> news) {
        news.forEach((id, gateway) -> gateway.ifPresentOrElse(g -> put(id, g), () -> remove(id)));
        Map<String, List<IpAddress>> present = new HashMap<>();
        gateways.values().forEach(watched -> present.putAll(watched.gateway.peers()));
        peers.keySet().retainAll(present.keySet());
        hostsByAddress.clear();
        present.forEach((host, addresses) -> {
            peers.computeIfAbsent(host, _ -> new Peer()).addresses = addresses;
            addresses.forEach(address -> hostsByAddress.put(address, host));
        });
        news.keySet().stream().map(gateways::get).forEach(watched -> {
            if (watched != null) {
                decide(watched);
            }
        });
    }

    private void put(UUID id, WatchedGateway gateway) {
        Watched watched = gateways.computeIfAbsent(id, _ -> new Watched(gateway));
        if (!watched.gateway.name().equals(gateway.name())
                || !watched.gateway.address().equals(gateway.address())) {
            // Another place outside: what was found out of the former one says nothing.
            watched = new Watched(gateway);
            gateways.put(id, watched);
        }
        watched.gateway = gateway;
        if (gateway.isAble() && remembered.remove(gateway.name())) {
            watched.holding = true;
            LOGGER.log(Level.INFO, "gateway kept", Map.entry("router", gateway.routerId()));
        }
        if (watched.holding && !gateway.isAble()) {
            release(watched, "no way out");
        }
    }

    private void remove(UUID id) {
        Watched gone = gateways.remove(id);
        if (gone != null) {
            decisions.put(id, new Decision(gone.gateway.routerId(), Optional.empty(), gone.known.map(_ -> Set.of())));
        }
    }

    /** A message has come from this address in the underlay. */
    void received(IpAddress from, WatchMessage message) {
        Peer peer = peer(hostsByAddress.get(from));
        if (peer != null) {
            peer.silent = 0;
            peer.hears = message.hears();
            peer.roles.subMap(message.first(), message.last() + 1).clear();
            peer.roles.putAll(message.roles());
            peer.lost.subMap(message.first(), message.last() + 1).clear();
            peer.lost.putAll(message.lost());
        }
    }

    /** What the next hops of a gateway are found to be; only those of gateways that are here count. */
    void found(UUID gateway, Optional<Set<IpFamily>> lost) {
        Watched watched = gateways.get(gateway);
        if (watched != null && watched.holding) {
            watched.lost = lost;
            decide(watched);
        }
    }

    /** The gateways that are here. */
    List<WatchedGateway> here() {
        return gateways.values().stream()
                .filter(watched -> watched.holding)
                .map(watched -> watched.gateway)
                .toList();
    }

    /** The addresses in the underlay that messages may come from. */
    Set<IpAddress> underlay() {
        return Set.copyOf(hostsByAddress.keySet());
    }

    /** The addresses outside that it is to hear of, with the MACs that count. */
    Set<Heard.Held> outside() {
        return gateways.values().stream()
                .filter(watched -> watched.gateway.device().isPresent())
                .map(watched -> new Heard.Held(watched.gateway.address(), watched.gateway.mac()))
                .collect(Collectors.toUnmodifiableSet());
    }

    private @Nullable Peer peer(@Nullable String host) {
        return host == null ? null : peers.get(host);
    }

    /** Somebody has spoken of an address on an external network. */
    void heard(int ifindex, Heard heard) {
        gateways.values().stream()
                .filter(watched -> watched.gateway.address().equals(heard.address())
                        && watched.gateway
                                .device()
                                .filter(device -> device.ifindex() == ifindex)
                                .isPresent())
                .forEach(watched -> {
                    switch (heard) {
                        case Heard.Held held -> held(watched, held.mac());
                        case Heard.Asked asked ->
                            Standing.of(asked.named()).ifPresent(standing -> asked(watched, asked.asker(), standing));
                    }
                });
    }

    private void held(Watched watched, MacAddress mac) {
        // An address with another MAC is somebody else's misuse of it, not one of us.
        if (!mac.equals(watched.gateway.mac())) {
            return;
        }
        if (watched.holding) {
            // The first one stays, so that not both go. Only an answer counts: what was said earlier may be over.
            if (watched.asked > 0 && rank(watched) > 0) {
                release(watched, "another node answers");
                watched.pause = PAUSE;
                decide(watched);
            }
        } else {
            watched.asked = 0;
            watched.answered++;
            watched.pause = watched.answered > SOON ? PAUSE : 1;
        }
    }

    /**
     * Another node asks: who is of no use to others makes room for one who is. Of several that ask, all see alike who goes first:
     * the others begin their questions anew.
     */
    private void asked(Watched watched, MacAddress asker, Standing other) {
        WatchedGateway gateway = watched.gateway;
        if (watched.holding) {
            if (other.connected() && isIsolated(watched)) {
                release(watched, "no peer is heard, and one that hears others asks");
                watched.pause = PAUSE;
                decide(watched);
            }
            return;
        }
        Standing own = watched.said;
        MacAddress device = gateway.device().orElseThrow().mac();
        if (own != null && (other.precedes(own) || other.equals(own) && asker.compareTo(device) < 0)) {
            watched.asked = 0;
        }
    }

    /** A question could not be sent: that nobody answers says nothing. */
    void notAsked(Question question) {
        gateways.values().stream()
                .filter(watched -> watched.gateway.address().equals(question.address()))
                .forEach(watched -> watched.asked = 0);
    }

    /** A quarter of a second has passed. */
    Turn tick() {
        peers.values().forEach(Peer::grow);
        List<Question> questions = new ArrayList<>();
        for (Watched watched : gateways.values()) {
            WatchedGateway gateway = watched.gateway;
            if (!gateway.isAble()) {
                // What the kernel held without a way out, others may have taken by now.
                remembered.remove(gateway.name());
            } else if (watched.holding) {
                hold(watched).ifPresent(questions::add);
            } else {
                standBy(watched).ifPresent(questions::add);
            }
            decide(watched);
        }
        return new Turn(letters(), questions);
    }

    private Optional<Question> hold(Watched watched) {
        if (ranked(watched).limit(rank(watched)).anyMatch(peer -> isHolding(peer, watched))) {
            release(watched, "a node before it holds it, too");
            return Optional.empty();
        }
        if (ranked(watched).allMatch(Peer::isHeard)) {
            watched.asked = 0;
            return Optional.empty();
        }
        // One that is not heard may believe that it is the gateway: it would answer.
        if (watched.pause > 0) {
            watched.pause--;
            return Optional.empty();
        }
        watched.pause = PAUSE;
        watched.asked = 1;
        return Optional.of(question(watched, new Standing(rank(watched), false)));
    }

    private Optional<Question> standBy(Watched watched) {
        // A holder that does not hear this node may hear none.
        boolean doubt =
                ranked(watched).noneMatch(peer -> isHolding(peer, watched) && peer.isBothWays() && peer.silent < DOUBT);
        if (!doubt) {
            watched.asked = 0;
            watched.pause = 0;
            watched.answered = 0;
            return Optional.empty();
        }
        if (watched.pause > 0) {
            watched.pause--;
            return Optional.empty();
        }
        long before = ranked(watched)
                .limit(rank(watched))
                .filter(peer -> peer.is(Role.STANDING_BY, watched.gateway.transitVni()) && peer.isBothWays())
                .count();
        Standing standing = new Standing(rank(watched), peers(watched).anyMatch(Peer::isBothWays));
        if (!standing.equals(watched.said)) {
            watched.said = standing;
            watched.asked = 0;
        }
        if (watched.asked >= QUESTIONS + PAUSE * before
                && ranked(watched).noneMatch(peer -> isHolding(peer, watched))) {
            watched.holding = true;
            watched.asked = 0;
            watched.pause = PAUSE;
            LOGGER.log(Level.INFO, "gateway taken", Map.entry("router", watched.gateway.routerId()));
            return Optional.empty();
        }
        watched.asked++;
        return Optional.of(question(watched, standing));
    }

    private static Question question(Watched watched, Standing standing) {
        PhysicalDevice device = watched.gateway.device().orElseThrow();
        return new Question(device.ifindex(), device.mac(), watched.gateway.address(), standing);
    }

    private void release(Watched watched, String why) {
        watched.holding = false;
        watched.asked = 0;
        watched.chosen = null;
        watched.lost = Optional.empty();
        LOGGER.log(
                Level.INFO,
                "gateway released",
                Map.entry("router", watched.gateway.routerId()),
                Map.entry("reason", why));
    }

    /** How many nodes go before this one. */
    private int rank(Watched watched) {
        return watched.gateway.hosts().indexOf(self);
    }

    /** The other nodes that may be the gateway, in their order. */
    private Stream<Peer> ranked(Watched watched) {
        return watched.gateway.hosts().stream().map(peers::get).flatMap(Stream::ofNullable);
    }

    private static boolean isHolding(Peer peer, Watched watched) {
        return peer.is(Role.HOLDING, watched.gateway.transitVni());
    }

    /** All that watch the gateway with this node. */
    private Stream<Peer> peers(Watched watched) {
        return watched.gateway.peers().keySet().stream().map(peers::get).flatMap(Stream::ofNullable);
    }

    /** Whether this node is of use to no other: none hears it and is heard. Peers that are new had no time yet to say so. */
    private boolean isIsolated(Watched watched) {
        return peers(watched).allMatch(peer -> !peer.isBothWays() && peer.age == PAUSE);
    }

    /** Where packets go: to a holder, best to one that hears this node; while none is known, on to where they went. */
    private void decide(Watched watched) {
        List<String> hosts = watched.gateway.hosts();
        Optional<String> host = watched.holding
                ? Optional.of(self)
                : hosts.stream()
                        .filter(name -> {
                            Peer peer = peers.get(name);
                            return peer != null && isHolding(peer, watched);
                        })
                        .min(Comparator.comparing(name -> !isBothWays(name)))
                        .or(() -> Optional.ofNullable(watched.chosen).filter(hosts::contains));
        watched.chosen = host.orElse(null);
        Optional<Set<IpFamily>> lost = watched.holding
                ? watched.lost
                : host.map(peers::get)
                        .filter(peer -> isHolding(peer, watched))
                        .map(peer -> peer.lost.get(watched.gateway.transitVni()));
        watched.known = lost.or(() -> watched.known);
        decisions.put(watched.gateway.gatewayId(), new Decision(watched.gateway.routerId(), host, watched.known));
    }

    private boolean isBothWays(String host) {
        Peer peer = peers.get(host);
        return peer != null && peer.isBothWays();
    }

    /** Where gateways are, by their ports, for those looked at since the last call. */
    Map<UUID, Decision> takeDecisions() {
        Map<UUID, Decision> taken = Map.copyOf(decisions);
        decisions.clear();
        return taken;
    }

    /** How many gateways are here. */
    int held() {
        return (int)
                gateways.values().stream().filter(watched -> watched.holding).count();
    }

    private List<Letter> letters() {
        Map<String, SortedMap<Integer, Role>> roles = new HashMap<>();
        Map<Integer, Set<IpFamily>> lost = new HashMap<>();
        for (Watched watched : gateways.values()) {
            WatchedGateway gateway = watched.gateway;
            watched.lost.ifPresent(families -> lost.put(gateway.transitVni(), families));
            for (String host : gateway.peers().keySet()) {
                SortedMap<Integer, Role> own = roles.computeIfAbsent(host, _ -> new TreeMap<>());
                if (gateway.isAble()) {
                    own.put(gateway.transitVni(), watched.holding ? Role.HOLDING : Role.STANDING_BY);
                }
            }
        }
        List<Letter> letters = new ArrayList<>();
        roles.forEach((host, own) -> {
            Peer peer = peers.get(host);
            if (peer != null) {
                for (WatchMessage message : WatchMessage.of(peer.isHeard(), own, lost)) {
                    peer.addresses.forEach(address -> letters.add(new Letter(address, message)));
                }
            }
        });
        return letters;
    }
}
