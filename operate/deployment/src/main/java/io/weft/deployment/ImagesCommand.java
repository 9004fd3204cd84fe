package io.weft.deployment;

import io.weft.deployment.image.Archive;
import io.weft.deployment.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weft images}. */
@Command(
        name = "images",
        description =
                "Makes the container images of this build, without a container engine: one archive that is both an OCI"
                        + " image layout ('ctr -n k8s.io images import') and what 'docker load' reads.",
        mixinStandardHelpOptions = true)
final class ImagesCommand implements Callable<Integer> {
    @Mixin
    private final BuiltImages images = new BuiltImages();

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "where weft-images.tar and what it is made from are written; default ${DEFAULT-VALUE}")
    private Path directory = Path.of("images");

    @Override
    public Integer call() throws IOException, InterruptedException {
        Files.createDirectories(directory);
        List<Image> all = images.build(directory);
        Path archive = directory.resolve("weft-images.tar");
        Archive.write(archive, all);
        for (Image image : all) {
            System.out.printf("%s  %.1f MB%n", image.reference(), image.size() / 1e6);
        }
        System.out.println(archive);
        return 0;
    }
}
