package io.weft.vrouter;

/**
 * This node's side of the pair into the service namespace, under key 0.
 *
 * @param device the ifindex of the host's end, whose peer must be in another namespace; 0 for none
 */
public record Services(int device) {
    static final Codec<Services> CODEC =
            new Codec<>(4, (services, out) -> out.putInt(services.device), in -> new Services(in.getInt()));
}
