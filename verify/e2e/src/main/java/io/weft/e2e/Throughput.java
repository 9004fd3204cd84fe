package io.weft.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How fast packets arrive, by what the kernel counts at the receiver's device and the time between two looks. The sender
 * is iperf3, which goes on until it is closed; what is counted begins when the sender has been at it for a while, so that
 * no burst is in it.
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

    private static final Duration WARM = Duration.ofMillis(1500);

    /** So many packets have come when it is the load that flows, and no longer what iperf3's ends tell each other first. */
    private static final int FLOWING = 50;

    /** How iperf3 sends. */
    public enum Protocol {
        TCP,
        UDP
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
        List<String> client = in(from, "iperf3", "-c", address, "-t", "3600", "--connect-timeout", "20000");
        if (protocol == Protocol.UDP) {
            client.addAll(List.of("-u", "-b", String.valueOf(bits), "-l", String.valueOf(datagram)));
        }
        try (Background server = Background.start(log, in(to, "iperf3", "-s"))) {
            Wait.until(
                    "iperf3 to listen",
                    () -> server.isAlive() && Shell.run(in(to, "ss", "-Hltn")).contains(":5201"));
            long before = packets(look(to));
            try (Background sender = Background.start(log, client)) {
                Wait.until("packets to arrive", () -> packets(look(to)) >= before + FLOWING);
                String looks = Shell.run(in(
                        to,
                        "sh",
                        "-c",
                        "sleep " + WARM.toMillis() / 1000.0 + "; " + LOOK + "; sleep " + length.toMillis() / 1000.0
                                + "; " + LOOK));
                if (!sender.isAlive()) {
                    throw new IllegalStateException("iperf3 ended: " + sender.output());
                }
                String[] lines = looks.strip().split("\n");
                return rate(lines[0].split(" "), lines[1].split(" "), protocol, datagram);
            }
        }
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
        double wire = protocol == Protocol.UDP
                ? packets * (datagram + DATAGRAM_HEADERS)
                : (bytes - packets * HEADERS) / PAYLOAD * (PAYLOAD + HEADERS);
        return new Rate(wire * 8 / seconds, packets / seconds);
    }

    private static List<String> in(String namespace, String... command) {
        List<String> line = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace));
        line.addAll(List.of(command));
        return line;
    }
}
