package io.weft.kubernetes;

import io.weft.client.NeutronException;
import io.weft.kubernetes.desired.ServiceState;
import io.weft.kubernetes.neutron.BalancerKeeper;
import io.weft.kubernetes.neutron.FloatingIpKeeper;
import io.weft.kubernetes.neutron.NetworkKeeper;
import io.weft.kubernetes.neutron.ServiceSettings;
import io.weft.kubernetes.translate.RefusedException;
import io.weft.kubernetes.translate.Service;
import io.weft.kubernetes.translate.ServiceSpec;
import io.weft.kubernetes.translate.Services;
import io.weft.kubernetes.translate.Slices;
import io.weft.model.IpAddress;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Makes load balancers what the cluster's Services ask for, during one term of leadership, beside {@link Reconciler} and as it
 * does: it begins with everything, goes on with what changes, and tries again what failed. What goes is gone before what comes
 * may need its address. Its own thread owns its state; calls for several Services run side by side.
 */
final class ServiceReconciler implements Runnable {
    private static final System.Logger LOGGER = System.getLogger(ServiceReconciler.class.getName());

    /** What it takes up. */
    static final Set<Change.Kind> KINDS = Set.of(Change.Kind.SERVICE, Change.Kind.SLICE);

    private final Informers informers;
    private final BalancerKeeper balancers;
    private final FloatingIpKeeper floatingIps;
    private final NetworkKeeper networks;
    private final ServiceSettings settings;
    private final boolean nested;
    private final Complaints complaints;
    private final ServiceStatuses statuses;
    private final Inbox inbox = new Inbox();
    private final ServiceState desired;
    private final Set<String> todo = new LinkedHashSet<>();
    private final Retries<String> retries = new Retries<>();

