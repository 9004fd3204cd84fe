package io.weft.domain;

import static io.weft.domain.Servers.ALICE;

import com.sun.management.OperatingSystemMXBean;
import io.weft.domain.records.Layout;
import io.weft.domain.records.RecordCodec;
import io.weft.domain.replica.Replica;
import io.weft.model.Binding;
import io.weft.model.FixedIp;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.model.Meta;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Resource;
import io.weft.store.Bytes;
import io.weft.store.Store;
import io.weft.store.Transaction;
import io.weft.store.embedded.EmbeddedStore;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operations cost, in CPU time of the process; prints, and judges nothing. */
@Tag("bench")
class DomainBench {
    private static long cpu() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static void measure(String name, int count, Runnable work) {
        long wall = System.nanoTime();
        long cpu = cpu();
        work.run();
        System.out.printf(
                "%-50s %8.1f us CPU, %8.1f us wall%n",
                name, (cpu() - cpu) / 1e3 / count, (System.nanoTime() - wall) / 1e3 / count);
    }

    @Test
    void portsAndTheirRecords(@TempDir Path directory) {
        try (Store store = EmbeddedStore.open(directory);
                Replica replica = Replica.start(store);
                Domain domain = new Domain(store, replica, Servers.unlimited(), Clock.systemUTC())) {
            Network network = domain.networks().create(ALICE, NewNetwork.of("alice", "n"));
            domain.subnets().create(ALICE, NewSubnet.of("alice", network.id(), "10.0.0.0/8"));
            domain.subnets().create(ALICE, NewSubnet.of("alice", network.id(), "2001:db8::/64"));
            NewPort wanted = NewPort.of("alice", network.id());
            List<NewPort> fifty = Collections.nCopies(50, wanted);
            for (int round = 0; round < 5; round++) {
                measure("port create, 1 client", 2_000, () -> singles(domain, wanted, 1, 2_000));
                measure("port create, 16 clients", 8_000, () -> singles(domain, wanted, 16, 500));
                measure("bulk of 50 ports", 60, () -> {
                    for (int i = 0; i < 60; i++) {
                        domain.ports().create(ALICE, fifty);
                    }
                });
                System.out.println(domain.view().world().count(Resource.Kind.PORT) + " ports");
            }
            Port port = domain.ports().create(ALICE, wanted);
            RecordCodec codec = new RecordCodec();
            Bytes value = codec.encode(port);
            for (int round = 0; round < 4; round++) {
                measure("write a port's record", 100_000, () -> {
                    for (int i = 0; i < 100_000; i++) {
                        codec.encode(port);
                    }
                });
                measure("read a port's record", 100_000, () -> {
                    for (int i = 0; i < 100_000; i++) {
                        codec.decode(Resource.Kind.PORT, value);
                    }
                });
            }
        }
    }

    /** What a server does before it is ready: the store opens, the replica reads 200,000 ports. */
    @Test
    void aReplicaLoads(@TempDir Path directory) {
        int count = 200_000;
        RecordCodec codec = new RecordCodec();
        try (Store store = EmbeddedStore.open(directory)) {
            Transaction.Builder batch = Transaction.builder();
            for (int i = 0; i < count; i++) {
                Port port = port(i);
                batch.put(Layout.record(port), codec.encode(port));
                if (i % 2_000 == 1_999) {
                    store.commit(batch.build());
                    batch = Transaction.builder();
                }
            }
        }
        try (Store store = EmbeddedStore.open(directory)) {
            for (int round = 0; round < 3; round++) {
                measure("load a port", count, () -> Replica.start(store).close());
            }
            try (Replica replica = Replica.start(store)) {
                System.gc();
                Runtime runtime = Runtime.getRuntime();
                System.out.printf(
                        "%d ports, %d bytes of heap each, store included%n",
                        replica.current().world().count(Resource.Kind.PORT),
                        (runtime.totalMemory() - runtime.freeMemory()) / count);
            }
        }
    }

    private static Port port(int number) {
        UUID network = new UUID(1, number / 100);
        return new Port(
                Meta.create(new UUID(0x4000L, number), "project-" + number / 1_000, "", "", Servers.NOW),
                network,
                true,
                new MacAddress(0xfa163e000000L + number),
                List.of(new FixedIp(network, IpAddress.ofIpv4(0x0a000000 + number % 100))),
                "device-" + number,
                "compute:nova",
                List.of(),
                true,
                List.of(),
                new Binding("host-" + number % 1_000, "normal", Map.of()));
    }

    private static void singles(Domain domain, NewPort wanted, int clients, int each) {
        Servers.race(clients, number -> {
            for (int i = 0; i < each; i++) {
                domain.ports().create(ALICE, wanted);
            }
            return number;
        });
    }
}
