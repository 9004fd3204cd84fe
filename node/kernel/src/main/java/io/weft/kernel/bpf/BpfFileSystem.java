package io.weft.kernel.bpf;

import io.weft.kernel.Errno;
import io.weft.kernel.KernelException;
import io.weft.kernel.Libc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The file system where BPF objects are pinned. Its names have no dots: the kernel keeps those to itself. */
public final class BpfFileSystem {
    /** Where it is mounted by custom. */
    public static final Path ROOT = Path.of("/sys/fs/bpf");

    private BpfFileSystem() {}

    /** Mounts it at {@link #ROOT} when nothing is mounted there yet, in the calling process's mount namespace. */
    public static void mount() {
        if (!isMounted(ROOT)) {
            KernelException.check(Libc.mount("bpf", ROOT, "bpf", 0), "mount " + ROOT);
        }
    }

    /** Makes a directory and those above it, mounting the file system first when it is missing. */
    public static Path directory(Path path) {
        requireName(path);
        mount();
        try {
            return Files.createDirectories(path);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + path, e);
        }
    }

    /** Removes a pin; what nothing else holds ends. False when there was none. */
    public static boolean unpin(Path path) {
        try {
            return Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpin " + path, e);
        }
    }

    /** Removes a directory with all pins below it, if it exists. */
    public static void unpinAll(Path directory) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            paths.sorted(Comparator.reverseOrder()).forEach(BpfFileSystem::unpin);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot empty " + directory, e);
        }
    }

    /** The names in a directory, sorted; empty when it does not exist. */
    public static List<String> list(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + directory, e);
        }
    }

    static void pin(int fd, Path path) {
        requireName(path);
        Path parent = path.getParent();
        if (parent != null) {
            directory(parent);
        }
        KernelException.check(Libbpf.pin(fd, path), "pin " + path);
    }

    static void requireName(Path path) {
        for (Path name : path) {
            if (name.toString().indexOf('.') >= 0) {
                throw new KernelException("pin " + path, Errno.EPERM, "names in a BPF file system have no dots");
            }
        }
    }

    private static boolean isMounted(Path path) {
        try {
            return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
                    .map(line -> line.split(" ", -1))
                    .anyMatch(fields -> fields[1].equals(path.toString()) && fields[2].equals("bpf"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the mounts", e);
        }
    }
}
