package io.weft.deployment.image;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A file with images that is two things at once: an OCI image layout, which containerd and podman import, and the archive
 * that {@code docker load} reads. Unpacked it is a directory with an OCI layout.
 */
public final class Archive {
    private static final String INDEX_TYPE = "application/vnd.oci.image.index.v1+json";

    private Archive() {}

    /** Writes images into a file, in place of an older one in one step. */
    public static void write(Path target, List<Image> images) throws IOException {
        Map<String, ImageFile> files = new TreeMap<>();
        for (Image image : images) {
            Stream.concat(image.blobs(), Stream.of(image.manifest()))
                    .forEach(blob -> files.put(blob.place(), ImageFile.copy(blob.place(), 0644, blob.file())));
        }
        add(files, "oci-layout", Map.of("imageLayoutVersion", "1.0.0"));
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("schemaVersion", 2);
        index.put("mediaType", INDEX_TYPE);
        index.put("manifests", images.stream().map(Archive::described).toList());
        add(files, "index.json", index);
        add(files, "manifest.json", images.stream().map(Archive::forDocker).toList());
        Path fresh = Files.createTempFile(target.toAbsolutePath().getParent(), ".images-", "");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(fresh));
                TarArchiveOutputStream tar = Layer.open(out)) {
            for (ImageFile file : files.values()) {
                Layer.add(tar, file);
            }
        }
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void add(Map<String, ImageFile> files, String path, Object json) {
        files.put(path, ImageFile.text(path, Image.JSON.writeValueAsString(json)));
    }

    private static Map<String, Object> described(Image image) {
        Map<String, Object> descriptor = image.manifest().descriptor();
        Map<String, String> annotations = new LinkedHashMap<>();
        annotations.put("io.containerd.image.name", image.reference());
        annotations.put("org.opencontainers.image.ref.name", image.reference());
        descriptor.put("annotations", annotations);
        Map<String, String> platform = new LinkedHashMap<>();
        platform.put("architecture", Image.architecture());
        platform.put("os", "linux");
        descriptor.put("platform", platform);
        return descriptor;
    }

    private static Map<String, Object> forDocker(Image image) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("Config", image.configuration().place());
        entry.put("RepoTags", List.of(image.reference()));
        entry.put("Layers", image.layers().stream().map(Blob::place).toList());
        return entry;
    }
}
