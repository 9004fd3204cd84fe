package io.weft.responders;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.Ipv6Mode;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HostileInputTest {
    private static final List<String> GOLDEN = List.of(
            "dhcpv4-discover",
            "dhcpv4-request",
            "dhcpv4-reboot-wrong",
            "dhcpv4-renew",
            "dhcpv6-solicit",
            "dhcpv6-request",
            "dhcpv6-information",
            "router-solicitation");

    private static final List<byte[]> FRAMES =
            GOLDEN.stream().map(Fixture::golden).toList();

    private static void feed(byte[] frame, PortView port) {
        for (byte[] answer : Responders.answer(frame, port)) {
            assertThat(answer.length).isLessThanOrEqualTo(1514);
            Fixture.verified(answer);
        }
    }

    @Test
    void mutatedFramesAreAnsweredWellOrNotAtAll() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        PortView[] ports = Arrays.stream(Ipv6Mode.values()).map(Fixture::port).toArray(PortView[]::new);
        for (int round = 0; round < 200_000; round++) {
            byte[] frame = FRAMES.get(round % FRAMES.size()).clone();
            for (int flips = random.nextInt(6); flips >= 0; flips--) {
                // The MAC must stay right, or nothing behind it is read.
                frame[12 + random.nextInt(frame.length - 12)] = (byte) random.nextInt();
            }
            if (random.nextInt(4) == 0) {
                frame = Arrays.copyOf(frame, random.nextInt(frame.length + 40));
            }
            feed(frame, ports[random.nextInt(ports.length)]);
        }
    }

    @Test
    void randomOptionsBehindAValidHeadAreSurvived() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        PortView port = Fixture.port(Ipv6Mode.DHCPV6_STATEFUL);
        for (int round = 0; round < 100_000; round++) {
            byte[] frame = FRAMES.get(round % FRAMES.size()).clone();
            int from = frame[12] == 8 ? 14 + 28 + 240 : 14 + 48 + 4;
            if (from < frame.length) {
                for (int i = from; i < frame.length; i++) {
                    frame[i] = (byte) random.nextInt(random.nextBoolean() ? 256 : 16);
                }
            }
            feed(frame, port);
        }
    }

    @Test
    void randomBytesAreNotAnswered() {
        Random random = new Random(1);
        for (int round = 0; round < 100_000; round++) {
            byte[] frame = new byte[random.nextInt(200)];
            random.nextBytes(frame);
            assertThat(Responders.answer(frame, Fixture.port(Ipv6Mode.SLAAC))).isEmpty();
        }
    }
}
