package io.weft.agent;

import io.weft.agent.answers.Announcer;
import io.weft.agent.answers.Answers;
import io.weft.agent.attach.Attacher;
import io.weft.agent.attach.Bindings;
import io.weft.agent.drivers.DeviceDriver;
import io.weft.agent.drivers.PhysicalDriver;
import io.weft.agent.drivers.TableDrivers;
import io.weft.agent.drivers.TunnelDriver;
import io.weft.agent.gateways.Gateways;
import io.weft.agent.host.HostDriver;
import io.weft.agent.services.ServiceDriver;
import io.weft.agent.shaping.AddressShaperDriver;
import io.weft.agent.shaping.GuaranteeDriver;
import io.weft.agent.shaping.ShaperDriver;
import io.weft.agent.status.Claims;
import io.weft.agent.status.Reporter;
import io.weft.agent.tables.Device;
import io.weft.agent.tables.Fold;
import io.weft.agent.tables.HostPort;
import io.weft.agent.tables.Neighbourhood;
import io.weft.agent.tables.PhysicalDevice;
import io.weft.agent.trace.Entrance;
import io.weft.agent.trace.Sender;
import io.weft.agent.trace.Step;
import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.Route;
import io.weft.kernel.netlink.RouteEvent;
import io.weft.model.IpAddress;
import io.weft.protocol.AddressClaim;
import io.weft.protocol.Batch;
import io.weft.protocol.Fact;
import io.weft.protocol.LocalPort;
import io.weft.protocol.PortReport;
import io.weft.protocol.Position;
import io.weft.protocol.ProtocolException;
import io.weft.protocol.Subscription;
import io.weft.protocol.Topic;
import io.weft.vrouter.AddressKey;
import io.weft.vrouter.ExternalAddress;
import io.weft.vrouter.ExternalNetwork;
import io.weft.vrouter.LearnedAddress;
import io.weft.vrouter.PortCounters;
import io.weft.vrouter.Services;
import io.weft.vrouter.Trace;
import io.weft.vrouter.Underlay;
import io.weft.vrouter.VrouterEvent;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import java.util.function.Supplier;

/**
 * The node's state and how it moves: batches, devices and timers go in, differences go to the drivers, reports come out.
 * Everything here runs on the loop's thread, except what {@link #position} says.
 *
 * <p>Longer than most: in which order things happen to a node is to be read in one place. How its ports are and what its host
 * asks stand apart.
 */
final class Node {
    private static final System.Logger LOGGER = System.getLogger(Node.class.getName());

    /** How long one slice of work on the tables takes, about. */
    private static final long SLICE = TimeUnit.MILLISECONDS.toNanos(2);

    /**
     * How long what has changed is gathered before all ports are looked at for the server, in nanoseconds: a port that comes
     * does so in many steps.
     */
    private static final long GATHER = TimeUnit.MILLISECONDS.toNanos(20);

    private final Subscription subscription = new Subscription();
    private final Fold fold;
    private final TableDrivers tables;
    private final DeviceDriver devices;
    private final TunnelDriver tunnel;
    private final PhysicalDriver physical;
    private final ServiceDriver services;
    private final ShaperDriver shaping;
    private final AddressShaperDriver addressShaping;
    private final GuaranteeDriver guarantees;
    private final Gateways gateways;
    private final HostDriver host;
    private final Supplier<List<Link>> links;
    private final Bindings bindings = new Bindings();
    private final Reporter reporter;
    private final Answers answers;
    private final Announcer announcer;
    private final PortStates portStates;
    private final HostQuestions questions;
    private final ShaperWays shaperWays;
    private final IntFunction<PortCounters> counters;
    private final Consumer<Set<Integer>> forgetPorts;

    private final Claims claims = new Claims();
    private List<AddressClaim> claimed = List.of();
    private final Map<UUID, Link> bound = new HashMap<>();
    /** The devices of workloads, by index: those that are bound, and those that soon are. */
    private final Set<Integer> workloads = new HashSet<>();

    private Map<UUID, PortReport> states = Map.of();
    private Optional<Underlay> underlay = Optional.empty();
    private Neighbourhood neighbourhood = Neighbourhood.NONE;
    private Optional<Services> served = Optional.empty();
    private Map<String, PhysicalDevice> connectedTo = Map.of();
    private Optional<List<String>> physicalNetworks = Optional.empty();
    private Map<UUID, String> refused = Map.of();
    private List<String> hostProblems = List.of();
    private Set<Announcer.Announcement> announced = Set.of();
    private boolean writing;
    private boolean swept;
    private boolean devicesSwept;
    private boolean unsettled = true;
    /** Whether devices may be other ports' than {@link #bound} says: they come in many steps, which are looked at together. */
    private boolean unbound;

