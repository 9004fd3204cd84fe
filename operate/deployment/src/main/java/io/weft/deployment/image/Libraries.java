package io.weft.deployment.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The shared libraries that programs of this machine need, as its dynamic linker finds them. */
public final class Libraries {
    private static final Pattern LINE = Pattern.compile("\\s*(?:\\S+ => )?(/\\S+) \\(0x[0-9a-f]+\\)");

    private Libraries() {}

    /**
     * The libraries of some programs and libraries, each where programs look for it, with the linker itself.
     *
     * @param own directories of the image's own, where libraries are looked for, too, and are not listed
     * @throws IOException naming what one of them misses
     */
    public static Collection<ImageFile> of(Collection<Path> programs, List<Path> own)
            throws IOException, InterruptedException {
        Map<String, ImageFile> found = new TreeMap<>();
        for (Path program : programs) {
            ProcessBuilder linker = new ProcessBuilder("ldd", program.toString()).redirectErrorStream(true);
            linker.environment()
                    .put("LD_LIBRARY_PATH", own.stream().map(Path::toString).collect(Collectors.joining(":")));
            Process process = linker.start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0 || text.contains("not found")) {
                throw new IOException("ldd " + program + ": " + text.strip());
            }
            for (String line : text.lines().toList()) {
                Matcher matcher = LINE.matcher(line);
                if (matcher.matches()) {
                    Path library = Path.of(matcher.group(1)).normalize();
                    if (own.stream().noneMatch(library::startsWith)) {
                        add(found, library);
                    }
                }
            }
        }
        return found.values();
    }

    private static void add(Map<String, ImageFile> found, Path library) throws IOException {
        if (!Files.isRegularFile(library)) {
            throw new IOException(library + ": there is no such file");
        }
        String place = library.toString().substring(1);
        found.put(place, ImageFile.copy(place, 0755, library));
    }
}
