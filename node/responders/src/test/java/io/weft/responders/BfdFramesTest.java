package io.weft.responders;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.responders.BfdPacket.State;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BfdFramesTest {
    private static final MacAddress MAC = MacAddress.parse("fa:16:3e:00:00:01");
    private static final MacAddress OTHER = MacAddress.parse("fa:16:3e:00:00:02");
    private static final List<List<IpAddress>> ENDS = List.of(
            List.of(IpAddress.parse("203.0.113.2"), IpAddress.parse("203.0.113.1")),
            List.of(IpAddress.parse("2001:db8::2"), IpAddress.parse("2001:db8::1")));
    private static final BfdPacket PACKET =
            new BfdPacket(3, State.UP, true, false, false, 20, 0x80000001, 7, 0xffffffffL, 300_000);

    private static byte[] frame(List<IpAddress> ends) {
        return BfdFrames.frame(MAC, OTHER, ends.get(0), ends.get(1), PACKET);
    }

    @Test
    void whatIsWrittenIsReadAgainAndHasRightChecksums() {
        for (List<IpAddress> ends : ENDS) {
            byte[] frame = frame(ends);
            Fixture.verified(frame);
            assertThat(BfdFrames.read(frame)).contains(new BfdFrames.Received(ends.get(0), ends.get(1), PACKET));
        }
    }

    @Test
    void theBytesAreThoseOfTheStandard() {
        assertThat(PACKET.write())
                .startsWith(0x23, 0xe0, 20, 24, 0x80, 0, 0, 1, 0, 0, 0, 7, 0xff, 0xff, 0xff, 0xff)
                .endsWith(0, 4, 0x93, 0xe0, 0, 0, 0, 0);
    }

    @Test
    void whatARouterHasPassedOnIsNotRead() {
        byte[] ipv4 = frame(ENDS.get(0));
        ipv4[22] = (byte) 254;
        byte[] ipv6 = frame(ENDS.get(1));
        ipv6[21] = (byte) 254;
        assertThat(BfdFrames.read(ipv4)).isEmpty();
        assertThat(BfdFrames.read(ipv6)).isEmpty();
    }

    /** RFC 5880, section 6.8.6. */
    @Test
    void whatAReceiverMustDiscardIsDiscarded() {
        byte[] good = PACKET.write();
        assertThat(read(good)).isTrue();
        assertThat(read(Arrays.copyOf(good, 40))).isTrue();
        assertThat(read(Arrays.copyOf(good, 23))).isFalse();
        assertThat(read(changed(good, 0, 0x43))).as("version 2").isFalse();
        assertThat(read(changed(good, 1, 0xe4))).as("authenticated").isFalse();
        assertThat(read(changed(good, 1, 0xe1))).as("multipoint").isFalse();
        assertThat(read(changed(good, 2, 0))).as("no multiplier").isFalse();
        assertThat(read(changed(good, 3, 23))).as("short").isFalse();
        assertThat(read(changed(good, 3, 25))).as("longer than there is").isFalse();
        assertThat(read(changed(changed(good, 4, 0), 7, 0)))
                .as("nameless sender")
                .isFalse();
        byte[] nameless = changed(good, 11, 0);
        assertThat(read(nameless)).as("up with nobody").isFalse();
        assertThat(read(changed(nameless, 1, 0x40))).as("down, nobody is known").isTrue();
    }

    private static boolean read(byte[] payload) {
        return BfdPacket.read(ByteBuffer.wrap(payload)).isPresent();
    }

    private static byte[] changed(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        return changed;
    }

    @Test
    void mutatedAndCutFramesAreReadOrNot() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int read = 0;
        for (int round = 0; round < 200_000; round++) {
            byte[] frame = frame(ENDS.get(round % 2));
            for (int flips = random.nextInt(6); flips > 0; flips--) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt();
            }
            if (random.nextInt(3) == 0) {
                frame = Arrays.copyOf(frame, random.nextInt(frame.length + 20));
            }
            if (BfdFrames.read(frame)
                    .filter(received -> received.packet().multiplier() > 0
                            && received.packet().own() != 0)
                    .isPresent()) {
                read++;
            }
        }
        assertThat(read).isPositive();
    }
}
