package io.weft.deployment.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ImageTest {
    @TempDir
    private Path directory;

    private Image image(String name) throws IOException {
        Path tool = directory.resolve("tool");
        Files.writeString(tool, "a tool");
        Files.setLastModifiedTime(tool, FileTime.from(Instant.ofEpochSecond(name.hashCode())));
        return Image.write(
                "localhost/" + name,
                "1",
                List.of(
                        List.of(
                                ImageFile.link("var/run", "/run"),
                                ImageFile.copy("usr/bin/tool", 0755, tool),
                                ImageFile.directory("tmp", 01777)),
                        List.of(ImageFile.text("etc/" + "a".repeat(120), "long"))),
                List.of("/usr/bin/tool"),
                List.of("PATH=/usr/bin"),
                directory.resolve(name));
    }

    private static Map<String, TarArchiveEntry> entries(InputStream in) throws IOException {
        Map<String, TarArchiveEntry> entries = new LinkedHashMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                entries.put(entry.getName(), entry);
            }
        }
        return entries;
    }

    private static TarArchiveEntry entry(Map<String, TarArchiveEntry> entries, String path) {
        return Objects.requireNonNull(entries.get(path), path);
    }

    @Test
    void equalContentsAreEqualBytesWheneverAndWhereverTheyAreWritten() throws IOException {
        Image one = image("one");
        Image two = image("two");
        assertThat(two.tag()).isEqualTo(one.tag()).startsWith("1-").hasSize(14);
        assertThat(two.manifest().digest()).isEqualTo(one.manifest().digest());
        assertThat(one.reference()).isEqualTo("localhost/one:" + one.tag());
    }

    @Test
    void aLayerHasItsFilesSortedWithTheirDirectories() throws IOException {
        Map<String, TarArchiveEntry> entries = entries(new GZIPInputStream(
                Files.newInputStream(image("one").layers().getFirst().file())));
        assertThat(entries.keySet()).containsExactly("tmp/", "usr/", "usr/bin/", "usr/bin/tool", "var/", "var/run");
        assertThat(entry(entries, "usr/bin/tool").getMode() & 0777).isEqualTo(0755);
        assertThat(entry(entries, "tmp/").getMode() & 07777).isEqualTo(01777);
        assertThat(entry(entries, "var/run").getLinkName()).isEqualTo("/run");
        assertThat(entries.values())
                .allSatisfy(entry ->
                        assertThat(entry.getLastModifiedTime().toInstant()).isEqualTo(Instant.ofEpochSecond(1)));
    }

    @Test
    void anArchiveIsAnOciLayoutAndWhatDockerReads() throws IOException {
        Image image = image("one");
        Path archive = directory.resolve("images.tar");
        Archive.write(archive, List.of(image, image.named("registry.test/other")));
        Map<String, TarArchiveEntry> entries = entries(Files.newInputStream(archive));
        // A blob that both share is there once.
        assertThat(entries.keySet())
                .contains("oci-layout", "index.json", "manifest.json")
                .hasSize(3 + 4);
        image.blobs()
                .forEach(blob ->
                        assertThat(entry(entries, blob.place()).getSize()).isEqualTo(blob.size()));
    }

    @Test
    void theManifestRefersToWhatIsThere() throws IOException {
        Image image = image("one");
        JsonNode manifest =
                Image.JSON.readTree(Files.readAllBytes(image.manifest().file()));
        assertThat(manifest.path("config").path("digest").asString())
                .isEqualTo(image.configuration().digest());
        assertThat(manifest.path("layers").size()).isEqualTo(2);
        JsonNode configuration =
                Image.JSON.readTree(Files.readAllBytes(image.configuration().file()));
        assertThat(configuration.path("config").path("Entrypoint").path(0).asString())
                .isEqualTo("/usr/bin/tool");
        assertThat(configuration.path("rootfs").path("diff_ids").size()).isEqualTo(2);
    }

    @Test
    void aPathOutsideOrTwiceIsRefused() {
        assertThatThrownBy(() -> ImageFile.text("../x", "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Layer.write(
                        List.of(ImageFile.text("x", ""), ImageFile.text("x", "")), directory.resolve("layer")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("twice");
    }

    @Test
    void aRegistryGetsWhatItLacks() throws IOException, InterruptedException {
        try (FakeRegistry fake = new FakeRegistry("user:secret");
                Registry registry = new Registry(Optional.of("user:secret"))) {
            Image image = image("one").named("127.0.0.1:" + fake.port() + "/team/weft");
            registry.push(image);
            assertThat(fake.manifests())
                    .containsEntry("team/weft:" + image.tag(), image.manifest().digest());
            assertThat(fake.blobs())
                    .containsExactlyInAnyOrderElementsOf(
                            image.blobs().map(Blob::digest).toList());
            int uploads = fake.uploads();
            registry.push(image);
            assertThat(fake.uploads()).as("what is there is not sent again").isEqualTo(uploads);
        }
    }

    @Test
    void aRegistryThatRefusesIsQuoted() throws IOException {
        try (FakeRegistry fake = new FakeRegistry("user:secret");
                Registry registry = new Registry(Optional.of("user:wrong"))) {
            Image image = image("one").named("127.0.0.1:" + fake.port() + "/team/weft");
            assertThatThrownBy(() -> registry.push(image))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("a token: 401");
            assertThatThrownBy(() -> registry.push(image.named("nowhere")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("HOST[:PORT]/PATH");
        }
    }
}
