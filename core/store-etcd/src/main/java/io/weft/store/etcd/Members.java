package io.weft.store.etcd;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * Connections to the members of the cluster. All requests go to one member until it fails one; then to the next. Calls
 * run on virtual threads, so that answers may be waited for, and listeners may block.
 */
final class Members implements AutoCloseable {
    private static final Duration CALL = Duration.ofSeconds(5);
    // Longer than for reads, since the outcome is unknown afterwards; 8 MiB may take a slow disk seconds.
    private static final Duration COMMIT = Duration.ofSeconds(10);
    private static final long PAUSE_MILLIS = 50;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<ManagedChannel> channels;
    private final AtomicInteger current;
    private final Duration patience;
    private final Set<IntConsumer> followers = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * @param tls for the members whose endpoint is {@code https}
     * @param patience how long requests are tried before they end with {@link StoreError#UNAVAILABLE}
     */
    Members(List<URI> endpoints, TlsFiles tls, Duration patience) {
        this.patience = patience;
        Optional<SslContext> context =
                endpoints.stream().anyMatch(Members::isSecure) ? Optional.of(tls.context()) : Optional.empty();
        this.channels =
                endpoints.stream().map(endpoint -> channel(endpoint, context)).toList();
        this.current = new AtomicInteger(ThreadLocalRandom.current().nextInt(channels.size()));
    }

    private static boolean isSecure(URI endpoint) {
        return "https".equals(endpoint.getScheme());
    }

    private ManagedChannel channel(URI endpoint, Optional<SslContext> tls) {
        if (!isSecure(endpoint) && !"http".equals(endpoint.getScheme())
                || endpoint.getHost() == null
                || endpoint.getPort() < 0) {
            throw new StoreException(
                    StoreError.INVALID_REQUEST,
                    endpoint + " is no endpoint: it must be http://host:port or https://host:port");
        }
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(endpoint.getHost(), endpoint.getPort());
        if (isSecure(endpoint)) {
            builder.sslContext(tls.orElseThrow());
        } else {
            builder.usePlaintext();
        }
        return builder.executor(threads)
                .disableRetry()
                .maxInboundMessageSize(Integer.MAX_VALUE)
                // etcd hangs up on clients that ask more often than every five seconds.
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(5, TimeUnit.SECONDS)
                .build();
    }

    /** One attempt at a call. */
    interface Call<T> {
        /**
         * @throws StatusRuntimeException when it fails
         */
        T on(ManagedChannel channel);
    }

    /** Makes a call that may be repeated: on other members, and again, until one answers or patience ends. */
    <T> T ask(Call<T> call) {
        return ask(call, Errors::mayPass);
    }

    /** Makes a call that must not be done twice: it is repeated only when it surely had no effect. */
    <T> T once(Call<T> call) {
        return ask(call, status -> Errors.mayPass(status) && Errors.surelyNotDone(status));
    }

    private <T> T ask(Call<T> call, Function<Status, Boolean> again) {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            checkOpen();
            int member = current.get();
            try {
                return call.on(channels.get(member));
            } catch (StatusRuntimeException e) {
                Status status = e.getStatus();
                if (Errors.mayPass(status)) {
                    leave(member);
                }
                if (!again.apply(status)) {
                    if (Errors.mayPass(status)) {
                        throw new StoreException(
                                StoreError.OUTCOME_UNKNOWN, "the request may have been carried out or not", e);
                    }
                    throw Errors.of(status);
                }
                if (System.nanoTime() > end) {
                    throw new StoreException(StoreError.UNAVAILABLE, "no member of the cluster answers", e);
                }
                pause();
            }
        }
    }

    /** The member to use now. */
    int current() {
        return current.get();
    }

    ManagedChannel channel(int member) {
        return channels.get(member);
    }

    /** Goes on with the next member, unless somebody did already. */
    void leave(int member) {
        int next = (member + 1) % channels.size();
        if (current.compareAndSet(member, next)) {
            channels.get(next).resetConnectBackoff();
            followers.forEach(follower -> follower.accept(member));
        }
    }

    /** Tells a long-lived stream which members are left, until {@link #unfollow}. */
    void follow(IntConsumer left) {
        followers.add(left);
    }

    void unfollow(IntConsumer left) {
        followers.remove(left);
    }

    /** Waits a moment before the next attempt. */
    void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(StoreError.UNAVAILABLE, "interrupted while waiting for etcd", e);
        }
    }

    /** How long one attempt may take, in milliseconds. */
    static long callMillis() {
        return CALL.toMillis();
    }

    /** How long the one attempt at a commit may take, in milliseconds. */
    static long commitMillis() {
        return COMMIT.toMillis();
    }

    void checkOpen() {
        if (closed) {
            throw new StoreException(StoreError.CLOSED, "the store is closed");
        }
    }

    boolean closed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        // The executor is left to itself: it holds no threads, and a listener may be the one that closes.
        channels.forEach(ManagedChannel::shutdownNow);
    }
}
