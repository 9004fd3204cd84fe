package io.weft.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * How fast packets arrive, by what the kernel counts at the receiver's device and the time between two looks. The sender
 * goes on until it is closed; what is counted begins when it has been at it for a while, so that no burst is in it.
 */
public final class Throughput {
    /** What a TCP segment of a guest's MTU of 1450 carries, with time stamps, and what it is on the wire. */
    private static final int PAYLOAD = 1398;

    private static final int HEADERS = 66;

    /** The datagrams' data, and what they are on the wire. */
    private static final int DATAGRAM = 1400;

    private static final int DATAGRAM_HEADERS = 42;

    /** Bytes and packets that the device received, and the time in nanoseconds. */
    private static final String LOOK =
            "awk '/eth0:/ { printf \"%s %s \", $2, $3 }' /proc/thread-self/net/dev; date +%s%N";

    /** The same where {@code date} knows no nanoseconds: from the time since the start. */
    private static final String SIMPLE_LOOK = "awk '/eth0:/ { printf \"%s %s \", $2, $3 }' /proc/net/dev;"
            + " awk '{ printf \"%.0f\\n\", $1 * 1e9 }' /proc/uptime";

    private static final Duration WARM = Duration.ofMillis(1500);

    /** So many packets have come when it is the load that flows, and no longer what iperf3's ends tell each other first. */
    private static final int FLOWING = 50;

    /** As much as one call to the kernel sends, in bytes. */
    private static final int SEGMENTS = 61_440;

    /**
     * Sends datagrams, without asking the other end first. When it is to give the kernel many of them at once, the kernel
     * carries them as one packet as long as it can (UDP_SEGMENT).
     */
    private static final String SEND = """
            import socket, sys, time
            address, rate, size, together = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            if together > size:
                s.setsockopt(socket.IPPROTO_UDP, 103, size)
            s.connect((address, 5201))
            data = bytes(together // size * size)
            due = time.monotonic()
            while True:
                try:
                    s.send(data)
                except OSError:
                    pass
                now = time.monotonic()
                due = max(due + len(data) * 8 / rate, now - .01)
                if due > now:
                    time.sleep(due - now)
            """;

    private static final String TAKE_NOTHING = """
            import signal, socket
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.bind(('', 5201))
            signal.pause()
            """;

    /** What is sent, and by whom. */
    public enum Protocol {
        /** By iperf3. */
        TCP,
        /** By iperf3, whose ends talk by TCP first. */
        UDP,
        /** Without a word before, which would be lost where more is sent than is carried. */
        UDP_ALONE,
        /** In segments of 60 KB, as applications send that are in a hurry. */
        UDP_SEGMENTS
    }

    /**
     * What arrived.
     *
     * @param bits frames' bits in a second, as on a wire: what is carried as one segment is counted as many
     * @param packets packets in a second
     */
    public record Rate(double bits, double packets) {}

    private Throughput() {}

    /**
     * Sends from one namespace to an address of another.
     *
     * @param bits what UDP tries to send a second; of TCP as much as it can
     * @param length how long to count
     */
    public static Rate measure(
            String from, String to, String address, Protocol protocol, long bits, Duration length, Path log) {
        return measure(from, to, address, protocol, bits, DATAGRAM, length, log);
    }

    /** The same with datagrams of this many bytes. */
    public static Rate measure(
            String from,
            String to,
            String address,
            Protocol protocol,
            long bits,
            int datagram,
            Duration length,
            Path log) {
        boolean alone = protocol == Protocol.UDP_ALONE || protocol == Protocol.UDP_SEGMENTS;
        List<String> receiver = alone ? in(to, "python3", "-c", TAKE_NOTHING) : in(to, "iperf3", "-s");
        try (Background server = Background.start(log, receiver)) {
            Wait.until(
                    "the receiver to listen",
                    () -> server.isAlive()
                            && Shell.run(in(to, "ss", alone ? "-Hlnu" : "-Hlnt"))
                                    .contains(":5201"));
            try (Background sender = load(from, to, address, protocol, bits, datagram, log)) {
                String looks = Shell.run(in(
                        to,
                        "sh",
                        "-c",
                        "sleep " + WARM.toMillis() / 1000.0 + "; " + LOOK + "; sleep " + length.toMillis() / 1000.0
                                + "; " + LOOK));
                if (!sender.isAlive()) {
                    throw new IllegalStateException("the sender ended: " + sender.output());
                }
                String[] lines = looks.strip().split("\n");
                return rate(lines[0].split(" "), lines[1].split(" "), protocol, datagram);
            }
        }
    }

