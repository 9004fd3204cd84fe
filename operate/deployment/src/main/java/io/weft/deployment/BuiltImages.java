package io.weft.deployment;

import io.weft.deployment.image.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Where the images' contents are, as the launcher says it. */
final class BuiltImages {
    @Option(
            names = "--class-path",
            paramLabel = "FILE",
            required = true,
            hidden = true,
            description = "the class path of the command line; ./weft gives it")
    private Path classPath = Path.of("");

    /** The image of Weft, and that of the demonstration's pods. */
    List<Image> build(Path directory) throws IOException, InterruptedException {
        List<Path> jars = WeftImages.classPath(classPath);
        return List.of(
                WeftImages.weft(List.of(jars.getFirst()), jars.subList(1, jars.size()), directory),
                WeftImages.demo(directory));
    }
}
