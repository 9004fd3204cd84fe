package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.fixture.PinDirectory;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The gate: every program loads on this kernel, within the bound on what the verifier has to walk, and with something to spare on
 * the 512 bytes of stack that a program shares with what it calls: another compiler takes a little more, or less.
 */
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

    @Test
    @Tag("long")
    void everyProgramLoadsWithMoreOnTheStackWhereItIsDeepest(@TempDir Path directory) throws IOException {
        String spare = "    volatile __u64 spare[4] = {%s};\n    (void)spare[3];\n";
        byte[] image = new AlteredDataPath(directory)
                .with("rewrite.h", "    __u16 sum = 0;\n", "    __u16 sum = 0;\n" + spare.formatted("from"))
                .with(
                        "connection_table.h",
                        "    __u32 slot = 0, silent = 0;\n",
                        "    __u32 slot = 0, silent = 0;\n" + spare.formatted("now"))
                .image();
        Rig.of(image).close();
    }
}
