package io.weft.vrouter;

import io.weft.model.MacAddress;
import java.nio.ByteBuffer;

/**
 * Who has an address: the MAC that ARP and ND answer, and where routed packets for it go. A router's own addresses stand
 * here too, with a place of kind {@link Place.Kind#ROUTER}: echo requests to them are answered.
 */
public record AddressOwner(MacAddress mac, Place place) {
    static final Codec<AddressOwner> CODEC = new Codec<>(16, AddressOwner::write, AddressOwner::read);

    static void write(AddressOwner owner, ByteBuffer out) {
        Codec.putMac(out, owner.mac);
        Place.write(owner.place, out);
    }

    static AddressOwner read(ByteBuffer in) {
        return new AddressOwner(Codec.getMac(in), Place.read(in));
    }
}
