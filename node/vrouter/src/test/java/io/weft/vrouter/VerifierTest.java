package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.fixture.PinDirectory;
import org.junit.jupiter.api.Test;

/** The gate: every program loads on this kernel, within the bound on what the verifier has to walk. */
class VerifierTest {
    private static final int BOUND = 250_000;

    @Test
    void everyProgramLoadsWithinTheBound() {
        try (PinDirectory pins = new PinDirectory();
                KernelVrouter vrouter = KernelVrouter.load(new Configuration(pins.path(), Sizes.small()))) {
            for (String program : new String[] {
                "from_workload", "from_uplink", "from_tunnel_device", "from_service", "from_external", "from_shaper"
            }) {
                var info = vrouter.program(program).info();
                System.out.println(program + ": " + info);
                assertThat(info.verifiedInstructions()).isPositive().isLessThan(BOUND);
            }
        }
    }
}
