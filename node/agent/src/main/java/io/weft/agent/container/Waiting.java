package io.weft.agent.container;

import io.weft.agent.container.CniException.Code;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Waits for the node. */
final class Waiting {
    private Waiting() {}

    /** @throws CniException to try again later, when it does not come */
    static <T> T await(CompletableFuture<T> future, Duration limit, Supplier<String> message) {
        try {
            return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            future.cancel(false);
            throw new CniException(Code.TRY_AGAIN_LATER, message.get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CniException refused) {
                throw refused;
            }
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CniException(Code.TRY_AGAIN_LATER, "the agent stops");
        }
    }
}
