package io.weft.kubernetes;

import io.weft.client.NeutronException;
import io.weft.kubernetes.desired.DesiredState;
import io.weft.kubernetes.neutron.GroupKeeper;
import io.weft.kubernetes.neutron.NetworkKeeper;
import io.weft.kubernetes.neutron.NodeKeeper;
import io.weft.kubernetes.neutron.NotYetException;
import io.weft.kubernetes.neutron.PortKeeper;
import io.weft.kubernetes.translate.Annotations;
import io.weft.kubernetes.translate.GroupSpec;
import io.weft.kubernetes.translate.HostSpec;
import io.weft.kubernetes.translate.Namespace;
import io.weft.kubernetes.translate.Pod;
import io.weft.kubernetes.translate.PortSpec;
import io.weft.kubernetes.translate.RefusedException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Makes Neutron what the cluster asks for, during one term of leadership. It begins with everything, goes on with what
 * changes, and tries again what failed. Groups are there before the ports that need them, ports are gone before the groups
 * that they needed. Its own thread owns its state; calls of one stage run side by side.
 *
 * <p>Longer than most: the order of what is done, and what becomes of what failed, is to be read in one place.
 */
final class Reconciler implements Runnable {
    private static final System.Logger LOGGER = System.getLogger(Reconciler.class.getName());

    /** What it takes up. */
    static final Set<Change.Kind> KINDS = Set.of(
            Change.Kind.NODE,
            Change.Kind.NAMESPACE,
            Change.Kind.POLICY,
            Change.Kind.CUSTOM_KIND,
            Change.Kind.CLUSTER_NETWORK_POLICY,
            Change.Kind.ADMIN_NETWORK_POLICY,
            Change.Kind.BASELINE_ADMIN_NETWORK_POLICY,
            Change.Kind.ATTACHMENT,
            Change.Kind.POD);

    private final Informers informers;
    private final GroupKeeper groups;
    private final PortKeeper ports;
    private final NodeKeeper hosts;
    private final NetworkKeeper networks;
    private final Complaints complaints;
    private final Inbox inbox = new Inbox();
    private final DesiredState desired;
    private final Intake intake;
    private final Set<Item> todo = new LinkedHashSet<>();
    private final Retries<Item> retries = new Retries<>();
    private boolean networksTouched = true;

    Reconciler(
            Informers informers,
            GroupKeeper groups,
            PortKeeper ports,
            NodeKeeper hosts,
            NetworkKeeper networks,
            DesiredState desired,
            Complaints complaints) {
        this.informers = informers;
        this.desired = desired;
        this.groups = groups;
        this.ports = ports;
        this.hosts = hosts;
        this.networks = networks;
        this.complaints = complaints;
        this.intake = new Intake(informers, desired, complaints);
    }

    /** Something to look at. */
    private sealed interface Item {
        record Port(String device) implements Item {}

        record Group(String id) implements Item {}

        /** What a node itself is in the network. */
        record Host(String node) implements Item {}
    }

    /** Something may have changed. */
    void changed(Change change) {
        inbox.add(change);
    }

    /** Runs until it is interrupted. */
    @Override
    public void run() {
        try (Callers callers = new Callers()) {
            try {
                Callers.untilAnswered(() -> {
                    groups.load();
                    ports.load();
                    hosts.load();
                });
                Set<Change> batch =
                        new TreeSet<>(Comparator.comparing(Change::kind).thenComparing(Change::key));
                batch.addAll(informers.everything(KINDS));
                batch.forEach(this::take);
                ports.devices().forEach(device -> todo.add(new Item.Port(device)));
                hosts.nodes().forEach(node -> todo.add(new Item.Host(node)));
                groups.ids().forEach(id -> todo.add(new Item.Group(id)));
                while (!Thread.currentThread().isInterrupted()) {
                    desired.takePorts(device -> todo.add(new Item.Port(device)));
                    desired.takeHosts(node -> todo.add(new Item.Host(node)));
                    desired.takeGroups(id -> todo.add(new Item.Group(id)));
                    pass(callers);
                    inbox.await(batch, untilDue());
                    batch.forEach(this::take);
                }
            } catch (InterruptedException e) {
                callers.interrupt();
                Thread.currentThread().interrupt();
            }
        }
    }

