package io.weft.protocol;

/**
 * Hashes sets of topics so that the same set has the same hash on every server, whatever the order in which it grew:
 * a domain is the sum of its topics, an interest is the sum of its domains, each mixed first.
 */
final class InterestHash {
    private InterestHash() {}

    /** The hash of one topic (FNV-1a of its text, mixed). */
    static long of(Topic topic) {
        long hash = 0xcbf29ce484222325L;
        String text = topic.toString();
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return mix(hash);
    }

    /** Spreads every bit over all (the finalizer of SplittableRandom). */
    static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
