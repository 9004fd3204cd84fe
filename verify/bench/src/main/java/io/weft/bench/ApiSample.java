package io.weft.bench;

import java.io.IOException;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one run of an operation of the API gave.
 *
 * @param rate operations a second
 * @param median the middle time of one, in milliseconds
 * @param high the time below which 99% are, in milliseconds
 * @param cpu the server's CPU for one, in microseconds
 * @param clientCpu the load's own, in microseconds
 * @param commits how many transactions the store took
 * @param retries how many were tried again
 */
record ApiSample(
        double rate, double median, double high, double cpu, double clientCpu, double commits, double retries) {
    /** Lets so many clients repeat the operation. */
    static ApiSample of(
            ServerUnderTest server, String project, int clients, double seconds, Clients.Operation operation)
            throws IOException {
        long load = ProcessHandle.current().pid();
        double commits = server.metric("weft_commits_total");
        double retries = server.metric("weft_retries_total");
        long own = Cpu.busyNanos(load);
        long servers = server.cpuNanos();
        Clients.Run run = Clients.repeat(server.api(), project, clients, seconds, operation);
        Timings times = run.times();
        return new ApiSample(
                run.rate(),
                times.millis(.5),
                times.millis(.99),
                (server.cpuNanos() - servers) / 1e3 / times.count(),
                (Cpu.busyNanos(load) - own) / 1e3 / times.count(),
                server.metric("weft_commits_total") - commits,
                server.metric("weft_retries_total") - retries);
    }

    /** The middle of a figure. */
    static double median(List<ApiSample> samples, ToDoubleFunction<ApiSample> figure) {
        double[] sorted = samples.stream().mapToDouble(figure).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
