package io.weft.deployment;

import io.weft.deployment.image.Image;
import io.weft.deployment.image.ImageFile;
import io.weft.deployment.image.Libraries;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * What is in Weft's images, taken from this machine: the libraries of the system and the programs that a node needs, a Java
 * runtime with the modules that are used, other people's jars, and Weft's own, which changes most often and is the topmost.
 */
public final class WeftImages {
    /** The name of the image of server, controller and agent. */
    public static final String WEFT = "localhost/weft";
    /** The name of the image of the demonstration's pods. */
    public static final String DEMO = "localhost/weft-demo";

    private static final String VERSION = "0.1.0";
    private static final String MODULES =
            "java.base,java.compiler,java.desktop,java.logging,java.management,java.naming,"
                    + "java.net.http,java.security.jgss,java.sql,java.xml,jdk.crypto.ec,jdk.jcmd,jdk.management,jdk.naming.dns,"
                    + "jdk.net,jdk.unsupported,jdk.zipfs";
    /** Windows, fonts and sounds, which the module of beans brings along. */
    private static final String DESKTOP =
            "libawt.*|libfont.*|libfreetype.*|libjavajpeg.*|libjsound.*|liblcms.*|libmlib.*|libsplash.*|libjawt.*";

    /** Below this, in the class path's jar, is what runs on developers' machines alone. */
    private static final List<String> NOT_SHIPPED =
            List.of("io/weft/e2e/", "io/weft/bench/", "io/weft/deployment/", "META-INF/");

    private static final LocalDateTime JAR_TIME = LocalDateTime.of(1980, 1, 1, 0, 0, 2);
    private static final String JAVA = "weft/java";

    private WeftImages() {}

