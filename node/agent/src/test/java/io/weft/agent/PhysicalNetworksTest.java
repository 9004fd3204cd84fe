package io.weft.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PhysicalNetworksTest {
    @Test
    void namesAndDevicesAreReadFromOneOptionOrFromSeveral() {
        Map<String, String> both = Map.of("public", "eth1", "lab", "eth2");
        assertThat(PhysicalNetworks.parse(List.of("public:eth1,lab:eth2")).devices())
                .isEqualTo(both);
        assertThat(PhysicalNetworks.parse(List.of("public:eth1", "lab:eth2")).devices())
                .isEqualTo(both);
        assertThat(PhysicalNetworks.parse(List.of())).isEqualTo(PhysicalNetworks.NONE);
    }

    @Test
    void whatIsWrongIsNamed() {
        refuses("public", "'public' is not NAME:DEVICE of a physical network");
        refuses("public:", "'' is no name of a device, for physical network public");
        refuses(":eth1", "'' is no name of a physical network");
        refuses("public:a-device-with-a-long-name", "is no name of a device");
        refuses("public:eth1:eth2", "is no name of a device");
        refuses("public:eth1,lab:eth1", "a device leads into one physical network");
        refuses("public:eth1,public:eth2", "physical network public is named twice");
        refuses("x".repeat(65) + ":eth1", "is no name of a physical network");
    }

    private static void refuses(String text, String why) {
        assertThatThrownBy(() -> PhysicalNetworks.parse(List.of(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}
