package io.weft.agent.drivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.kernel.netlink.InterfaceAddress;
import io.weft.model.IpAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class CarrierTest {
    private static final IpAddress OWN4 = IpAddress.parse("192.0.2.10");
    private static final IpAddress OWN6 = IpAddress.parse("2001:db8::10");

    private static InterfaceAddress on(int device, IpAddress address) {
        return new InterfaceAddress(device, address, address.isIpv4() ? 24 : 64);
    }

    @Test
    void theDeviceWithAllTunnelAddressesCarriesTheTunnel() {
        assertThat(TunnelDriver.carrier(
                        List.of(OWN4, OWN6), List.of(on(2, IpAddress.parse("192.0.2.9")), on(3, OWN4), on(3, OWN6))))
                .isEqualTo(3);
    }

    @Test
    void addressesOnDifferentDevicesAreAProblem() {
        assertThatThrownBy(() -> TunnelDriver.carrier(List.of(OWN4, OWN6), List.of(on(3, OWN4), on(4, OWN6))))
                .hasMessageContaining("different devices");
    }

    @Test
    void anAddressThatNoDeviceHasIsAProblem() {
        assertThatThrownBy(() -> TunnelDriver.carrier(List.of(OWN4, OWN6), List.of(on(3, OWN4))))
                .hasMessageContaining("no device has the address 2001:db8::10");
    }
}
