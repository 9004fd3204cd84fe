package io.weft.kernel.namespace;

import io.weft.kernel.FileDescriptor;
import io.weft.kernel.KernelException;
import io.weft.kernel.Libc;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The platform thread that works inside one namespace; it starts with the first call.
 *
 * <p>The fields are guarded by this object's monitor. The last task of the queue is {@link #STOP}, and nothing is
 * added after it.
 */
final class NamespaceThread implements AutoCloseable {
    private static final FutureTask<Boolean> STOP = new FutureTask<>(() -> true);

    private final String name;
    private final FileDescriptor namespace;
    private final LinkedBlockingQueue<FutureTask<?>> tasks = new LinkedBlockingQueue<>();
    private @Nullable Thread thread;
    private boolean closed;

    /** The result of entering; read and written by the thread alone. */
    private int entered = -1;

    NamespaceThread(String name, FileDescriptor namespace) {
        this.name = name;
        this.namespace = namespace;
    }

    <T> T call(Callable<T> action) {
        FutureTask<T> task = new FutureTask<>(() -> {
            // Work must never run in a namespace that it is not meant for.
            KernelException.check(entered, "enter network namespace " + name);
            return action.call();
        });
        if (submit(task).equals(Thread.currentThread())) {
            task.run();
        }
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    // The action goes on inside, so its end is awaited.
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw rethrown(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private RuntimeException rethrown(ExecutionException e) {
        Throwable cause = e.getCause();
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof RuntimeException exception) {
            // The trace is the thread's; the caller's is added.
            exception.addSuppressed(new NamespaceException(name, e));
            throw exception;
        }
        throw new NamespaceException(name, cause == null ? e : cause);
    }

    private synchronized Thread submit(FutureTask<?> task) {
        if (closed) {
            throw new IllegalStateException("network namespace " + name + " is closed");
        }
        Thread worker = thread;
        if (worker == null) {
            worker = Thread.ofPlatform().name("netns " + name).daemon().unstarted(this::work);
            thread = worker;
            worker.start();
        }
        if (!worker.equals(Thread.currentThread())) {
            tasks.add(task);
        }
        return worker;
    }

    private void work() {
        entered = Libc.setns(namespace.number(), Libc.CLONE_NEWNET);
        boolean interrupted = false;
        while (true) {
            try {
                FutureTask<?> task = tasks.take();
                if (task.equals(STOP)) {
                    break;
                }
                task.run();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            tasks.add(STOP);
        }
    }
}
