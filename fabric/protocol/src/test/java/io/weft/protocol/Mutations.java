package io.weft.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Changes bytes the way that faults and attackers do. */
final class Mutations {
    private static final byte[] TELLING = "{}[]\",:\\/.0123456789-eEtrufalsn \n\0".getBytes(StandardCharsets.UTF_8);

    private Mutations() {}

    static byte[] change(Random random, byte[] original) {
        byte[] bytes = original.clone();
        for (int i = 1 + random.nextInt(3); i > 0 && bytes.length > 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = TELLING[random.nextInt(TELLING.length)];
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                case 3 -> bytes = join(bytes, 0, at, bytes, Math.min(bytes.length, at + 1 + random.nextInt(8)));
                case 4 -> bytes = join(bytes, 0, at, bytes, random.nextInt(bytes.length));
                default -> {
                    byte[] noise = new byte[random.nextInt(40)];
                    random.nextBytes(noise);
                    bytes = join(bytes, 0, at, join(noise, 0, noise.length, bytes, at), 0);
                }
            }
        }
        return bytes;
    }

    private static byte[] join(byte[] head, int headFrom, int headTo, byte[] tail, int tailFrom) {
        byte[] joined =
                Arrays.copyOf(Arrays.copyOfRange(head, headFrom, headTo), headTo - headFrom + tail.length - tailFrom);
        System.arraycopy(tail, tailFrom, joined, headTo - headFrom, tail.length - tailFrom);
        return joined;
    }
}