    /**
     * @param nested whether the nodes are virtual machines
     * @param nodePorts where all node ports are, an address of each family
     */
    ServiceReconciler(
            Informers informers,
            BalancerKeeper balancers,
            FloatingIpKeeper floatingIps,
            NetworkKeeper networks,
            ServiceSettings settings,
            boolean nested,
            List<IpAddress> nodePorts,
            Complaints complaints,
            ServiceStatuses statuses) {
        this.informers = informers;
        this.balancers = balancers;
        this.floatingIps = floatingIps;
        this.networks = networks;
        this.settings = settings;
        this.nested = nested;
        this.complaints = complaints;
        this.statuses = statuses;
        this.desired = new ServiceState(nodePorts);
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
                    balancers.load();
                    floatingIps.load();
                });
                Set<Change> batch = new LinkedHashSet<>(informers.everything(KINDS));
                batch.forEach(this::take);
                todo.addAll(balancers.uids());
                todo.addAll(floatingIps.uids());
                while (!Thread.currentThread().isInterrupted()) {
                    desired.takeTouched(todo::add);
                    pass(callers);
                    inbox.await(batch, retries.untilNext(System.nanoTime()));
                    batch.forEach(this::take);
                }
            } catch (InterruptedException e) {
                callers.interrupt();
                Thread.currentThread().interrupt();
            }
        }
    }

    private void take(Change change) {
        String key = change.key();
        if (change.kind() == Change.Kind.SLICE) {
            try {
                informers
                        .slice(key)
                        .flatMap(Slices::read)
                        .ifPresentOrElse(desired::put, () -> desired.removeSlice(key));
            } catch (RefusedException e) {
                desired.removeSlice(key);
                LOGGER.log(Level.WARNING, "endpoint slice {0}: {1}", key, e.getMessage());
            }
            return;
        }
        informers.service(key).ifPresentOrElse(this::take, () -> desired.removeService(key));
    }

    private void take(io.fabric8.kubernetes.api.model.Service service) {
        try {
            Service read = Services.read(service, settings.externalIps());
            desired.put(nested ? Services.inMachines(read) : read);
        } catch (RefusedException e) {
            desired.removeService(Informers.key(service));
            complaints.about(Complaints.of(service), Complaints.reason(e), String.valueOf(e.getMessage()));
        }
    }

    private void pass(Callers callers) throws InterruptedException {
        long now = System.nanoTime();
        List<String> unwanted = new ArrayList<>();
        List<ServiceSpec> wanted = new ArrayList<>();
        for (String uid : todo) {
            if (retries.isDue(uid, now)) {
                spec(uid).ifPresentOrElse(wanted::add, () -> unwanted.add(uid));
            }
        }
        Map<String, RuntimeException> failed = callers.run(unwanted, uid -> uid, this::remove);
        failed.putAll(callers.run(wanted, ServiceReconciler::uid, this::ensure));
        unwanted.stream().filter(uid -> !failed.containsKey(uid)).forEach(uid -> done(uid, List.of()));
        wanted.stream().filter(spec -> !failed.containsKey(uid(spec))).forEach(spec -> done(uid(spec), refused(spec)));
        failed.forEach(this::failed);
        try {
            balancers.removeUnused();
        } catch (NeutronException e) {
            LOGGER.log(Level.WARNING, "the load balancer of node ports stays: {0}", e.getMessage());
        }
    }

    private static String uid(ServiceSpec spec) {
        return spec.service().uid();
    }

    private Optional<ServiceSpec> spec(String uid) {
        return settings.prefixes().isEmpty() ? Optional.empty() : desired.spec(uid);
    }

    private List<String> refused(ServiceSpec spec) {
        List<String> refused = new ArrayList<>(spec.refused());
        if (spec.service().outside().isPresent() && settings.external().isEmpty()) {
            refused.add("no address outside the cluster: kubernetes.external-network is not set");
        }
        return refused;
    }

    private void refresh(String uid) {
        if (retries.hasFailed(uid)) {
            balancers.refresh(uid);
            floatingIps.refresh(uid);
        }
    }

    private void remove(String uid) {
        refresh(uid);
        removeFloatingIp(uid);
        balancers.remove(uid);
    }

    private void ensure(ServiceSpec spec) {
        Service service = spec.service();
        refresh(service.uid());
        if (service.outside().isEmpty()) {
            removeFloatingIp(service.uid());
        }
        balancers.ensure(spec);
        if (service.outside().isPresent() && settings.external().isPresent()) {
            UUID port = balancers.port(service).orElseThrow();
            IpAddress address = floatingIps.ensure(
                    service, service.outside().get(), settings.external().get(), port);
            if (!service.shown().equals(Set.of(address.toString()))) {
                statuses.write(service, Optional.of(address));
            }
        }
    }

    /** Nobody is told of an address that is gone, also when this ends between the two. */
    private void removeFloatingIp(String uid) {
        if (floatingIps.uids().contains(uid)) {
            desired.service(uid)
                    .filter(service -> !service.shown().isEmpty())
                    .ifPresent(service -> statuses.write(service, Optional.empty()));
            floatingIps.remove(uid);
        }
    }

    private void done(String uid, List<String> refused) {
        todo.remove(uid);
        retries.done(uid);
        desired.service(uid).map(Complaints::of).ifPresent(object -> {
            if (refused.isEmpty()) {
                complaints.settled(object);
            } else {
                complaints.about(object, "NotEnforced", String.join("; ", refused));
            }
        });
    }

    private void failed(String uid, RuntimeException failure) {
        if (failure instanceof RefusedException) {
            // Another try is the Service's own next change.
            todo.remove(uid);
            retries.done(uid);
        } else {
            retries.failed(uid, System.nanoTime());
        }
        if (failure instanceof NeutronException refused && refused.notFound()) {
            networks.forget();
        }
        String message = String.valueOf(failure.getMessage());
        desired.service(uid)
                .map(Complaints::of)
                .ifPresentOrElse(
                        object -> complaints.about(object, Complaints.reason(failure), message),
                        () -> LOGGER.log(Level.WARNING, "load balancers of Service {0} stay: {1}", uid, message));
    }
}
