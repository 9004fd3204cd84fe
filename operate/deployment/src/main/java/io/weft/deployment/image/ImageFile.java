package io.weft.deployment.image;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * An entry of a layer.
 *
 * @param path where, from the root and without a slash at either end
 * @param mode permissions
 */
public record ImageFile(String path, int mode, Content content) {
    /** What is there. */
    public sealed interface Content {
        /** A directory. */
        record Directory() implements Content {}

        /** A symbolic link. */
        record Link(String target) implements Content {}

        /** A file with the content of a file of this machine, following links. */
        record Copy(Path source) implements Content {}

        /** A file with this text. */
        record Text(String text) implements Content {
            byte[] bytes() {
                return text.getBytes(StandardCharsets.UTF_8);
            }
        }
    }

    public ImageFile {
        if (path.isEmpty() || path.startsWith("/") || path.endsWith("/") || path.contains("..")) {
            throw new IllegalArgumentException("'" + path + "' is no path in an image");
        }
    }

    public static ImageFile directory(String path, int mode) {
        return new ImageFile(path, mode, new Content.Directory());
    }

    public static ImageFile link(String path, String target) {
        return new ImageFile(path, 0777, new Content.Link(target));
    }

    public static ImageFile copy(String path, int mode, Path source) {
        return new ImageFile(path, mode, new Content.Copy(source));
    }

    public static ImageFile text(String path, String text) {
        return new ImageFile(path, 0644, new Content.Text(text));
    }
}
