package io.weft.kernel.namespace;

import io.weft.kernel.Errno;
import io.weft.kernel.KernelException;
import io.weft.kernel.Libc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/** Names of namespaces: files on which the namespaces are bind-mounted. */
final class NamedNamespaces {
    private NamedNamespaces() {}

    /**
     * Makes the directory a shared mount, as {@code ip netns} does, so that names made and deleted here come and go in
     * other mount namespaces too. The lock is that of {@code ip netns}: of two who mount at once, one would hide the other's
     * names.
     */
    static void prepare(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + directory, e);
        }
        int locked = Libc.open(directory, Libc.O_RDONLY | Libc.O_CLOEXEC);
        KernelException.check(locked, "open " + directory);
        try {
            KernelException.check(Libc.flock(locked, Libc.LOCK_EX), "lock " + directory);
            int shared = Libc.mount("", directory, "none", Libc.MS_SHARED | Libc.MS_REC);
            if (shared == -Errno.EINVAL) {
                KernelException.check(
                        Libc.mount(directory.toString(), directory, "none", Libc.MS_BIND | Libc.MS_REC),
                        "mount " + directory);
                shared = Libc.mount("", directory, "none", Libc.MS_SHARED | Libc.MS_REC);
            }
            KernelException.check(shared, "share " + directory);
        } finally {
            Libc.close(locked);
        }
    }

    /** Makes a namespace on a thread that ends with it and leaves it under a path. */
    static void create(Path path) {
        int file = Libc.open(path, Libc.O_RDONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_CLOEXEC);
        KernelException.check(file, "create network namespace " + path.getFileName());
        Libc.close(file);
        int mounted = inNew(() -> Libc.mount("/proc/thread-self/ns/net", path, "none", Libc.MS_BIND));
        if (mounted < 0) {
            unlink(path);
        }
        KernelException.check(mounted, "create network namespace " + path.getFileName());
    }

    /** Makes a namespace without a name; gives a descriptor of it, or the negative error number. */
    static int createAnonymous() {
        return inNew(() -> Libc.open(Path.of("/proc/thread-self/ns/net"), Libc.O_RDONLY | Libc.O_CLOEXEC));
    }

    /** Runs a call in a new namespace, on a thread that ends with it; gives its result or that of making it. */
    private static int inNew(IntSupplier call) {
        AtomicInteger result = new AtomicInteger();
        Thread maker = Thread.ofPlatform().unstarted(() -> {
            int unshared = Libc.unshare(Libc.CLONE_NEWNET);
            result.set(unshared < 0 ? unshared : call.getAsInt());
        });
        maker.start();
        boolean interrupted = false;
        while (maker.isAlive()) {
            try {
                maker.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return result.get();
    }

    static boolean delete(Path path) {
        int unmounted = Libc.umount(path, Libc.MNT_DETACH);
        // EINVAL: a file that a broken creation left, with nothing mounted on it.
        if (unmounted < 0 && unmounted != -Errno.ENOENT && unmounted != -Errno.EINVAL) {
            KernelException.check(unmounted, "delete network namespace " + path.getFileName());
        }
        return unlink(path);
    }

    private static boolean unlink(Path path) {
        try {
            return Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + path, e);
        }
    }
}