    /** How many nanoseconds from now there is something to do; empty when there is not. */
    private OptionalLong untilDue() {
        long now = System.nanoTime();
        return todo.stream().anyMatch(item -> retries.isDue(item, now)) ? OptionalLong.of(0) : retries.untilNext(now);
    }

    private void take(Change change) {
        networksTouched |= change.kind() == Change.Kind.NAMESPACE;
        intake.take(change);
    }

    private void pass(Callers callers) throws InterruptedException {
        long now = System.nanoTime();
        List<String> unwantedPorts = new ArrayList<>();
        List<String> unwantedGroups = new ArrayList<>();
        Map<String, PortSpec> wantedPorts = new LinkedHashMap<>();
        List<GroupSpec> peers = new ArrayList<>();
        List<GroupSpec> rules = new ArrayList<>();
        List<HostSpec> wantedHosts = new ArrayList<>();
        List<String> unwantedHosts = new ArrayList<>();
        for (Item item : List.copyOf(todo)) {
            if (!retries.isDue(item, now)) {
                continue;
            }
            switch (item) {
                case Item.Port(String device) -> sort(device, unwantedPorts, wantedPorts);
                case Item.Host(String node) ->
                    desired.host(node).ifPresentOrElse(wantedHosts::add, () -> unwantedHosts.add(node));
                case Item.Group(String id) ->
                    desired.group(id)
                            .ifPresentOrElse(
                                    spec -> (spec.rules().isEmpty() ? peers : rules).add(spec),
                                    () -> unwantedGroups.add(id));
            }
        }
        each(callers, unwantedPorts, Item.Port::new, ports::remove);
        each(callers, unwantedHosts, Item.Host::new, hosts::remove);
        each(callers, peers, spec -> new Item.Group(spec.id()), this::ensure);
        each(callers, rules, spec -> new Item.Group(spec.id()), this::ensure);
        each(callers, wantedHosts, spec -> new Item.Host(spec.node().uid()), this::ensure);
        Set<String> missing = new LinkedHashSet<>();
        todo.forEach(item -> {
            if (item instanceof Item.Group(String id)) {
                missing.add(id);
            }
        });
        List<PortSpec> joining = List.copyOf(wantedPorts.values());
        Map<Item, RuntimeException> failed = callers.run(joining, Reconciler::item, spec -> {
            requireGroups(spec, missing);
            if (retries.hasFailed(item(spec))) {
                ports.refresh(spec.device());
            }
            ports.join(spec);
        });
        failed.forEach(this::failed);
        // A pod's own port comes last: with it the node begins.
        for (boolean last : new boolean[] {false, true}) {
            each(
                    callers,
                    joining.stream()
                            .filter(spec -> !failed.containsKey(item(spec)))
                            .filter(spec -> last != spec.before().isEmpty())
                            .toList(),
                    Reconciler::item,
                    ports::ensure);
        }
        each(callers, unwantedGroups, Item.Group::new, groups::remove);
        if (networksTouched) {
            networksTouched = !removeNetworks();
        }
    }

    private static Item item(PortSpec spec) {
        return new Item.Port(spec.device());
    }

    private void sort(String device, List<String> unwanted, Map<String, PortSpec> wanted) {
        try {
            if (desired.isUndecided(device)) {
                todo.remove(new Item.Port(device));
                retries.done(new Item.Port(device));
                return;
            }
            desired.port(device).ifPresentOrElse(spec -> wanted.put(device, spec), () -> unwanted.add(device));
        } catch (RefusedException e) {
            failed(new Item.Port(device), e);
        }
    }

    /** Rules that are not all there yet are no reason to open a pod. */
    private static void requireGroups(PortSpec spec, Set<String> missing) {
        spec.groups().stream().filter(missing::contains).findFirst().ifPresent(id -> {
            throw new NotYetException("the security group " + id + " is not complete yet");
        });
    }

    private void ensure(GroupSpec spec) {
        if (retries.hasFailed(new Item.Group(spec.id()))) {
            groups.refresh(spec);
        }
        groups.ensure(spec);
    }

    private void ensure(HostSpec spec) {
        if (retries.hasFailed(new Item.Host(spec.node().uid()))) {
            hosts.refresh(spec.node().uid());
        }
        hosts.ensure(spec);
    }

