package io.weft.agent;

import io.weft.agent.attach.Ports;
import io.weft.agent.policy.Policy;
import io.weft.agent.tables.Fold;
import io.weft.kernel.netlink.Link;
import io.weft.protocol.LocalPort;
import io.weft.protocol.PortReport;
import io.weft.vrouter.PortCounters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import java.util.function.Predicate;

/** What this host asks of its ports, now or once they are ready. Owned by the node's thread. */
final class HostQuestions {
    private final Fold fold;
    private final PortStates states;
    private final IntFunction<PortCounters> counters;
    private final IntToLongFunction ruleHits;
    private final Map<UUID, List<CompletableFuture<Ports.Port>>> awaitingPort = new HashMap<>();
    private final Map<UUID, List<CompletableFuture<Ports.Port>>> awaitingForce = new HashMap<>();
    private final List<Prepared> awaitingPrepared = new ArrayList<>();

    /** Somebody waits for a port that is such. */
    private record Prepared(Predicate<LocalPort> wanted, CompletableFuture<UUID> port) {}

    HostQuestions(Fold fold, PortStates states, IntFunction<PortCounters> counters, IntToLongFunction ruleHits) {
        this.fold = fold;
        this.states = states;
        this.counters = counters;
        this.ruleHits = ruleHits;
    }

    /** Completes once the port is known, at once if it is. */
    void awaitPort(UUID port, CompletableFuture<Ports.Port> future) {
        await(awaitingPort, port, future, HostQuestions::always);
    }

    /** Completes once a port is such. */
    void awaitPrepared(Predicate<LocalPort> wanted, CompletableFuture<UUID> future) {
        awaitingPrepared.add(new Prepared(wanted, future));
    }

    /** The ports that are such. */
    List<LocalPort> such(Predicate<LocalPort> wanted) {
        return fold.localPorts().stream().filter(wanted).toList();
    }

    /** What an interface at a port needs. */
    Optional<Ports.Wiring> wiring(UUID port) {
        return fold.localPort(port)
                .flatMap(local -> fold.mtu(local.networkId())
                        .map(mtu -> new Ports.Wiring(local, mtu, fold.subnets(local.networkId()))));
    }

    /** Completes once the port forwards, at once if it does. */
    void awaitForce(UUID port, CompletableFuture<Ports.Port> future) {
        await(awaitingForce, port, future, states::isInForce);
    }

    private void await(
            Map<UUID, List<CompletableFuture<Ports.Port>>> waiting,
            UUID port,
            CompletableFuture<Ports.Port> future,
            Predicate<UUID> ready) {
        answer(port, ready)
                .ifPresentOrElse(
                        future::complete,
                        () -> waiting.computeIfAbsent(port, p -> new ArrayList<>())
                                .add(future));
    }

    private static boolean always(UUID port) {
        return true;
    }

    private Optional<Ports.Port> answer(UUID port, Predicate<UUID> ready) {
        return ready.test(port) ? fold.localPort(port).flatMap(this::port) : Optional.empty();
    }

    /** Answers those who wait for what is in force by now. */
    void answerForced() {
        answerWaiting(awaitingForce, states::isInForce);
    }

    /** Answers those who wait for ports to be known. */
    void answerKnown() {
        answerWaiting(awaitingPort, HostQuestions::always);
        awaitingPrepared.removeIf(waiting -> {
            fold.localPorts().stream()
                    .filter(waiting.wanted())
                    .findFirst()
                    .ifPresent(port -> waiting.port().complete(port.portId()));
            return waiting.port().isDone();
        });
    }

    private void answerWaiting(Map<UUID, List<CompletableFuture<Ports.Port>>> waiting, Predicate<UUID> ready) {
        waiting.entrySet().removeIf(entry -> {
            entry.getValue().removeIf(CompletableFuture::isDone);
            Optional<Ports.Port> port = answer(entry.getKey(), ready);
            port.ifPresent(p -> entry.getValue().forEach(future -> future.complete(p)));
            return port.isPresent() || entry.getValue().isEmpty();
        });
    }

    /** All ports of this node. */
    List<Ports.Port> ports() {
        return fold.localPorts().stream()
                .map(this::port)
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<Ports.Port> port(LocalPort port) {
        PortReport state = states.state(port);
        return fold.mtu(port.networkId())
                .map(mtu -> new Ports.Port(
                        port.portId(),
                        port.networkId(),
                        port.mac(),
                        port.addresses().stream()
                                .map(LocalPort.LocalAddress::address)
                                .toList(),
                        mtu,
                        Optional.ofNullable(states.link(port)).map(Link::name),
                        state.state().name(),
                        state.detail(),
                        fold.portNumber(port.portId()).map(counters::apply),
                        port.trunking()));
    }

    /** The rules of a port. */
    Optional<Ports.Rules> rules(UUID id) {
        Policy policy = fold.policy();
        Map<UUID, Long> hits = new LinkedHashMap<>();
        policy.rules(id).forEach((rule, number) -> hits.put(rule, ruleHits.applyAsLong(number)));
        Policy.Assignment assignment = policy.assignment(id);
        return fold.localPort(id)
                .flatMap(local -> port(local)
                        .map(port -> new Ports.Rules(
                                port, local.securityGroups(), assignment.ruleSet(), assignment.scope(), hits)));
    }

    /** What the data path's numbers stand for. */
    Ports.Names names() {
        Map<Integer, UUID> ports = new HashMap<>();
        for (LocalPort port : fold.localPorts()) {
            fold.portNumber(port.portId()).ifPresent(number -> ports.put(number, port.portId()));
        }
        return new Ports.Names(ports, fold.policy().rules());
    }
}
