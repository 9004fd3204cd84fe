package io.weft.kernel.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.kernel.Errno;
import io.weft.kernel.KernelException;
import io.weft.kernel.fixture.Host;
import io.weft.kernel.fixture.Lab;
import io.weft.kernel.netlink.LinkEnd;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class NetworkNamespaceTest {
    @Test
    void isMadeListedOpenedAndDeletedByName() {
        String name = "weft-" + ProcessHandle.current().pid() + "-made";
        try (NetworkNamespace made = NetworkNamespace.create(name);
                NetworkNamespace opened = NetworkNamespace.open(name);
                NetworkNamespace mine = NetworkNamespace.current()) {
            assertThat(NetworkNamespace.list()).contains(name);
            assertThat(NetworkNamespace.exists(name)).isTrue();
            assertThat(opened.inode()).isEqualTo(made.inode()).isNotEqualTo(mine.inode());
            assertThatThrownBy(() -> NetworkNamespace.create(name))
                    .isInstanceOfSatisfying(
                            KernelException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST));
        } finally {
            assertThat(NetworkNamespace.delete(name)).isTrue();
        }
        assertThat(NetworkNamespace.exists(name)).isFalse();
        assertThat(NetworkNamespace.delete(name)).isFalse();
        assertThatThrownBy(() -> NetworkNamespace.open(name)).hasMessageContaining("ENOENT");
        assertThatThrownBy(() -> NetworkNamespace.open("../x")).hasMessageContaining("no valid name");
    }

    @Test
    void withoutANameEndsWithItsDescriptorAndTakesItsLinksAlong() {
        try (Lab lab = new Lab()) {
            Host host = lab.host("host");
            NetworkNamespace nameless = NetworkNamespace.createAnonymous("nameless");
            assertThat(nameless.call(NetworkNamespaceTest::here))
                    .isEqualTo(nameless.inode())
                    .isNotEqualTo(host.namespace().inode());
            assertThat(NetworkNamespace.list()).doesNotContain("nameless");
            host.netlink().createVeth(LinkEnd.of("here"), LinkEnd.of("there").in(nameless));
            nameless.close();
            Lab.await(
                    "the end of the pair",
                    Duration.ofSeconds(10),
                    () -> host.netlink().link("here").isEmpty());
        }
    }

    @Test
    void keepsWorkInsideAndAllOtherThreadsOutside() throws Exception {
        try (Lab lab = new Lab();
                NetworkNamespace mine = NetworkNamespace.current();
                var virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            NetworkNamespace there = lab.host("there").namespace();
            long inside = there.call(NetworkNamespaceTest::here);
            assertThat(inside).isEqualTo(there.inode());
            Future<Long> fromVirtual = virtual.submit(() -> there.call(NetworkNamespaceTest::here));
            assertThat(fromVirtual.get()).isEqualTo(there.inode());
            assertThat(here()).isEqualTo(mine.inode());
            assertThat(virtual.submit(NetworkNamespaceTest::here).get()).isEqualTo(mine.inode());
            long nested = there.call(() -> there.call(NetworkNamespaceTest::here));
            assertThat(nested).isEqualTo(there.inode());
        }
    }

    private static long here() {
        try (NetworkNamespace current = NetworkNamespace.current()) {
            return current.inode();
        }
    }

    @Test
    void socketsOpenedInsideServeFromAnywhere() throws IOException {
        try (Lab lab = new Lab()) {
            Host host = lab.host("server");
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 5353);
            try (DatagramSocket server = host.call(() -> new DatagramSocket(address));
                    DatagramSocket client = host.call(() -> new DatagramSocket());
                    DatagramSocket outside = new DatagramSocket()) {
                client.send(new DatagramPacket(new byte[] {1, 2, 3}, 3, address));
                DatagramPacket received = new DatagramPacket(new byte[10], 10);
                server.setSoTimeout(5000);
                server.receive(received);
                assertThat(received.getLength()).isEqualTo(3);
                assertThat(outside.isBound()).isTrue();
            }
        }
    }

    @Test
    void handsOnWhatActionsThrow() {
        try (Lab lab = new Lab()) {
            NetworkNamespace there = lab.host("there").namespace();
            assertThatThrownBy(() -> there.call(() -> {
                        throw new IOException("no luck");
                    }))
                    .isInstanceOf(NamespaceException.class)
                    .hasMessageContaining("no luck");
            assertThatThrownBy(() -> there.run(() -> {
                        throw new IllegalArgumentException("wrong");
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("wrong");
            there.close();
            assertThatThrownBy(() -> there.call(() -> 1)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void neverRunsWorkInAnotherNamespaceWhenItCannotEnter() {
        // A file that is no namespace can be opened, but not entered.
        try (NetworkNamespace wrong = NetworkNamespace.openPath(Path.of("/proc/self/status"))) {
            assertThatThrownBy(() -> wrong.call(() -> 1)).hasMessageContaining("enter network namespace");
        }
    }

    @Test
    void readsAndWritesSettingsOfItsOwn() {
        try (Lab lab = new Lab()) {
            NetworkNamespace one = lab.host("one").namespace();
            NetworkNamespace other = lab.host("other").namespace();
            one.sysctl("ipv4/ip_forward", "1");
            other.sysctl("ipv4/ip_forward", "0");
            assertThat(one.sysctl("ipv4/ip_forward")).isEqualTo("1");
            assertThat(other.sysctl("ipv4/ip_forward")).isEqualTo("0");
            assertThatThrownBy(() -> one.sysctl("../../etc/passwd")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void opensTheNamespaceOfAProcess() {
        try (Lab lab = new Lab()) {
            Host host = lab.host("there");
            Process process = host.start("cat");
            Lab.await("cat in its namespace", Duration.ofSeconds(5), () -> {
                try (NetworkNamespace its = NetworkNamespace.ofProcess(process.pid())) {
                    return its.inode() == host.namespace().inode();
                }
            });
        }
    }
}
