package io.weft.server.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** The metrics of one server. Safe for any number of threads. */
public final class Metrics {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.builder()
            .setIncludeCreatedTimestamps(false)
            .build();

    public Metrics(String version) {
        Info.builder()
                .name("weft_build")
                .help("This build")
                .labelNames("version")
                .register(registry)
                .setLabelValues(version);
        registerProcess();
    }

    PrometheusRegistry registry() {
        return registry;
    }

    /** A value that goes up and down, asked for when somebody reads. */
    public void gauge(String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }

    /** Values that go up and down, by the value of a label. */
    public void gauges(String name, String help, String label, Map<String, DoubleSupplier> values) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(callback -> values.forEach((text, value) -> callback.call(value.getAsDouble(), text)))
                .register(registry);
    }

    /** A number that only goes up, asked for when somebody reads; the name is without its {@code _total}. */
    public void counter(String name, String help, DoubleSupplier value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }

    /** Writes everything in Prometheus's text format, version 0.0.4. */
    public void write(OutputStream out) throws IOException {
        writer.write(out, registry.scrape());
    }

    private void registerProcess() {
        Runtime runtime = Runtime.getRuntime();
        gauge("weft_heap_used_bytes", "Heap in use", () -> runtime.totalMemory() - runtime.freeMemory());
        gauge("weft_heap_limit_bytes", "Heap that may be used", runtime::maxMemory);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        gauge("weft_platform_threads", "Platform threads", threads::getThreadCount);
        CounterWithCallback.builder()
                .name("weft_collection_seconds")
                .help("Time in garbage collection")
                .unit(Unit.SECONDS)
                .labelNames("collector")
                .callback(callback -> ManagementFactory.getGarbageCollectorMXBeans()
                        .forEach(collector -> callback.call(seconds(collector), collector.getName())))
                .register(registry);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system) {
            counter("weft_cpu_seconds", "Processor time of this process", () -> system.getProcessCpuTime() / 1e9);
        }
    }

    private static double seconds(GarbageCollectorMXBean collector) {
        return Math.max(0, collector.getCollectionTime()) / 1e3;
    }
}