    /** Whether {@link #states} may be other than it was. */
    private boolean stale;
    /** When they are to be looked at, by the clock of {@link System#nanoTime}. */
    private long lookAt;

    private boolean recordsChanged;
    private boolean connected;
    private long revisionInForce;
    private volatile Optional<Position> position = Optional.empty();

    Node(
            Fold fold,
            TableDrivers tables,
            DeviceDriver devices,
            TunnelDriver tunnel,
            PhysicalDriver physical,
            ServiceDriver services,
            ShaperDriver shaping,
            AddressShaperDriver addressShaping,
            GuaranteeDriver guarantees,
            Gateways gateways,
            HostDriver host,
            Supplier<List<Link>> links,
            Reporter reporter,
            Answers answers,
            Announcer announcer,
            IntFunction<PortCounters> counters,
            IntToLongFunction ruleHits,
            Consumer<Set<Integer>> forgetPorts) {
        this.fold = fold;
        this.tables = tables;
        this.devices = devices;
        this.tunnel = tunnel;
        this.physical = physical;
        this.services = services;
        this.shaping = shaping;
        this.addressShaping = addressShaping;
        this.guarantees = guarantees;
        this.gateways = gateways;
        this.host = host;
        gateways.onMove(this::moved);
        this.links = links;
        this.reporter = reporter;
        this.answers = answers;
        this.announcer = announcer;
        this.counters = counters;
        this.portStates = new PortStates(fold, tables, devices, shaping, guarantees, port -> bound.get(port));
        this.questions = new HostQuestions(fold, portStates, counters, ruleHits);
        this.shaperWays = new ShaperWays(fold, devices, shaping, addressShaping);
        this.forgetPorts = forgetPorts;
    }

    /** Where to resume the stream; any thread may ask. */
    Optional<Position> position() {
        return position;
    }

    // --- records ---

    /** What a former process has kept: it holds until the server says otherwise, but removes nothing of the kernel's. */
    void restore(Optional<Batch> batch) throws ProtocolException {
        if (batch.isPresent()) {
            take(batch.get());
            LOGGER.log(Level.INFO, "records restored", Map.entry("revision", revision()));
        }
        recordsChanged = false;
        readLinks();
        flush();
        if (isComplete()) {
            writing = true;
            tables.resync(false);
        }
    }

    /**
     * A batch or a sign of life has come.
     *
     * @throws ProtocolException when it does not fit; the next stream begins with a full batch then
     */
    void batch(Batch batch) throws ProtocolException {
        long start = System.nanoTime();
        int changes;
        try {
            changes = take(batch);
        } catch (ProtocolException e) {
            subscription.requestFull();
            position = Optional.empty();
            throw e;
        }
        recordsChanged |= changes > 0;
        flush();
        sweepOnce();
        if (changes > 0) {
            LOGGER.log(
                    Level.DEBUG,
                    "batch taken",
                    Map.entry("revision", revision()),
                    Map.entry("changes", changes),
                    Map.entry("micros", (System.nanoTime() - start) / 1000));
        } else if (!unsettled) {
            // The next report that is sent for another reason carries it.
            revisionInForce = revision();
        }
    }

    private int take(Batch batch) throws ProtocolException {
        List<Subscription.Difference> changes = subscription.apply(batch);
        position = subscription.position();
        fold.apply(changes);
        boolean ports = false;
        for (Subscription.Difference change : changes) {
            if (change.after().or(change::before).orElseThrow() instanceof LocalPort port) {
                bindings.local(port.portId(), fold.localPort(port.portId()).isPresent());
                ports = true;
            }
        }
        if (ports) {
            rebind();
            questions.answerKnown();
        }
        unsettled |= batch instanceof Batch.Changes;
        return changes.size();
    }

    /** Brings the tables up to date with records, devices and where gateways are. */
    private void flush() {
        fold.flush();
        if (gateways.follow()) {
            fold.flush();
        }
        Optional<HostPort> hostPort = fold.hostPorts().stream().findFirst().flatMap(fold::hostPort);
        host.want(hostPort, hostPort.isPresent() ? fold.tunnelAddresses() : List.of());
    }

    /** Gateways are on other nodes than before. */
    private void moved() {
        unsettled = true;
        flush();
    }

    private boolean isComplete() {
        return subscription.position().isPresent();
    }

