package io.weft.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class MasterKeyTest {
    private static final Secret SECRET = Secret.owned("swordfish".getBytes(StandardCharsets.UTF_8));

    @TempDir
    private Path directory;

    @Test
    void isMadeOnceAndReadableByItsOwnerOnly() throws IOException {
        Path file = directory.resolve("new/master.key");
        String sealed = MasterKey.readOrCreate(file).encrypt("place", SECRET);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(MasterKey.readOrCreate(file).decrypt("place", sealed).reveal())
                .isEqualTo(SECRET.reveal());
        try (var files = Files.list(file.getParent())) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void othersMayNotReadTheFile() throws IOException {
        Path file = directory.resolve("master.key");
        MasterKey.readOrCreate(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> MasterKey.read(file)).hasMessageContaining("chmod 600");
    }

    @Test
    void anotherKeyOrPlaceDecryptsNothing() {
        MasterKey key = MasterKey.readOrCreate(directory.resolve("one"));
        String sealed = key.encrypt("place", SECRET);
        assertThatThrownBy(() -> key.decrypt("elsewhere", sealed)).isInstanceOf(IdentityException.class);
        assertThatThrownBy(
                        () -> MasterKey.readOrCreate(directory.resolve("two")).decrypt("place", sealed))
                .hasMessageContaining("not the one");
        assertThatThrownBy(() -> key.decrypt("place", "AAAA")).isInstanceOf(IdentityException.class);
    }

    @Test
    void aSecretIsNeitherPrintedNorWrittenAsJson() {
        assertThat(SECRET.toString()).doesNotContain("swordfish");
        record Holder(String name, Secret secret) {}
        assertThat(JsonMapper.builder().build().writeValueAsString(new Holder("a", SECRET)))
                .isEqualTo("{\"name\":\"a\"}");
        assertThat(Map.of("secret", SECRET)).hasToString("{secret=(secret)}");
    }
}
