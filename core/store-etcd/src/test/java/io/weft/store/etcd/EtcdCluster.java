package io.weft.store.etcd;

import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.weft.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real etcd cluster of one's own, on loopback ports and in a directory that nobody else has. Members can be killed,
 * stopped in their tracks and started again. They end with this process, however that ends.
 */
public final class EtcdCluster implements AutoCloseable {
    // etcd ends as soon as the pipe to the shell does, which the kernel sees to when this process is killed.
    private static final String GUARDED = "\"$@\" </dev/null & child=$!; echo $child; cat >/dev/null; kill -9 $child";

    private final Path directory;
    private final List<Member> members = new ArrayList<>();
    private List<String> options = List.of();
    private TlsFiles tls = TlsFiles.NONE;

    private static final class Member {
        final int client;
        final int peer;

        @Nullable
        Process process;

        long pid;

        Member(int client, int peer) {
            this.client = client;
            this.peer = peer;
        }
    }

    private EtcdCluster(Path directory) {
        this.directory = directory;
    }

    /** Starts a cluster with the options that Weft asks for, and waits until it answers. */
    public static EtcdCluster start(int size) {
        return start(size, List.of("--max-txn-ops=4096", "--max-request-bytes=8388608"));
    }

    /** Starts a cluster with options of one's own, and waits until it answers. */
    public static EtcdCluster start(int size, List<String> options) {
        return start(size, options, TlsFiles.NONE);
    }

    /**
     * Starts a cluster with options of one's own, and waits until it answers.
     *
     * @param tls what it is asked with; members speak TLS to clients unless this is {@link TlsFiles#NONE}
     */
    public static EtcdCluster start(int size, List<String> options, TlsFiles tls) {
        try {
            EtcdCluster cluster = new EtcdCluster(Files.createTempDirectory("weft-etcd"));
            cluster.tls = tls;
            cluster.begin(size, options);
            return cluster;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void begin(int size, List<String> options) throws IOException {
        this.options = options;
        boolean begun = false;
        try {
            for (int i = 0; i < size; i++) {
                members.add(new Member(freePort(), freePort()));
            }
            for (int i = 0; i < size; i++) {
                launch(i);
            }
            for (int i = 0; i < size; i++) {
                awaitMember(i);
            }
            begun = true;
        } finally {
            if (!begun) {
                close();
            }
        }
    }

    /**
     * A port that nobody listens on, below those that the kernel gives to connections: one of these could take a port
     * while its member is down.
     */
    private static int freePort() throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return port;
            } catch (BindException taken) {
                // Another one is not.
            }
        }
    }

    private void launch(int index) {
        Member member = members.get(index);
        String cluster = IntStream.range(0, members.size())
                .mapToObj(i -> "m" + i + "=http://127.0.0.1:" + members.get(i).peer)
                .collect(Collectors.joining(","));
        List<String> command = new ArrayList<>(List.of("sh", "-c", GUARDED, "sh", "etcd"));
        command.addAll(List.of(
                "--name=m" + index,
                "--data-dir=" + directory.resolve("m" + index),
                "--listen-client-urls=" + endpoint(index),
                "--advertise-client-urls=" + endpoint(index),
                "--listen-peer-urls=http://127.0.0.1:" + member.peer,
                "--initial-advertise-peer-urls=http://127.0.0.1:" + member.peer,
                "--initial-cluster=" + cluster,
                "--initial-cluster-state=new",
                "--logger=zap",
                "--log-level=error"));
        command.addAll(options);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(directory.resolve("m" + index + ".err").toFile())
                    .start();
            member.process = process;
            String pid = process.inputReader().readLine();
            if (pid == null) {
                throw new IOException("etcd was not started");
            }
            member.pid = Long.parseLong(pid);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until a member serves linearizable reads, and so has joined a leader. */
    private void awaitMember(int index) {
        try (Members connection = new Members(List.of(endpoint(index)), tls, Duration.ofSeconds(60))) {
            connection.ask(channel -> KVGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(2, TimeUnit.SECONDS)
                    .range(RangeRequest.newBuilder()
                            .setKey(Encoding.key("anything"))
                            .build()));
        } catch (StoreException e) {
            throw new IllegalStateException("member " + index + " does not answer: " + said(index), e);
        }
    }

    private String said(int index) {
        try {
            return Files.readString(directory.resolve("m" + index + ".err"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private URI endpoint(int index) {
        String scheme = tls.equals(TlsFiles.NONE) ? "http" : "https";
        return URI.create(scheme + "://127.0.0.1:" + members.get(index).client);
    }

    /** All members, also those that do not run. */
    public List<URI> endpoints() {
        return IntStream.range(0, members.size()).mapToObj(this::endpoint).toList();
    }

    /** Kills a member, as {@code kill -9} does. */
    public void kill(int index) {
        Member member = members.get(index);
        Process process = member.process;
        if (process == null) {
            return;
        }
        member.process = null;
        ProcessHandle.of(member.pid).ifPresent(ProcessHandle::destroyForcibly);
        try {
            process.getOutputStream().close();
            process.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts a member again that was killed, and waits until it answers. */
    public void restart(int index) {
        launch(index);
        awaitMember(index);
    }

    /** Lets a member neither run nor end: its connections stay open, and nothing is answered. */
    public void freeze(int index) {
        signal(index, "STOP");
    }

    public void thaw(int index) {
        signal(index, "CONT");
    }

    private void signal(int index, String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(members.get(index).pid))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < members.size(); i++) {
            kill(i);
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
