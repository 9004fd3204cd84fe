package io.weft.vrouter;

import io.weft.model.IpAddress;

/**
 * Whom an address in the service namespace stands for; the key is that address.
 *
 * @param device the port's place: the ifindex of its device, or a {@link Tag#place}
 * @param address the port's address, of the key's family
 */
public record ServiceAddress(int device, IpAddress address) {
    static final Codec<ServiceAddress> CODEC = new Codec<>(
            20,
            (client, out) -> {
                out.putInt(client.device);
                Codec.putAddress(out, client.address);
            },
            in -> new ServiceAddress(in.getInt(), Codec.getAddress(in)));
}
