package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The sources of the data path, somewhat altered, and what is compiled of them. */
final class AlteredDataPath {
    private static final Path SOURCES = Path.of("src/main/bpf");

    /** What was compiled already, by what was altered: several tests run the same builds. */
    private static final Map<List<String>, byte[]> IMAGES = new ConcurrentHashMap<>();

    private final Path directory;
    private final Path sources;
    private final List<String> alterations = new ArrayList<>();

    /** A copy, as they are, in a directory that outlives it. */
    AlteredDataPath(Path directory) throws IOException {
        this.directory = directory;
        sources = Files.createTempDirectory(directory, "bpf");
        copy(SOURCES, sources);
    }

    /**
     * A build whose connections and translations are longer, so that they stand in tables of another version, and that
     * has something to say in the new fields.
     */
    static AlteredDataPath ofAnotherLayout(Path directory) throws IOException {
        return new AlteredDataPath(directory)
                .with("tables.h", "#define VERSION_OF_connection_sets 1\n", "#define VERSION_OF_connection_sets 2\n")
                .with("tables.h", "#define VERSION_OF_translations 1\n", "#define VERSION_OF_translations 2\n")
                .with(
                        "tables.h",
                        "    __u32 checked;  /* flow_generation",
                        "    __u32 checked;\n    __u32 grown[4]; /* flow_generation")
                .with("tables.h", "sizeof(struct connection) == 88", "sizeof(struct connection) == 104")
                .with("tables.h", "CONNECTION_WAYS * 128", "CONNECTION_WAYS * 144")
                .with(
                        "tables.h",
                        "    __u32 seen; /* ticks: the last packet */\n};",
                        "    __u32 seen; /* ticks: the last packet */\n    __u32 grown[2];\n};")
                .with("tables.h", "sizeof(struct translation) == 16", "sizeof(struct translation) == 24")
                .with(
                        "track.h",
                        "    fresh->sequence = sequence;\n",
                        "    fresh->sequence = sequence;\n    fresh->grown[3] = 4711;\n");
    }

    /**
     * Replaces what stands once in a header.
     *
     * @param file a name in {@code weft/}
     */
    AlteredDataPath with(String file, String right, String wrong) throws IOException {
        Path path = sources.resolve("weft").resolve(file);
        String text = Files.readString(path);
        assertThat(text.split(Pattern.quote(right), -1))
                .as("%s has this, once: %s", file, right)
                .hasSize(2);
        Files.writeString(path, text.replace(right, wrong));
        alterations.addAll(List.of(file, right, wrong));
        return this;
    }

    /** The directory that the objects are under, as resources. */
    Path compile() throws IOException {
        Path classes = Files.createTempDirectory(directory, "classes");
        Process build = new ProcessBuilder(sources.resolve("build.sh").toString(), classes.toString())
                .inheritIO()
                .start();
        assertThat(build.onExit().join().exitValue()).as("it compiles").isZero();
        return classes;
    }

    /** The compiled programs. */
    byte[] image() throws IOException {
        byte[] known = IMAGES.get(alterations);
        if (known != null) {
            return known;
        }
        byte[] image = Files.readAllBytes(compile().resolve("io/weft/vrouter/vrouter.o"));
        IMAGES.put(List.copyOf(alterations), image);
        return image;
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(path)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