    private long revision() {
        return subscription.position().map(Position::revision).orElse(0L);
    }

    /** The first word of the server since the start: now it is known what should be there, and what should not. */
    private void sweepOnce() {
        if (!swept && isComplete()) {
            swept = true;
            writing = true;
            unsettled = true;
            tables.resync(true);
            shaping.sweep();
            addressShaping.sweep();
            guarantees.sweep();
            host.sweep();
        }
    }

    /** Looks whether the kernel still holds what was written. */
    void resync() {
        if (writing) {
            tables.resync(swept);
            shaping.resync();
            addressShaping.resync();
            guarantees.resync();
            host.resync();
            unsettled = true;
        }
    }

    /** All records, when they are other than at the last call and complete. */
    Optional<Map<Topic, List<Fact>>> recordsToKeep() {
        if (!recordsChanged || !isComplete()) {
            return Optional.empty();
        }
        recordsChanged = false;
        Map<Topic, List<Fact>> records = new TreeMap<>();
        for (Topic topic : subscription.topics()) {
            records.put(topic, List.copyOf(subscription.records(topic).values()));
        }
        return Optional.of(records);
    }

    // --- devices ---

    void routeEvent(RouteEvent event) {
        switch (event) {
            case RouteEvent.LinkChanged changed -> {
                if (tunnel.concerns(changed.link())) {
                    tunnel.changed();
                }
                if (physical.concerns(changed.link())) {
                    physical.changed();
                }
                if (host.concerns(changed.link())) {
                    host.changed();
                }
                unbound |= bindings.changed(changed.link());
            }
            case RouteEvent.LinkRemoved removed -> {
                if (tunnel.concerns(removed.link())) {
                    tunnel.changed();
                }
                if (physical.concerns(removed.link())) {
                    physical.changed();
                }
                services.gone(removed.link());
                host.changed();
                shaping.gone(removed.link());
                addressShaping.gone(removed.link());
                unbound |= bindings.removed(removed.link().index());
                devices.gone(removed.link().index());
            }
            case RouteEvent.AddressChanged _, RouteEvent.AddressRemoved _ -> {
                tunnel.changed();
                host.changed();
            }
            case RouteEvent.ResyncNeeded _ -> {
                tunnel.changed();
                host.changed();
                physical.changed();
                shaping.resync();
                addressShaping.resync();
                guarantees.resync();
                readLinks();
                flush();
            }
            case RouteEvent.RouteChanged changed -> routeChanged(changed.route());
            case RouteEvent.RouteRemoved removed -> routeChanged(removed.route());
            case RouteEvent.NeighbourChanged _, RouteEvent.NeighbourRemoved _ -> {}
        }
    }

    private void routeChanged(Route route) {
        if (tunnel.concerns(route)) {
            tunnel.changed();
        }
        host.changed();
    }

    /** Lists all devices, as after events were lost. */
    void readLinks() {
        Set<Integer> before = new HashSet<>(workloads);
        bindings.clear();
        for (Link link : links.get()) {
            bindings.changed(link);
            before.remove(link.index());
        }
        before.forEach(devices::gone);
        rebind();
    }

    private void followDevices() {
        if (unbound) {
            rebind();
            flush();
        }
    }

    private void rebind() {
        unbound = false;
        Bindings.Changes changes = bindings.take();
        changes.ports().forEach(this::bind);
        changes.absent().stream().filter(workloads::remove).forEach(devices::drop);
        workloads.addAll(changes.present());
        changes.present().forEach(index -> devices.want(index, DeviceDriver.Role.WORKLOAD));
        unsettled = true;
    }

    private void bind(UUID port, Optional<Link> link) {
        Optional<Link> before =
                Optional.ofNullable(link.isPresent() ? bound.put(port, link.get()) : bound.remove(port));
        if (before.map(Node::device).equals(link.map(Node::device))) {
            return;
        }
        if (link.isEmpty()) {
            LOGGER.log(
                    Level.INFO,
                    "device gone",
                    Map.entry("port", port),
                    Map.entry("device", before.orElseThrow().name()));
        } else {
            if (link.get().alias().isEmpty()) {
                Attacher.withoutIpv6(link.get().name());
            }
            LOGGER.log(
                    Level.INFO,
                    "device bound",
                    Map.entry("port", port),
                    Map.entry("device", link.get().name()));
        }
        fold.device(port, link.map(Node::device));
    }

    private static Device device(Link link) {
        return new Device(link.index(), link.kind().equals("veth") && link.peerNamespaceId() >= 0);
    }

    // --- work ---