    private <T> void each(Callers callers, Collection<T> things, Function<T, Item> item, Consumer<T> action)
            throws InterruptedException {
        Map<Item, RuntimeException> failed = callers.run(things, item, action);
        failed.forEach(this::failed);
        things.stream().map(item).filter(each -> !failed.containsKey(each)).forEach(this::done);
    }

    private void done(Item item) {
        todo.remove(item);
        boolean again = retries.done(item);
        switch (item) {
            case Item.Port(String device) ->
                desired.pod(device).map(Complaints::of).ifPresent(complaints::settled);
            case Item.Host(String node) -> {
                desired.host(node).map(HostSpec::node).map(Complaints::of).ifPresent(complaints::settled);
                tryPorts();
            }
            case Item.Group(String id) -> {
                if (again) {
                    desired.policyOf(id).map(Complaints::of).ifPresent(complaints::settled);
                    tryPorts();
                }
            }
        }
    }

    /** Something is there for which ports may have waited. */
    private void tryPorts() {
        long now = System.nanoTime();
        todo.stream()
                .filter(Item.Port.class::isInstance)
                .filter(retries::hasFailed)
                .forEach(port -> retries.suspect(port, now));
    }

    private void failed(Item item, RuntimeException failure) {
        long now = System.nanoTime();
        if (failure instanceof RefusedException) {
            // Another try is the pod's own next change.
            todo.remove(item);
            retries.done(item);
        } else {
            retries.failed(item, now);
        }
        String message = String.valueOf(failure.getMessage());
        switch (item) {
            case Item.Port(String device) -> {
                Optional<Pod> pod = desired.pod(device);
                pod.map(Complaints::of)
                        .ifPresentOrElse(
                                object -> complaints.about(object, Complaints.reason(failure), "no port: " + message),
                                () -> log("the port of " + device + " stays: " + message, item));
                if (failure instanceof NeutronException refused && refused.notFound()) {
                    suspectAll(device, now);
                }
            }
            case Item.Host(String node) -> {
                desired.host(node)
                        .map(HostSpec::node)
                        .map(Complaints::of)
                        .ifPresentOrElse(
                                object -> complaints.about(
                                        object, Complaints.reason(failure), "not in the network: " + message),
                                () -> log("the port of node " + node + " stays: " + message, item));
                if (failure instanceof NeutronException refused && refused.notFound()) {
                    networks.forget();
                    desired.host(node).map(HostSpec::groups).orElse(Set.of()).forEach(id -> suspect(id, now));
                }
            }
            case Item.Group(String id) ->
                desired.policyOf(id)
                        .map(Complaints::of)
                        .ifPresentOrElse(
                                object -> complaints.about(
                                        object, Complaints.reason(failure), "security group " + id + ": " + message),
                                () -> log("security group " + id + ": " + message, item));
        }
    }

    /** Something that the port needs was removed by others: all of it is looked at again. */
    private void suspectAll(String device, long now) {
        networks.forget();
        desired.port(device).map(PortSpec::groups).orElse(Set.of()).forEach(id -> suspect(id, now));
    }

    private void suspect(String id, long now) {
        Item group = new Item.Group(id);
        if (todo.add(group)) {
            retries.suspect(group, now);
        }
    }

    private static void log(String message, Item item) {
        LOGGER.log(Level.WARNING, "{0} ({1})", message, item);
    }

    /** Whether no network waits for its ports to go. */
    private boolean removeNetworks() {
        boolean all = true;
        try {
            for (Map.Entry<String, UUID> network : networks.isolated().entrySet()) {
                boolean wanted = desired.namespace(network.getKey())
                        .map(Namespace::annotations)
                        .filter(annotations -> annotations.containsKey(Annotations.ISOLATED))
                        .isPresent();
                if (!wanted && ports.uses(network.getValue())) {
                    all = false;
                } else if (!wanted) {
                    networks.removeIsolated(network.getKey(), network.getValue());
                }
            }
        } catch (NeutronException e) {
            LOGGER.log(Level.WARNING, "networks of namespaces stay: {0}", e.getMessage());
        }
        return all;
    }
}
