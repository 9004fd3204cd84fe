package io.weft.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthenticationFileTest {
    @TempDir
    private Path directory;

    private Path file(String permissions, String... lines) throws IOException {
        Path file = directory.resolve("api.properties");
        Files.writeString(file, String.join("\n", lines));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void aFileSaysWhoCallsAndWhere() throws IOException {
        assertThat(AuthenticationFile.read(file(
                        "rw-------", "containers.api.url = http://127.0.0.1:9696", "containers.api.project = alpha")))
                .isEqualTo(new Authentication.None(URI.create("http://127.0.0.1:9696"), Optional.of("alpha")));
        assertThat(AuthenticationFile.read(
                        file("rw-r-----", "containers.api.url = https://net.example", "containers.api.token = t")))
                .isEqualTo(new Authentication.Token(URI.create("https://net.example"), "t"));
        assertThat(AuthenticationFile.read(file(
                        "rw-------",
                        "containers.api.keystone.url = https://id.example/v3",
                        "containers.api.keystone.region = two",
                        "containers.api.keystone.application-credential-id = i",
                        "containers.api.keystone.application-credential-secret = s")))
                .isEqualTo(new Authentication.Keystone(
                        URI.create("https://id.example/v3"),
                        new Authentication.ApplicationCredential("i", "s"),
                        Optional.of("two"),
                        "public",
                        Optional.empty()));
    }

    @Test
    void whatIsMissingUnknownOrOpenToOthersIsNamed() throws IOException {
        refused("containers.api.url is missing", "rw-------", "containers.api.project = alpha");
        refused(
                "keystone.password is missing",
                "rw-------",
                "containers.api.keystone.url = http://x",
                "containers.api.keystone.username = u");
        refused("[containers.api.tokn]", "rw-------", "containers.api.url = http://x", "containers.api.tokn = t");
        refused("must be http or https", "rw-------", "containers.api.url = ftp://x");
        refused("is no URL", "rw-------", "containers.api.url = http://a b");
        refused("chmod 600", "rw-r--r--", "containers.api.url = http://x");
    }

    private void refused(String message, String permissions, String... lines) throws IOException {
        Path file = file(permissions, lines);
        assertThatThrownBy(() -> AuthenticationFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }
}
