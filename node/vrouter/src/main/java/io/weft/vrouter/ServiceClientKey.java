package io.weft.vrouter;

import io.weft.model.IpAddress;

/**
 * A port's address that may ask the services; the value is the address that stands for it in the service namespace.
 *
 * @param port {@link Port#number}
 * @param address one of the port's own
 */
public record ServiceClientKey(int port, IpAddress address) {
    static final Codec<IpAddress> VALUE =
            new Codec<>(16, (address, out) -> Codec.putAddress(out, address), Codec::getAddress);

    static final Codec<ServiceClientKey> CODEC = new Codec<>(
            20,
            (key, out) -> {
                out.putInt(key.port);
                Codec.putAddress(out, key.address);
            },
            in -> new ServiceClientKey(in.getInt(), Codec.getAddress(in)));
}
