package io.weft.store.etcd;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A read that callers who wait at the same time share. Each gets an answer to a request that was sent after it asked,
 * as linearizability demands; so who comes while one is under way waits for the next.
 */
final class SharedRead {
    private final LongSupplier read;
    private boolean running;
    private @Nullable CompletableFuture<Long> next;

    SharedRead(LongSupplier read) {
        this.read = read;
    }

    long get() {
        CompletableFuture<Long> answer;
        synchronized (this) {
            if (next == null) {
                next = new CompletableFuture<>();
                if (!running) {
                    running = true;
                    Thread.ofVirtual().name("weft-etcd-revision").start(this::run);
                }
            }
            answer = next;
        }
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                cause.addSuppressed(e);
                throw cause;
            }
            throw e;
        }
    }

    private void run() {
        while (true) {
            CompletableFuture<Long> answer;
            synchronized (this) {
                answer = next;
                next = null;
                if (answer == null) {
                    running = false;
                    return;
                }
            }
            try {
                answer.complete(read.getAsLong());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        }
    }
}
