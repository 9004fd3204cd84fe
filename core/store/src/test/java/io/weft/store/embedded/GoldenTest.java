package io.weft.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.store.Bytes;
import io.weft.store.Keys;
import io.weft.store.MinWriter;
import io.weft.store.Transaction;
import io.weft.store.backup.Backup;
import io.weft.store.backup.Restore;
import io.weft.store.backup.Summary;
import io.weft.store.disk.FakeDisk;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** This build reads what every build before it wrote. */
class GoldenTest {
    static Path golden(String format) {
        try {
            return Path.of(GoldenTest.class.getResource("/golden/" + format).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "format-1")
    void aGoldenStoreOpensAndGoesOn(String format, @TempDir Path directory) throws IOException {
        try (Stream<Path> files = Files.list(golden(format).resolve("store"))) {
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(file.getFileName().toString()));
            }
        }
        List<String> expected = Files.readAllLines(golden(format).resolve("entries.txt"));
        long revision;
        try (EmbeddedStore store = EmbeddedStore.open(directory)) {
            assertThat(GoldenStores.lines(store)).isEqualTo(expected);
            MinWriter.check(store, 1);
            revision = store.commit(
                            Transaction.builder().put("new", Bytes.utf8("1")).build())
                    .revision();
        }
        try (EmbeddedStore store = EmbeddedStore.open(directory)) {
            assertThat(store.revision()).isEqualTo(revision);
            assertThat(GoldenStores.lines(store)).hasSize(expected.size() + 1).containsAll(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "format-1")
    void aGoldenBackupIsRestored(String format) throws IOException {
        Path file = golden(format).resolve("backup.weft");
        try (EmbeddedStore store = EmbeddedStore.open(new FakeDisk(), EmbeddedStore.Options.STANDARD)) {
            Summary verified;
            try (InputStream backup = Files.newInputStream(file)) {
                verified = Backup.verify(backup);
            }
            try (InputStream backup = Files.newInputStream(file)) {
                assertThat(Restore.into(store, backup)).isEqualTo(verified);
            }
            List<String> keys = Files.readAllLines(golden(format).resolve("entries.txt")).stream()
                    .filter(line -> !line.startsWith("leased/") && !line.startsWith(Keys.EPOCH + " "))
                    .map(line -> line.substring(0, line.indexOf(' ')))
                    .toList();
            assertThat(GoldenStores.lines(store).stream()
                            .filter(line -> !line.startsWith(Keys.EPOCH + " "))
                            .map(line -> line.substring(0, line.indexOf(' '))))
                    .isEqualTo(keys);
        }
    }
}
