package io.weft.store.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
        try {
            EtcdCluster cluster = new EtcdCluster(Files.createTempDirectory("weft-etcd"));
            cluster.begin(size, options);
            return cluster;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> options = List.of();

    private void begin(int size, List<String> options) throws IOException {
        this.options = options;
        boolean begun = false;
        try {
            List<ServerSocket> sockets = new ArrayList<>();
            for (int i = 0; i < 2 * size; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            for (int i = 0; i < size; i++) {
                members.add(new Member(
                        sockets.get(2 * i).getLocalPort(),
                        sockets.get(2 * i + 1).getLocalPort()));
            }
            for (ServerSocket socket : sockets) {
                socket.close();
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

    private void launch(int index) {
        Member member = members.get(index);
        String cluster = IntStream.range(0, members.size())
                .mapToObj(i -> "m" + i + "=http://127.0.0.1:" + members.get(i).peer)
                .collect(Collectors.joining(","));
        List<String> command = new ArrayList<>(List.of("sh", "-c", GUARDED, "sh", "etcd"));
        command.addAll(List.of(
                "--name=m" + index,
                "--data-dir=" + directory.resolve("m" + index),
                "--listen-client-urls=http://127.0.0.1:" + member.client,
                "--advertise-client-urls=http://127.0.0.1:" + member.client,
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
        Members connection = new Members(List.of(endpoint(index)), Duration.ofSeconds(20));
        try (connection) {
            connection.ask(channel -> io.etcd.jetcd.api.KVGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(2, java.util.concurrent.TimeUnit.SECONDS)
                    .range(io.etcd.jetcd.api.RangeRequest.newBuilder()
                            .setKey(Encoding.key("anything"))
                            .build()));
        }
    }

    private URI endpoint(int index) {
        return URI.create("http://127.0.0.1:" + members.get(index).client);
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
        // A member that was stopped does not hear of the end of its shell's pipe any less: the shell kills it.
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
