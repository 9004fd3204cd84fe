package io.weft.deployment.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * An image for this machine's processor.
 *
 * @param reference what it is called, with a tag that is another for other contents
 * @param manifest what registries keep under the name
 * @param configuration how it is run
 * @param layers its files, the lowest first
 */
public record Image(String reference, Blob manifest, Blob configuration, List<Blob> layers) {
    static final JsonMapper JSON = JsonMapper.builder().build();
    static final String MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
    private static final String CONFIGURATION_TYPE = "application/vnd.oci.image.config.v1+json";
    private static final int TAG_DIGITS = 12;

    public Image {
        layers = List.copyOf(layers);
    }

    /**
     * Writes an image.
     *
     * @param name its name, such as {@code localhost/weft}; the tag is the version, a dash and the beginning of the digest
     * @param files what each layer holds, the lowest first
     * @param entrypoint the command that the image runs
     * @param environment variables, each {@code NAME=VALUE}
     * @param directory where its parts are written
     */
    public static Image write(
            String name,
            String version,
            List<? extends Collection<ImageFile>> files,
            List<String> entrypoint,
            List<String> environment,
            Path directory)
            throws IOException {
        Files.createDirectories(directory);
        List<Layer> layers = new ArrayList<>();
        for (Collection<ImageFile> layer : files) {
            layers.add(Layer.write(layer, directory.resolve("layer-" + layers.size() + ".tar.gz")));
        }
        Map<String, Object> configuration = new LinkedHashMap<>();
        configuration.put("created", Layer.TIME.toString());
        configuration.put("architecture", architecture());
        configuration.put("os", "linux");
        Map<String, Object> process = new LinkedHashMap<>();
        process.put("Entrypoint", entrypoint);
        process.put("Env", environment);
        configuration.put("config", process);
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("type", "layers");
        root.put("diff_ids", layers.stream().map(Layer::diffId).toList());
        configuration.put("rootfs", root);
        Blob config = json(CONFIGURATION_TYPE, configuration, directory.resolve("config.json"));

        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", MANIFEST_TYPE);
        manifest.put("config", config.descriptor());
        manifest.put(
                "layers",
                layers.stream().map(layer -> layer.blob().descriptor()).toList());
        Blob blob = json(MANIFEST_TYPE, manifest, directory.resolve("manifest.json"));
        String tag = version + "-" + blob.digest().substring("sha256:".length()).substring(0, TAG_DIGITS);
        return new Image(
                name + ":" + tag, blob, config, layers.stream().map(Layer::blob).toList());
    }

    /** The same contents by another name; the tag stays. */
    public Image named(String name) {
        return new Image(name + ":" + tag(), manifest, configuration, layers);
    }

    /** The reference without its tag. */
    public String name() {
        return reference.substring(0, reference.lastIndexOf(':'));
    }

    public String tag() {
        return reference.substring(reference.lastIndexOf(':') + 1);
    }

    /** The bytes that a node has to fetch. */
    public long size() {
        return blobs().mapToLong(Blob::size).sum();
    }

    /** Everything that the manifest refers to. */
    Stream<Blob> blobs() {
        return Stream.concat(layers.stream(), Stream.of(configuration));
    }

    /** The processor that images are for, as OCI names it. */
    public static String architecture() {
        return switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            case String other -> other;
        };
    }

    private static Blob json(String type, Map<String, Object> value, Path file) throws IOException {
        Files.write(file, JSON.writeValueAsBytes(value));
        return Blob.of(type, file);
    }
}
