package io.weft.agent.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.vrouter.Connections;
import io.weft.vrouter.LiveTrace;
import io.weft.vrouter.PortCounters;
import io.weft.vrouter.Tables;
import io.weft.vrouter.Vrouter;
import io.weft.vrouter.VrouterEvent;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeviceDriverTest {
    /** Says what it was asked to do, and does nothing before it is let. */
    private static final class SlowVrouter implements Vrouter {
        final Semaphore passes = new Semaphore(0);
        final List<String> calls = new CopyOnWriteArrayList<>();
        final Set<Integer> refused = ConcurrentHashMap.newKeySet();

        private void call(String what, int ifindex) {
            calls.add(what + " " + ifindex);
            passes.acquireUninterruptibly();
            if (refused.contains(ifindex)) {
                throw new IllegalStateException("refused");
            }
        }

        @Override
        public void attachWorkload(int ifindex) {
            call("workload", ifindex);
        }

        @Override
        public void attachUplink(int ifindex) {
            call("uplink", ifindex);
        }

        @Override
        public void attachTunnelDevice(int ifindex) {
            call("tunnel", ifindex);
        }

        @Override
        public void attachShaper(int ifindex) {
            call("shaper", ifindex);
        }

        @Override
        public void attachService(int ifindex) {
            call("service", ifindex);
        }

        @Override
        public void attachExternal(int ifindex) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void detach(int ifindex) {
            call("detach", ifindex);
        }

        @Override
        public Set<Integer> attached() {
            return Set.of(90, 91);
        }

        @Override
        public Tables tables() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Connections connections() {
            throw new UnsupportedOperationException();
        }

        @Override
        public PortCounters counters(int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void clearCounters(int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long ruleHits(int rule) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void clearRuleHits(int rule) {
            throw new UnsupportedOperationException();
        }

        @Override
        public AutoCloseable listen(Consumer<VrouterEvent> listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public io.weft.vrouter.Tracer tracer() {
            throw new UnsupportedOperationException();
        }

        @Override
        public LiveTrace watchWorkload(int ifindex, LiveTrace.Filter filter, int most, Duration time) {
            throw new UnsupportedOperationException();
        }

        @Override
        public LiveTrace watchTunnel(int uplink, int tunnelDevice, LiveTrace.Filter filter, int most, Duration time) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private final SlowVrouter vrouter = new SlowVrouter();
    private final LinkedBlockingQueue<Runnable> loop = new LinkedBlockingQueue<>();
    private final DeviceDriver driver = new DeviceDriver(vrouter, loop::add);

    @AfterEach
    void close() {
        vrouter.passes.release(1_000);
        driver.close();
    }

    /** Does what the loop does, until something holds. */
    private void turnUntil(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            long wait = driver.work();
            Runnable task = wait == Long.MAX_VALUE ? loop.take() : loop.poll(Math.max(1, wait), TimeUnit.NANOSECONDS);
            if (task != null) {
                task.run();
            }
        }
    }

    @Test
    void theLoopGoesOnWhileTheKernelTakesItsTime() throws InterruptedException {
        driver.want(1, DeviceDriver.Role.WORKLOAD);
        driver.want(2, DeviceDriver.Role.UPLINK);
        assertThat(driver.work()).isEqualTo(Long.MAX_VALUE);
        assertThat(driver.isClean()).isFalse();
        assertThat(driver.isAttached(1)).isFalse();
        vrouter.passes.release(2);
        turnUntil(driver::isClean);
        assertThat(driver.isAttached(1)).isTrue();
        assertThat(vrouter.calls).containsExactly("workload 1", "uplink 2");
    }

    @Test
    void aWishThatChangesMeanwhileIsFulfilledAfterwards() throws InterruptedException {
        driver.want(1, DeviceDriver.Role.WORKLOAD);
        driver.work();
        driver.drop(1);
        vrouter.passes.release(2);
        turnUntil(driver::isClean);
        assertThat(driver.isAttached(1)).isFalse();
        assertThat(vrouter.calls).containsExactly("workload 1", "detach 1");
    }

    @Test
    void aDeviceWithTheNumberOfOneThatWentMeanwhileIsAttachedAnew() throws InterruptedException {
        driver.want(1, DeviceDriver.Role.WORKLOAD);
        driver.work();
        driver.gone(1);
        driver.want(1, DeviceDriver.Role.WORKLOAD);
        vrouter.passes.release(2);
        turnUntil(driver::isClean);
        assertThat(driver.isAttached(1)).isTrue();
        assertThat(vrouter.calls).containsExactly("workload 1", "workload 1");
    }

    @Test
    void whatIsRefusedIsToldAndTriedAgain() throws InterruptedException {
        vrouter.refused.add(1);
        driver.want(1, DeviceDriver.Role.WORKLOAD);
        vrouter.passes.release(1);
        turnUntil(() -> !driver.failures().isEmpty());
        assertThat(driver.failures()).containsEntry(1, "refused");
        vrouter.refused.clear();
        vrouter.passes.release(1);
        turnUntil(driver::isClean);
        assertThat(driver.failures()).isEmpty();
        assertThat(driver.isAttached(1)).isTrue();
    }

    @Test
    void aSweepLetsGoOfWhatAFormerProcessAttachedAndNobodyWants() throws InterruptedException {
        driver.want(91, DeviceDriver.Role.TUNNEL);
        driver.sweep();
        vrouter.passes.release(2);
        turnUntil(driver::isClean);
        assertThat(vrouter.calls).containsExactlyInAnyOrder("tunnel 91", "detach 90");
    }
}
