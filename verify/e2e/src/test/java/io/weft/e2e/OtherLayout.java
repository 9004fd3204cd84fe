package io.weft.e2e;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * This build's data path with connections and translations in tables of another version: what an agent that finds it before its
 * own takes for its build's.
 */
final class OtherLayout {
    /** The table of connections. */
    static final String CONNECTIONS = "connection_sets";

    private static final Path SOURCES = Path.of("../../node/vrouter/src/main/bpf");

    private OtherLayout() {}

    /** Compiles it; returns the directory that the objects are under, as resources. */
    static Path compile(Path directory) throws IOException {
        Path sources = directory.resolve("bpf");
        Path classes = directory.resolve("classes");
        copy(SOURCES, sources);
        Path tables = sources.resolve("weft/tables.h");
        String text = Files.readString(tables);
        for (String table : List.of(CONNECTIONS, "translations")) {
            text = renumber(text, table);
        }
        Files.writeString(tables, text);
        Shell.run(sources.resolve("build.sh").toString(), classes.toString());
        return classes;
    }

    private static String renumber(String text, String table) {
        Matcher version =
                Pattern.compile("#define VERSION_OF_" + table + " (\\d+)").matcher(text);
        if (!version.find()) {
            throw new IllegalStateException("tables.h has no version of " + table);
        }
        return version.replaceFirst("#define VERSION_OF_" + table + " " + (Integer.parseInt(version.group(1)) + 1));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(path).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                Path copy = to.resolve(from.relativize(path).toString());
                Files.copy(path, copy);
                if (Files.isExecutable(path) && !copy.toFile().setExecutable(true)) {
                    throw new IOException("not executable: " + copy);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