    /** Does a slice of what is left; gives the nanoseconds until there is more. */
    long work() {
        followDevices();
        long wait = tunnel.work();
        if (!tunnel.present().equals(underlay)) {
            newUnderlay(tunnel.present());
        }
        if (!tunnel.neighbourhood().equals(neighbourhood)) {
            neighbourhood = tunnel.neighbourhood();
            fold.neighbourhood(neighbourhood);
            flush();
            unsettled = true;
        }
        wait = Math.min(wait, physical.work(underlay.map(Underlay::uplink).orElse(0)));
        if (!physical.present().equals(connectedTo)) {
            newPhysical(physical.present());
        }
        wait = Math.min(wait, services.work());
        if (!services.present().equals(served)) {
            newServices(services.present());
        }
        wait = Math.min(wait, shaping.work());
        wait = Math.min(wait, addressShaping.work());
        if (shaperWays.follow()) {
            flush();
            unsettled = true;
        }
        wait = Math.min(wait, host.work());
        if (!host.problems().equals(hostProblems)) {
            hostProblems = host.problems();
            unsettled = true;
        }
        wait = Math.min(wait, guarantees.work());
        if (!guarantees.failures().equals(refused)) {
            refused = guarantees.failures();
            unsettled = true;
        }
        wait = Math.min(wait, devices.work());
        if (writing) {
            wait = Math.min(wait, tables.work(SLICE));
            if (tables.isClean()) {
                shaping.released();
                addressShaping.released();
                wait = Math.min(wait, shaping.work());
            }
        }
        if (unsettled && wait > 0) {
            settle();
        }
        return Math.min(wait, look());
    }

    /** Reports how ports are once enough changes are gathered; gives the nanoseconds until then. */
    private long look() {
        if (!stale) {
            return Long.MAX_VALUE;
        }
        long left = lookAt - System.nanoTime();
        if (left > 0) {
            return left;
        }
        report();
        return Long.MAX_VALUE;
    }

    private void newUnderlay(Optional<Underlay> now) {
        underlay.ifPresent(old -> {
            devices.drop(old.tunnelDevice());
            devices.drop(old.uplink());
        });
        now.ifPresent(fresh -> {
            devices.want(fresh.tunnelDevice(), DeviceDriver.Role.TUNNEL);
            if (fresh.uplink() != 0) {
                devices.want(fresh.uplink(), DeviceDriver.Role.UPLINK);
            }
            LOGGER.log(Level.INFO, "tunnel", Map.entry("underlay", fresh));
        });
        underlay = now;
        guarantees.uplink(now.map(Underlay::uplink).orElse(0));
        fold.underlay(now);
        flush();
        unsettled = true;
    }

    private void newPhysical(Map<String, PhysicalDevice> now) {
        connectedTo.values().stream()
                .filter(old -> now.values().stream().noneMatch(device -> device.ifindex() == old.ifindex()))
                .forEach(old -> devices.drop(old.ifindex()));
        now.values().forEach(device -> devices.want(device.ifindex(), DeviceDriver.Role.EXTERNAL));
        LOGGER.log(Level.INFO, "physical networks", Map.entry("devices", new TreeMap<>(now)));
        connectedTo = now;
        fold.physical(now);
        gateways.physical(now);
        flush();
        unsettled = true;
    }

    private void newServices(Optional<Services> now) {
        served.ifPresent(old -> devices.drop(old.device()));
        now.ifPresent(fresh -> devices.want(fresh.device(), DeviceDriver.Role.SERVICE));
        served = now;
        fold.services(now);
        flush();
        unsettled = true;
    }

    /** Nothing is left to do, or all that is left has to wait: says how things are. */
    private void settle() {
        if (swept && !devicesSwept && tunnel.problem().isEmpty()) {
            // Not before the tunnel stands: its devices are inherited, too.
            devicesSwept = true;
            devices.sweep();
            devices.work();
        }
        if (tables.isClean() && devices.isClean() && shaping.isClean()) {
            unsettled = false;
            revisionInForce = revision();
            fold.settled(swept);
            announce();
            Set<Integer> freed = fold.takeFreedPorts();
            if (!freed.isEmpty()) {
                forgetPorts.accept(freed);
            }
        }
        if (devices.isClean()) {
            physicalNetworks = Optional.of(connectedTo.entrySet().stream()
                    .filter(entry -> devices.isAttached(entry.getValue().ifindex()))
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList());
        }
        if (!stale) {
            stale = true;
            lookAt = System.nanoTime() + GATHER;
        }
        questions.answerKnown();
        questions.answerForced();
    }

