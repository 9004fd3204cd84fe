package io.weft.bench;

import io.weft.e2e.Wait;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** Changes ports at a steady rate and notes when which nodes have heard of it. */
final class Changes {
    private Changes() {}

    /**
     * A port that is to be changed.
     *
     * @param id the port
     * @param needing the nodes that need to know of it
     */
    record Target(String id, Set<String> needing) {}

    /**
     * What is done to each port.
     *
     * @param body of the request
     * @param record the type of the record that changes with it, whose name is the port's id
     */
    record Edit(String body, String record) {
        /** Takes the port into service, or out of it. */
        static Edit adminState(boolean up) {
            return new Edit("{\"port\":{\"admin_state_up\":" + up + "}}", "endpoint");
        }

        /** Allows the port one more address, which is then among those of its security groups' members. */
        static Edit addressPair() {
            return new Edit("{\"port\":{\"allowed_address_pairs\":[{\"ip_address\":\"192.0.2.1\"}]}}", "member");
        }
    }

    /**
     * What came of it.
     *
     * @param count how many changes there were
     * @param arrivals from the time at which a request was due to each arrival at a node
     * @param last from the time at which a request was due to its arrival at the last node
     * @param exact how many changes reached exactly the nodes that need them, once each
     * @param rate changes a second, until the last has reached its last node
     * @param cpu microseconds of the server's CPU for one change, without those of its JVM's compilers
     * @param compilers microseconds that these used for each change, once for all later ones
     */
    record Outcome(int count, Timings arrivals, Timings last, int exact, double rate, double cpu, double compilers) {}

    /** Changes each target once, so many a second, and waits until all have arrived. */
    static Outcome make(ServerUnderTest server, Fleet fleet, List<Target> targets, int rate, Edit edit)
            throws IOException {
        List<Fleet.Change> changes = new ArrayList<>();
        long cpu = server.cpuNanos();
        long compilers = server.compilerNanos();
        long begin = System.nanoTime();
        send(server.api(), fleet, targets, rate, edit, begin, changes);
        await(fleet, targets, changes);
        double compiled = (server.compilerNanos() - compilers) / 1e3 / targets.size();
        double used = (server.cpuNanos() - cpu) / 1e3 / targets.size() - compiled;
        Timings arrivals = new Timings();
        Timings last = new Timings();
        long end = begin;
        int exact = 0;
        for (int i = 0; i < targets.size(); i++) {
            Map<String, Long> delays = changes.get(i).delays();
            delays.values().forEach(arrivals::add);
            long slowest = delays.values().stream().mapToLong(d -> d).max().orElse(Long.MAX_VALUE);
            last.add(slowest);
            end = Math.max(end, due(begin, i, rate) + slowest);
            exact += delays.keySet().equals(targets.get(i).needing())
                            && changes.get(i).repeated() == 0
                    ? 1
                    : 0;
        }
        return new Outcome(
                targets.size(), arrivals, last, exact, targets.size() / ((end - begin) / 1e9), used, compiled);
    }

    private static void send(
            URI api, Fleet fleet, List<Target> targets, int rate, Edit edit, long begin, List<Fleet.Change> changes)
            throws IOException {
        byte[] body = edit.body().getBytes(StandardCharsets.UTF_8);
        try (HttpConnection connection = HttpConnection.toApi(api, "bench")) {
            for (Target target : targets) {
                // A request that is late because the one before took long has waited too.
                long due = due(begin, changes.size(), rate);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                changes.add(fleet.watch(edit.record() + "/" + target.id(), due));
                connection.expect(200, "PUT", "/v2.0/ports/" + target.id(), body);
            }
        }
    }

    private static long due(long begin, int number, int rate) {
        return begin + (long) (number * 1e9 / rate);
    }

    private static void await(Fleet fleet, List<Target> targets, List<Fleet.Change> changes) {
        Wait.until("all nodes to hear of all changes", Duration.ofMinutes(1), () -> {
            fleet.check();
            for (int i = targets.size() - 1; i >= 0; i--) {
                if (changes.get(i).reached() < targets.get(i).needing().size()) {
                    return Optional.empty();
                }
            }
            return Optional.of(true);
        });
    }
}