    /** Sends datagrams without asking first until it is closed, and comes back when they arrive. */
    public static Background load(String from, String to, String address, long bits, Path log) {
        return load(from, to, address, Protocol.UDP_ALONE, bits, DATAGRAM, log);
    }

    private static Background load(
            String from, String to, String address, Protocol protocol, long bits, int datagram, Path log) {
        long before = packets(look(to));
        Background sender = Background.start(log, sender(from, address, protocol, bits, datagram));
        try {
            Wait.until("packets to arrive", () -> packets(look(to)) >= before + FLOWING);
            return sender;
        } catch (RuntimeException | Error e) {
            sender.close();
            throw e;
        }
    }

    /**
     * How fast TCP arrives at a receiver, once it does.
     *
     * @param shell runs a line at the receiver and gives what it prints
     * @param length how long to count
     */
    public static Rate receivedByTcp(UnaryOperator<String> shell, Duration length) {
        long before = packets(shell.apply(SIMPLE_LOOK).strip().split(" "));
        Wait.until(
                "packets to arrive",
                () -> packets(shell.apply(SIMPLE_LOOK).strip().split(" ")) >= before + FLOWING);
        String[] lines = shell.apply("sleep " + WARM.toSeconds() + "; " + SIMPLE_LOOK + "; sleep " + length.toSeconds()
                        + "; " + SIMPLE_LOOK)
                .strip()
                .split("\n");
        return rate(lines[0].split(" "), lines[1].split(" "), Protocol.TCP, DATAGRAM);
    }

    private static List<String> sender(String from, String address, Protocol protocol, long bits, int datagram) {
        List<String> iperf = in(from, "iperf3", "-c", address, "-t", "3600", "--connect-timeout", "20000");
        String size = String.valueOf(datagram);
        return switch (protocol) {
            case TCP -> iperf;
            case UDP -> {
                iperf.addAll(List.of("-u", "-b", String.valueOf(bits), "-l", size));
                yield iperf;
            }
            case UDP_ALONE -> in(from, "python3", "-c", SEND, address, String.valueOf(bits), size, size);
            case UDP_SEGMENTS ->
                in(from, "python3", "-c", SEND, address, String.valueOf(bits), size, String.valueOf(SEGMENTS));
        };
    }

    private static String[] look(String namespace) {
        return Shell.run(in(namespace, "sh", "-c", LOOK)).strip().split(" ");
    }

    private static long packets(String[] look) {
        return Long.parseLong(look[1]);
    }

    private static Rate rate(String[] before, String[] after, Protocol protocol, int datagram) {
        double bytes = Long.parseLong(after[0]) - Long.parseLong(before[0]);
        double packets = packets(after) - packets(before);
        double seconds = (Long.parseLong(after[2]) - Long.parseLong(before[2])) / 1e9;
        double wire = switch (protocol) {
            case TCP -> onWire(bytes, packets, PAYLOAD, HEADERS);
            case UDP, UDP_ALONE -> packets * (datagram + DATAGRAM_HEADERS);
            case UDP_SEGMENTS -> onWire(bytes, packets, datagram, DATAGRAM_HEADERS);
        };
        return new Rate(wire * 8 / seconds, packets / seconds);
    }

    /** What these packets are on a wire, where each payload has headers of its own. */
    private static double onWire(double bytes, double packets, int payload, int headers) {
        return (bytes - packets * headers) / payload * (payload + headers);
    }

    private static List<String> in(String namespace, String... command) {
        List<String> line = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace));
        line.addAll(List.of(command));
        return line;
    }
}