    /** The addresses outside that have come to this node since the last call; the programs answer for them by now. */
    private void announce() {
        Set<Announcer.Announcement> now = new HashSet<>();
        for (AddressKey key : fold.tables().externalAddresses().keys()) {
            Optional<ExternalNetwork> network = fold.tables().externalNetworks().get(key.network());
            Optional<ExternalAddress> address =
                    fold.tables().externalAddresses().get(key);
            if (network.isPresent() && address.isPresent()) {
                now.add(new Announcer.Announcement(
                        network.get().device(), key.address(), address.get().mac()));
            }
        }
        List<Announcer.Announcement> news =
                now.stream().filter(address -> !announced.contains(address)).toList();
        if (!now.equals(announced)) {
            announced = now;
            announcer.announce(news, now);
        }
    }

    /** Tells the server how things are, soon. */
    void report() {
        if (stale) {
            stale = false;
            Map<UUID, PortReport> now = new HashMap<>();
            for (LocalPort port : fold.localPorts()) {
                now.put(port.portId(), portStates.state(port));
            }
            states = now;
        }
        reporter.update(new Reporter.State(revisionInForce, states, problems(), claimed, physicalNetworks));
    }

    // --- shared addresses ---

    /** What a former process has learned. */
    void restoreClaims(Map<AddressKey, LearnedAddress> learned) {
        claims.restore(learned);
    }

    /** The data path has learned a place. */
    void learned(VrouterEvent.Learned event) {
        claims.learned(event);
    }

    /** Tells the server who holds shared addresses, if that is another than before; called now and then. */
    void reportClaims() {
        Map<Integer, UUID> ports = new HashMap<>();
        for (LocalPort port : fold.localPorts()) {
            Link link = portStates.link(port);
            if (link != null) {
                ports.put(portStates.place(port, link), port.portId());
            }
        }
        claims.news(ifindex -> Optional.ofNullable(ports.get(ifindex))).ifPresent(news -> {
            claimed = news;
            report();
        });
    }

    private List<String> problems() {
        List<String> problems = new ArrayList<>(tables.problems());
        tunnel.problem().ifPresent(problems::add);
        services.problem().ifPresent(problems::add);
        addressShaping.problem().ifPresent(problems::add);
        refused.forEach((port, text) -> problems.add("guarantee of port " + port + ": " + text));
        problems.addAll(physical.problems());
        problems.addAll(gateways.problems());
        problems.addAll(fold.problems());
        problems.addAll(hostProblems);
        fold.hostPorts().stream()
                .skip(1)
                .forEach(port -> problems.add("host port " + port + ": the node has another one"));
        shaping.failures().forEach((ifindex, text) -> problems.add("limits of device " + ifindex + ": " + text));
        devices.failures().forEach((ifindex, text) -> problems.add("device " + ifindex + ": " + text));
        return problems;
    }

    private Map<String, Long> counters() {
        Map<String, Long> counters = new HashMap<>();
        counters.put("questions", answers.questions());
        counters.put("answers", answers.answers());
        fold.tables().all().forEach(table -> counters.put("entries_" + table.name(), (long) table.size()));
        return counters;
    }

    // --- requests of this host ---

    void connected(boolean is) {
        connected = is;
    }

    /** What this host asks of ports now. */
    HostQuestions questions() {
        return questions;
    }

    /** What this host asks of ports once they are ready; looked at now, and whenever the node has nothing else to do. */
    HostQuestions waiting() {
        followDevices();
        unsettled = true;
        return questions;
    }

    /** The guest behind a port, for a trace. */
    Optional<Sender> sender(UUID port) {
        return fold.sender(port);
    }

    /** Where frames for an address outside come in, for a trace. */
    Optional<Entrance> entrance(UUID network, IpAddress address) {
        return fold.entrance(network, address);
    }

    /** What a trace says. */
    List<Step> explain(Trace trace, IpAddress destination) {
        return fold.explain(trace, destination);
    }

    /** This node's side of the tunnel. */
    Optional<Underlay> underlay() {
        return underlay;
    }

    /** What is counted for no port. */
    PortCounters unattributed() {
        return counters.apply(0);
    }

    Map<String, Object> status() {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("connected", connected);
        status.put("revision", revisionInForce);
        status.put("settled", !unsettled);
        status.put("tables_written", swept && tables.isClean());
        status.put("problems", problems());
        status.put("ports", fold.localPorts().size());
        status.put("gateways", gateways.held());
        status.put("counters", new TreeMap<>(counters()));
        return status;
    }
}
