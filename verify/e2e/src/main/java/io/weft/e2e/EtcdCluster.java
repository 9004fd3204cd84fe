package io.weft.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A cluster of etcd on loopback, with the limits that Weft asks for. */
public final class EtcdCluster implements AutoCloseable {
    private final Path directory;
    private final List<Member> members;
    private final List<Optional<Background>> processes = new ArrayList<>();

    private record Member(String name, int clientPort, int peerPort) {
        String client() {
            return "http://127.0.0.1:" + clientPort;
        }

        String peer() {
            return "http://127.0.0.1:" + peerPort;
        }
    }

    private EtcdCluster(Path directory, List<Member> members) {
        this.directory = directory;
        this.members = members;
    }

    /** Starts a cluster of this many members and waits until it serves. */
    public static EtcdCluster start(Cloud cloud, int size) {
        List<Member> members = IntStream.range(0, size)
                .mapToObj(i -> new Member("etcd" + i, freePort(), freePort()))
                .toList();
        EtcdCluster cluster = new EtcdCluster(cloud.makeDirectory("etcd"), members);
        cloud.closeLater(cluster);
        for (int i = 0; i < size; i++) {
            cluster.processes.add(Optional.empty());
            cluster.startMember(i);
        }
        for (int i = 0; i < size; i++) {
            cluster.awaitHealthy(i);
        }
        return cluster;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a member, again if it was killed. */
    public void startMember(int index) {
        Member member = members.get(index);
        String everybody = members.stream().map(m -> m.name() + "=" + m.peer()).collect(Collectors.joining(","));
        processes.set(
                index,
                Optional.of(Background.start(
                        directory.resolve(member.name() + ".log"),
                        List.of(
                                "etcd",
                                "--name=" + member.name(),
                                "--data-dir=" + directory.resolve(member.name()),
                                "--listen-client-urls=" + member.client(),
                                "--advertise-client-urls=" + member.client(),
                                "--listen-peer-urls=" + member.peer(),
                                "--initial-advertise-peer-urls=" + member.peer(),
                                "--initial-cluster=" + everybody,
                                "--max-txn-ops=4096",
                                "--max-request-bytes=8388608"))));
    }

    private void awaitHealthy(int index) {
        Wait.until("etcd member " + index, Duration.ofMinutes(1), () -> {
            Shell.Result result = Shell.attempt(
                    Duration.ofSeconds(10),
                    "",
                    List.of("curl", "-sf", members.get(index).client() + "/health"));
            return result.ok() && result.output().contains("true") ? Optional.of(true) : Optional.empty();
        });
    }

    /** Ends a member as {@code kill -9} does. */
    public void killMember(int index) {
        processes.get(index).ifPresent(Background::kill);
    }

    /** The URLs by which clients reach the members. */
    public List<String> endpoints() {
        return members.stream().map(Member::client).toList();
    }

    @Override
    public void close() {
        processes.forEach(p -> p.ifPresent(Background::kill));
    }
}