    /**
     * The image of everything that Weft runs.
     *
     * @param own jars or directories with Weft's classes
     * @param others the jars that these need
     * @param directory where its parts are kept; the Java runtime there is used again
     */
    public static Image weft(List<Path> own, List<Path> others, Path directory)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Path runtime = runtime(directory.toRealPath());
        SortedMap<String, byte[]> contents = contents(own);
        Path jar = directory.resolve("weft.jar");
        write(contents, jar);
        List<ImageFile> jars = others.stream()
                .map(each -> ImageFile.copy("weft/lib/" + each.getFileName(), 0644, each))
                .toList();
        String path = Stream.concat(Stream.of("/weft/weft.jar"), jars.stream().map(each -> "/" + each.path()))
                .collect(Collectors.joining(":"));
        List<ImageFile> top = List.of(
                ImageFile.copy("weft/weft.jar", 0644, jar),
                options("agent", contents),
                options("server", contents),
                ImageFile.text(
                        "weft/command",
                        "--enable-native-access=ALL-UNNAMED\n-XX:+UseCompactObjectHeaders\n-Xshare:auto\n-cp\n" + path
                                + "\nio.weft.cli.Main\n"));
        return Image.write(
                WEFT,
                VERSION,
                List.of(system(runtime), tree(runtime, JAVA), jars, top),
                List.of("/" + JAVA + "/bin/java", "@/weft/command"),
                List.of("PATH=/usr/sbin:/usr/bin:/weft/java/bin", "LANG=C.UTF-8", "HOME=/root"),
                directory.resolve("weft"));
    }

    private static ImageFile options(String command, Map<String, byte[]> contents) throws IOException {
        byte[] options = contents.get("io/weft/" + command + "/jvm.options");
        if (options == null) {
            throw new IOException("what was built has no " + command);
        }
        return ImageFile.text("weft/" + command + ".options", new String(options, StandardCharsets.UTF_8));
    }

    /** The image of pods that show something: busybox and the names of its tools. */
    public static Image demo(Path directory) throws IOException, InterruptedException {
        Path busybox = program("busybox");
        List<ImageFile> files = new ArrayList<>();
        files.add(ImageFile.copy("bin/busybox", 0755, busybox));
        files.add(ImageFile.directory("tmp", 01777));
        for (String tool : List.of("sh", "cat", "echo", "httpd", "ip", "nc", "nslookup", "ping", "sleep", "wget")) {
            files.add(ImageFile.link("bin/" + tool, "busybox"));
        }
        files.add(ImageFile.text("etc/passwd", "root:x:0:0:root:/:/bin/sh\n"));
        Process process = new ProcessBuilder("ldd", busybox.toString()).start();
        if (process.waitFor() == 0) {
            throw new IOException(busybox + " is not static; install busybox-static");
        }
        return Image.write(
                DEMO,
                VERSION,
                List.of(files),
                List.of("/bin/sleep", "2147483647"),
                List.of("PATH=/bin"),
                directory.resolve("demo"));
    }

    /** The jars of a class path as {@code ./weft} writes it. */
    public static List<Path> classPath(Path file) throws IOException {
        return Stream.of(Files.readString(file).strip().split(":"))
                .map(Path::of)
                .toList();
    }

    private static Collection<ImageFile> system(Path runtime) throws IOException, InterruptedException {
        Map<String, ImageFile> files = new TreeMap<>();
        List<Path> programs = new ArrayList<>();
        programs.add(runtime.resolve("bin/java"));
        try (Stream<Path> walk = Files.walk(runtime.resolve("lib"))) {
            walk.filter(file -> file.toString().endsWith(".so")).forEach(programs::add);
        }
        Path bpf = library("libbpf.so.1");
        programs.add(bpf);
        files.put("libbpf", ImageFile.copy(bpf.toString().substring(1), 0755, bpf));
        // What rules of the host's own firewall are made with.
        Path nft = program("nft");
        programs.add(nft);
        files.put("nft", ImageFile.copy("usr/sbin/nft", 0755, nft));
        // Runtimes want it beside any network's own executable.
        files.put("loopback", ImageFile.copy("weft/cni/loopback", 0755, Path.of("/usr/lib/cni/loopback")));
        for (ImageFile file : Libraries.of(programs, List.of(runtime.resolve("lib"), runtime.resolve("lib/server")))) {
            files.put(file.path(), file);
        }
        List<ImageFile> all = new ArrayList<>(files.values());
        all.add(ImageFile.directory("tmp", 01777));
        all.add(ImageFile.directory("root", 0700));
        all.add(ImageFile.directory("run", 0755));
        // Runtimes name namespaces below /var/run.
        all.add(ImageFile.link("var/run", "/run"));
        all.add(ImageFile.directory("var/lib/weft", 0700));
        all.add(ImageFile.text("etc/passwd", "root:x:0:0:root:/root:/sbin/nologin\n"));
        all.add(ImageFile.text("etc/group", "root:x:0:\n"));
        all.add(ImageFile.text("etc/nsswitch.conf", "hosts: files dns\n"));
        return all;
    }

    private static Path runtime(Path directory) throws IOException {
        Path home = Path.of(System.getProperty("java.home"));
        String release = Files.readString(home.resolve("release")) + MODULES + DESKTOP;
        Path runtime = directory.resolve("java-" + Integer.toHexString(release.hashCode()));
        if (Files.isDirectory(runtime)) {
            return runtime;
        }
        ToolProvider jlink = ToolProvider.findFirst("jlink")
                .orElseThrow(() -> new IOException("this Java has no jlink: a whole JDK is needed"));
        Path fresh = Files.createTempDirectory(directory, "java-").resolve("image");
        StringWriter said = new StringWriter();
        PrintWriter log = new PrintWriter(said);
        int status = quietly(() -> jlink.run(
                log,
                log,
                "--add-modules",
                MODULES,
                "--strip-debug",
                "--no-header-files",
                "--no-man-pages",
                "--compress",
                "zip-0",
                "--generate-cds-archive",
                "--output",
                fresh.toString()));
        if (status != 0) {
            throw new IOException("jlink: " + said.toString().strip());
        }
        try (Stream<Path> libraries = Files.list(fresh.resolve("lib"))) {
            for (Path library : libraries.toList()) {
                if (library.getFileName().toString().matches(DESKTOP)) {
                    Files.delete(library);
                }
            }
        }
        Files.move(fresh, runtime);
        Files.delete(fresh.getParent());
        return runtime;
    }

    /** What the linker's plug-ins print goes where messages go, since manifests may go to the output. */
    private static int quietly(IntSupplier action) {
        PrintStream before = System.out;
        System.setOut(System.err);
        try {
            return action.getAsInt();
        } finally {
            System.setOut(before);
        }
    }

    private static List<ImageFile> tree(Path root, String place) throws IOException {
        try (Stream<Path> walk = Files.walk(root)) {
            return walk.filter(Files::isRegularFile)
                    // The licences of the runtime stay: they have to go along with it.
                    .map(file -> ImageFile.copy(
                            place + "/" + root.relativize(file), Files.isExecutable(file) ? 0755 : 0644, file))
                    .toList();
        }
    }

    /** What jars and directories of classes hold, without what does not belong into an image. */
    private static SortedMap<String, byte[]> contents(List<Path> own) throws IOException {
        SortedMap<String, byte[]> contents = new TreeMap<>();
        for (Path place : own) {
            if (Files.isDirectory(place)) {
                collect(place, contents);
            } else {
                try (FileSystem jar = FileSystems.newFileSystem(place)) {
                    collect(jar.getPath("/"), contents);
                }
            }
        }
        return contents;
    }

    private static void collect(Path root, Map<String, byte[]> contents) throws IOException {
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                String name = root.relativize(file).toString();
                if (name.startsWith("META-INF/services/")
                        || NOT_SHIPPED.stream().noneMatch(name::startsWith)) {
                    contents.put(name, Files.readAllBytes(file));
                }
            }
        }
    }

    /** A jar with the same bytes whenever its contents are the same. */
    private static void write(SortedMap<String, byte[]> contents, Path target) throws IOException {
        try (OutputStream file = Files.newOutputStream(target);
                ZipOutputStream out = new ZipOutputStream(file)) {
            out.setMethod(ZipOutputStream.STORED);
            for (Map.Entry<String, byte[]> content : contents.entrySet()) {
                CRC32 sum = new CRC32();
                sum.update(content.getValue());
                ZipEntry entry = new ZipEntry(content.getKey());
                entry.setTimeLocal(JAR_TIME);
                entry.setSize(content.getValue().length);
                entry.setCrc(sum.getValue());
                out.putNextEntry(entry);
                out.write(content.getValue());
                out.closeEntry();
            }
        }
    }

    private static Path library(String name) throws IOException {
        try (Stream<Path> places = Files.list(Path.of("/usr/lib"))) {
            return places.filter(Files::isDirectory)
                    .map(place -> place.resolve(name))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow(() -> new IOException("this machine has no " + name));
        }
    }

    private static Path program(String name) throws IOException {
        Optional<Path> found = Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")
                .map(place -> Path.of(place, name))
                .filter(Files::isExecutable)
                .findFirst();
        return found.orElseThrow(() -> new IOException("this machine has no " + name));
    }
}
