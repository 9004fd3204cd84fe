package io.weft.vrouter;

/**
 * How a trunk's subport is reached; the key is its {@link Tag#place}.
 *
 * @param tag the tag that it is behind
 * @param shaper the ifindex of the device that holds back what it receives; 0 when nothing is held back
 */
public record Subport(Tag tag, int shaper) {
    static final Codec<Subport> CODEC = new Codec<>(
            12,
            (subport, out) -> {
                Tag.write(subport.tag, out);
                out.putInt(subport.shaper);
            },
            in -> new Subport(Tag.read(in), in.getInt()));
}
