package io.weft.client;

import io.weft.model.IpAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * An address that a port shall have.
 *
 * @param subnet from which subnet; empty leaves it to the address
 * @param address which; empty for any free one
 */
public record AddressWish(Optional<UUID> subnet, Optional<IpAddress> address) {
    /** Any free address of the subnet. */
    public static AddressWish from(UUID subnet) {
        return new AddressWish(Optional.of(subnet), Optional.empty());
    }

    /** This address. */
    public static AddressWish of(IpAddress address) {
        return new AddressWish(Optional.empty(), Optional.of(address));
    }

    Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>();
        subnet.ifPresent(id -> values.put("subnet_id", id.toString()));
        address.ifPresent(ip -> values.put("ip_address", ip.toString()));
        return values;
    }
}
