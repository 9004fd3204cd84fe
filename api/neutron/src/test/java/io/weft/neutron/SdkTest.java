package io.weft.neutron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.weft.rest.NoAuthentication;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The network proxy of openstacksdk ({@code python3-openstacksdk}) against a real server: every resource that is announced
 * is created, found, read, listed, changed and removed, and what was written is read back.
 */
class SdkTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final Path SDK = Path.of("/usr/lib/python3/dist-packages/openstack");

    @Test
    void everyCallOfTheSdkWorksAndReadsBackWhatWasWritten(@TempDir Path directory) throws Exception {
        assumeThat(SDK).exists();
        Path script = directory.resolve("sdk_network.py");
        try (InputStream in = SdkTest.class.getResourceAsStream("sdk_network.py")) {
            assertThat(in).isNotNull();
            Files.write(script, in.readAllBytes());
        }
        try (Cloud cloud = Cloud.withExternalNetworks(directory.resolve("store"), new NoAuthentication())) {
            String out = run(script, cloud.url());
            assertThat(out.strip()).matches("[0-9]+ went well");
            assertThat(Integer.parseInt(out.substring(0, out.indexOf(' ')))).isGreaterThan(200);
        }
    }

    private static String run(Path script, String url) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(PYTHON.toString(), script.toString(), url).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("OS_"));
        Process process = builder.start();
        try (InputStream out = process.getInputStream()) {
            return new String(out.readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            process.destroyForcibly();
        }
    }
}
