package io.weft.kubernetes;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.weft.client.NeutronClient;
import io.weft.kubernetes.desired.DesiredState;
import io.weft.kubernetes.neutron.BalancerKeeper;
import io.weft.kubernetes.neutron.BoundPorts;
import io.weft.kubernetes.neutron.FloatingIpKeeper;
import io.weft.kubernetes.neutron.GroupKeeper;
import io.weft.kubernetes.neutron.HostKeeper;
import io.weft.kubernetes.neutron.Marks;
import io.weft.kubernetes.neutron.NetworkKeeper;
import io.weft.kubernetes.neutron.NodeKeeper;
import io.weft.kubernetes.neutron.Placement;
import io.weft.kubernetes.neutron.PortKeeper;
import io.weft.kubernetes.neutron.Subports;
import io.weft.kubernetes.neutron.TrunkKeeper;
import io.weft.model.HostAccess.NodePorts;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A controller: follows the cluster, and works while it leads. Of several one leads; the others are ready to. A leader that
 * cannot renew its lease stops before another may begin. Its methods may be called by any thread.
 */
public final class Controller implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Controller.class.getName());
    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Duration RENEWED_WITHIN = Duration.ofSeconds(10);
    private static final Duration TRIED_EVERY = Duration.ofSeconds(2);
    /** Every cluster has it from its beginning to its end: its uid is the cluster's. */
    private static final String SYSTEM = "kube-system";

    private final KubernetesClient client;
    private final NeutronClient neutron;
    private final ControllerSettings settings;
    private final Marks marks;
    private final Informers informers;
    private final Events events;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final CompletableFuture<?> read;
    private final CompletableFuture<?> end = new CompletableFuture<>();
    private @Nullable Term term;
    private volatile boolean closed;

    /** A time of leadership. */
    private record Term(Reconciler reconciler, ServiceReconciler services, List<Thread> threads) {
        void changed(Change change) {
            if (ServiceReconciler.KINDS.contains(change.kind())) {
                services.changed(change);
            } else {
                reconciler.changed(change);
            }
        }

        void join() throws InterruptedException {
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private Controller(KubernetesClient client, NeutronClient neutron, ControllerSettings settings) {
        this.client = client;
        this.neutron = neutron;
        this.settings = settings;
        Namespace system = Optional.ofNullable(
                        client.namespaces().withName(SYSTEM).get())
                .orElseThrow(() -> new IllegalStateException("the cluster has no namespace " + SYSTEM));
        this.marks = new Marks(system.getMetadata().getUid());
        this.events = new Events(client);
        this.informers = new Informers(client, this::changed);
        this.read = informers.start();
    }

    /**
     * Begins to follow the cluster and to stand for election.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when the API server does not answer
     */
    public static Controller start(KubernetesClient client, NeutronClient neutron, ControllerSettings settings) {
        Controller controller = new Controller(client, neutron, settings);
        controller.executor.execute(controller::stand);
        return controller;
    }

    /** Returns when it was closed; throws when it cannot go on. */
    public void join() {
        end.join();
    }

    private synchronized void changed(Change change) {
        Term current = term;
        if (current != null) {
            current.changed(change);
        }
    }

    /** Stands for election again and again. */
    private void stand() {
        try {
            CompletableFuture.anyOf(read, end).join();
            String identity = "weft-" + UUID.randomUUID();
            while (!closed) {
                LeaderElectionConfig election = new LeaderElectionConfigBuilder()
                        .withName(settings.lease())
                        .withLock(new LeaseLock(settings.leaseNamespace(), settings.lease(), identity))
                        .withLeaseDuration(LEASE)
                        .withRenewDeadline(RENEWED_WITHIN)
                        .withRetryPeriod(TRIED_EVERY)
                        .withReleaseOnCancel(true)
                        .withLeaderCallbacks(new LeaderCallbacks(this::lead, this::follow, _ -> {}))
                        .build();
                CompletableFuture<?> leadership = new LeaderElector(client, election, executor).start();
                var _ = end.whenComplete((_, _) -> leadership.cancel(true));
                try {
                    leadership.join();
                } catch (CancellationException e) {
                    return;
                }
            }
        } catch (CompletionException e) {
            end.completeExceptionally(e);
        }
    }

    private synchronized void lead() {
        if (closed) {
            return;
        }
        LOGGER.log(Level.INFO, "leading");
        Optional<Term> former = Optional.ofNullable(term);
        GroupKeeper groups = new GroupKeeper(neutron, marks);
        NetworkKeeper networks = new NetworkKeeper(neutron, marks, settings.network(), settings.services());
        NodeKeeper nodes;
        Placement placement;
        if (settings.nested()) {
            TrunkKeeper trunks = new TrunkKeeper(neutron);
            nodes = trunks;
            placement = new Subports(marks, trunks);
        } else {
            nodes = new HostKeeper(
                    neutron, marks, groups, networks, settings.network().router(), settings.nodePorts());
            placement = new BoundPorts(marks);
        }
        Reconciler reconciler = new Reconciler(
                informers,
                groups,
                new PortKeeper(neutron, marks, groups, networks, placement),
                nodes,
                networks,
                new DesiredState(settings.nested()),
                events);
        ServiceReconciler services = new ServiceReconciler(
                informers,
                new BalancerKeeper(
                        neutron,
                        marks,
                        networks,
                        ControllerSettings.NODE_PORTS_NAME,
                        ControllerSettings.NODE_PORTS_TAG),
                new FloatingIpKeeper(neutron, marks, networks),
                networks,
                settings.services(),
                settings.nested(),
                settings.nodePorts().map(NodePorts::addresses).orElse(List.of()),
                events,
                new ServiceStatusWriter(client));
        List<Thread> threads =
                List.of(thread("reconciler", former, reconciler), thread("service-reconciler", former, services));
        term = new Term(reconciler, services, threads);
        threads.forEach(Thread::start);
    }

    /** Begins when the former term is over. */
    private Thread thread(String name, Optional<Term> former, Runnable work) {
        return Thread.ofPlatform().name(name).unstarted(() -> {
            try {
                if (former.isPresent()) {
                    former.get().join();
                }
                work.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                // A fault of this program: whoever runs the process starts it again.
                end.completeExceptionally(e);
            }
        });
    }

    private synchronized void follow() {
        Term ended = term;
        if (ended != null && ended.threads().stream().noneMatch(Thread::isInterrupted)) {
            LOGGER.log(Level.INFO, "not leading any more");
            ended.threads().forEach(Thread::interrupt);
        }
    }

    /** Stops, gives the lease back, and leaves everything as it is. */
    @Override
    public void close() {
        closed = true;
        end.complete(null);
        follow();
        informers.close();
        executor.close();
        Term last;
        synchronized (this) {
            last = term;
        }
        if (last != null) {
            try {
                last.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        events.close();
    }
}
