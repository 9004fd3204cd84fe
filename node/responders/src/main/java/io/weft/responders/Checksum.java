package io.weft.responders;

/** The Internet checksum (RFC 1071). */
final class Checksum {
    private Checksum() {}

    /** The sum of 16-bit words of a range; an odd last byte is padded with zero. Not yet folded. */
    static long sum(byte[] bytes, int from, int to) {
        long sum = 0;
        for (int i = from; i + 1 < to; i += 2) {
            sum += (bytes[i] & 0xff) << 8 | bytes[i + 1] & 0xff;
        }
        return (to - from) % 2 == 0 ? sum : sum + ((bytes[to - 1] & 0xff) << 8);
    }

    /** The complement of the folded sum. */
    static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) (~folded & 0xffff);
    }
}
