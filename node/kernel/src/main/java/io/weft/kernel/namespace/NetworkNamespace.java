package io.weft.kernel.namespace;

import io.weft.kernel.Errno;
import io.weft.kernel.FileDescriptor;
import io.weft.kernel.KernelException;
import io.weft.kernel.Libc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * An open network namespace.
 *
 * <p>Safe for use by several threads; calls into it run one after the other on its own platform thread, which starts
 * with the first of them. Closing ends that thread and the descriptor, not the namespace.
 */
public final class NetworkNamespace implements AutoCloseable {
    /** Where named namespaces are, as for {@code ip netns}. */
    public static final Path DIRECTORY = Path.of("/run/netns");

    private final String name;
    private final FileDescriptor descriptor;
    private final NamespaceThread thread;

    private NetworkNamespace(String name, Path path) {
        this(
                name,
                FileDescriptor.of(Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC), "open network namespace " + name));
    }

    private NetworkNamespace(String name, FileDescriptor descriptor) {
        this.name = name;
        this.descriptor = descriptor;
        this.thread = new NamespaceThread(name, descriptor);
    }

    /**
     * Makes a namespace that nobody else can name. It ends, and its links with it, when this object is closed and no
     * socket is left in it: at the latest with this process.
     *
     * @param label for messages
     */
    public static NetworkNamespace createAnonymous(String label) {
        return new NetworkNamespace(
                label, FileDescriptor.of(NamedNamespaces.createAnonymous(), "create network namespace " + label));
    }

    /**
     * Makes a namespace with nothing but a loopback that is down.
     *
     * @param name without slashes
     * @throws KernelException EEXIST when there is one of this name
     */
    public static NetworkNamespace create(String name) {
        Path path = path(name);
        NamedNamespaces.prepare(DIRECTORY);
        NamedNamespaces.create(path);
        return new NetworkNamespace(name, path);
    }

    /** Opens a namespace by its name. */
    public static NetworkNamespace open(String name) {
        return new NetworkNamespace(name, path(name));
    }

    /** Opens a namespace by the path of a bind mount or of a {@code /proc} entry. */
    public static NetworkNamespace openPath(Path path) {
        return new NetworkNamespace(path.toString(), path);
    }

    /** Opens the namespace of a process. */
    public static NetworkNamespace ofProcess(long pid) {
        return openPath(Path.of("/proc/" + pid + "/ns/net"));
    }

    /** Opens the namespace of the calling thread. */
    public static NetworkNamespace current() {
        return openPath(Path.of("/proc/thread-self/ns/net"));
    }

    /** Takes a name away; the namespace ends when nobody is in it or holds it open. False when there was none. */
    public static boolean delete(String name) {
        return NamedNamespaces.delete(path(name));
    }

    /** Whether there is one of this name. */
    public static boolean exists(String name) {
        return Files.exists(path(name));
    }

    /** The names of all, sorted. */
    public static List<String> list() {
        if (!Files.isDirectory(DIRECTORY)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(DIRECTORY)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + DIRECTORY, e);
        }
    }

    /** Its name, or the path by which it was opened. */
    public String name() {
        return name;
    }

    /** The file descriptor, valid until this object is closed. */
    public int fd() {
        return descriptor.number();
    }

    /** What tells it from all other namespaces of this kernel: the inode number. */
    public long inode() {
        try {
            return (Long) Files.getAttribute(Path.of("/proc/self/fd/" + fd()), "unix:ino");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot examine network namespace " + name, e);
        }
    }

    /**
     * Runs an action inside and waits for it.
     *
     * @throws NamespaceException around a checked exception of the action; unchecked ones come as they are
     */
    public <T> T call(Callable<T> action) {
        return thread.call(action);
    }

    /** Runs an action inside and waits for it. */
    public void run(Runnable action) {
        thread.call(() -> {
            action.run();
            return true;
        });
    }

    /**
     * Writes a network setting.
     *
     * @param key below {@code net}, with slashes, such as {@code ipv4/ip_forward}; slashes since names of interfaces
     *     may have dots
     */
    public void sysctl(String key, String value) {
        Path path = setting(key);
        call(() -> Files.writeString(path, value));
    }

    /** Reads a network setting, without the end of its line. */
    public String sysctl(String key) {
        Path path = setting(key);
        return call(() -> Files.readString(path)).strip();
    }

    @Override
    public void close() {
        thread.close();
        descriptor.close();
    }

    @Override
    public String toString() {
        return "namespace " + name;
    }

    private static Path setting(String key) {
        if (key.startsWith("/") || key.contains("..")) {
            throw new IllegalArgumentException("'" + key + "' is no network setting");
        }
        return Path.of("/proc/sys/net").resolve(key);
    }

    private static Path path(String name) {
        if (name.isEmpty() || name.contains("/") || name.startsWith(".")) {
            throw new KernelException("network namespace '" + name + "'", Errno.EINVAL, "no valid name");
        }
        return DIRECTORY.resolve(name);
    }
}
