package io.weft.domain;

import io.weft.domain.quota.QuotaResource;
import io.weft.domain.replica.Replica;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.IpRange;
import io.weft.model.Network;
import io.weft.model.Subnet;
import io.weft.store.Store;
import io.weft.store.embedded.EmbeddedStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Two servers, each with a replica of its own, over one store. */
final class Servers implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
    static final Caller ADMIN = new Caller("admin", true);
    static final Caller ALICE = new Caller("alice", false);
    static final Caller BOB = new Caller("bob", false);

    private final List<Store> stores;
    private final List<Replica> replicas = new ArrayList<>();
    private final List<Domain> domains = new ArrayList<>();

    Servers(Path directory, Settings settings) {
        this(List.of(EmbeddedStore.open(directory)), settings);
    }

    /** Over one store that both share, or over clients of the same one. */
    Servers(List<Store> stores, Settings settings) {
        this.stores = stores;
        for (int i = 0; i < 2; i++) {
            Store store = stores.get(i % stores.size());
            Replica replica = Replica.start(store);
            replicas.add(replica);
            domains.add(new Domain(store, replica, settings, Clock.fixed(NOW, ZoneOffset.UTC)));
        }
    }

    static Settings unlimited() {
        Map<QuotaResource, Integer> quotas = new EnumMap<>(QuotaResource.class);
        for (QuotaResource resource : QuotaResource.values()) {
            quotas.put(resource, QuotaResource.UNLIMITED);
        }
        return Settings.DEFAULTS.withQuotas(quotas);
    }

    Store store() {
        return stores.getFirst();
    }

    /** Either of the two, in turn. */
    Domain server(int number) {
        return domains.get(number % domains.size());
    }

    Domain first() {
        return domains.getFirst();
    }

    Domain second() {
        return domains.getLast();
    }

    Replica replica(int number) {
        return replicas.get(number);
    }

    Network network() {
        return first().networks().create(ALICE, NewNetwork.of("alice", "blue"));
    }

    Subnet subnet(Network network, String cidr) {
        return first().subnets().create(ALICE, apart(NewSubnet.of("alice", network.id(), cidr)));
    }

    /** The same subnet; of a block of 256 only those from 100 on are given away, and tests ask for others. */
    static NewSubnet apart(NewSubnet wanted) {
        return wanted.cidr() instanceof CidrChoice.Given(IpPrefix cidr)
                        && cidr.family() == IpFamily.IPV4
                        && cidr.length() == 24
                ? wanted.withPools(
                        new IpRange(cidr.first().plus(100), cidr.first().plus(254)))
                : wanted;
    }

    /** Runs a task on many threads at the same time; what each returned, or the exception that it threw. */
    static <T> List<Outcome<T>> race(int threads, Task<T> task) {
        CyclicBarrier start = new CyclicBarrier(threads);
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int number = i;
                Callable<T> call = () -> {
                    start.await();
                    return task.run(number);
                };
                futures.add(executor.submit(call));
            }
            List<Outcome<T>> outcomes = new ArrayList<>();
            for (Future<T> future : futures) {
                outcomes.add(outcome(future));
            }
            return outcomes;
        }
    }

    private static <T> Outcome<T> outcome(Future<T> future) {
        try {
            return new Outcome.Returned<>(future.get());
        } catch (ExecutionException e) {
            return new Outcome.Threw<>(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What one of the racing threads does. */
    interface Task<T> {
        T run(int number) throws Exception;
    }

    /** How it ended. */
    sealed interface Outcome<T> {
        record Returned<T>(T value) implements Outcome<T> {}

        record Threw<T>(Throwable reason) implements Outcome<T> {}
    }

    static <T> List<T> returned(List<Outcome<T>> outcomes) {
        List<T> values = new ArrayList<>();
        for (Outcome<T> outcome : outcomes) {
            if (outcome instanceof Outcome.Returned<T>(T value)) {
                values.add(value);
            }
        }
        return values;
    }

    static <T> List<Throwable> thrown(List<Outcome<T>> outcomes) {
        List<Throwable> reasons = new ArrayList<>();
        for (Outcome<T> outcome : outcomes) {
            if (outcome instanceof Outcome.Threw<T>(Throwable reason)) {
                reasons.add(reason);
            }
        }
        return reasons;
    }

    @Override
    public void close() {
        domains.forEach(Domain::close);
        replicas.forEach(Replica::close);
        stores.forEach(Store::close);
    }
}
