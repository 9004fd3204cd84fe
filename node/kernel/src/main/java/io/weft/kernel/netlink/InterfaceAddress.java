package io.weft.kernel.netlink;

import io.weft.model.IpAddress;

/**
 * An address on an interface.
 *
 * @param interfaceIndex the interface
 * @param address the address itself
 * @param prefixLength bits of the prefix that is reached directly
 */
public record InterfaceAddress(int interfaceIndex, IpAddress address, int prefixLength) {
    @Override
    public String toString() {
        return address + "/" + prefixLength + " on " + interfaceIndex;
    }
}
