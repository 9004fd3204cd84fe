package io.weft.store.etcd;

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Metadata;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.weft.store.Batch;
import io.weft.store.Change;
import io.weft.store.CompactedException;
import io.weft.store.KeyRange;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Watch;
import io.weft.store.WatchListener;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A watch that survives its connections: when one breaks, or its member loses the leader, the next member goes on from
 * the revision after the last one delivered.
 *
 * <p>It always asks etcd for all keys and leaves out those beyond its range, since etcd 3.4 can tell how far a watch of
 * some keys has come only out of order; every revision changes something, so all keys' changes tell it. A revision is
 * delivered when a response goes on to the next one or ends: etcd divides responses between revisions only, and within
 * one only for clients that ask for fragments, which this one does not.
 *
 * <p>State belongs to whichever stream is the current one; its calls come one after the other.
 */
final class EtcdWatch implements Watch {
    private static final Metadata REQUIRE_LEADER = new Metadata();

    static {
        REQUIRE_LEADER.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
    }

    private final Members members;
    private final KeyRange range;
    private final WatchListener listener;
    private long next;
    private volatile boolean closed;
    private final IntConsumer left = this::left;
    // Guarded by this: a call is neither cancelled before it was started nor started after the end.
    private @Nullable ClientCallStreamObserver<WatchRequest> call;
    private int callMember;

    EtcdWatch(Members members, KeyRange range, long fromRevision, WatchListener listener) {
        this.members = members;
        this.range = range;
        this.next = fromRevision;
        this.listener = listener;
    }

    void start() {
        members.follow(left);
        connect();
    }

    private synchronized void connect() {
        if (closed) {
            return;
        }
        int member = members.current();
        callMember = member;
        WatchGrpc.WatchStub stub = WatchGrpc.newStub(members.channel(member))
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(REQUIRE_LEADER));
        stub.watch(new Stream(member));
    }

    private void reconnect(int member) {
        if (closed) {
            return;
        }
        if (members.closed()) {
            fail(new StoreException(StoreError.CLOSED, "the store is closed"));
            return;
        }
        members.leave(member);
        Thread.ofVirtual().name("weft-etcd-watch").start(() -> {
            members.pause();
            connect();
        });
    }

    /** Requests go to another member now, perhaps since this one hangs, so the watch goes along. */
    private synchronized void left(int member) {
        ClientCallStreamObserver<WatchRequest> running = call;
        if (running != null && callMember == member) {
            running.cancel("its member was left", null);
        }
    }

    private void fail(StoreException reason) {
        if (!closed) {
            closed = true;
            members.unfollow(left);
            listener.failed(reason);
        }
    }

    @Override
    public void close() {
        closed = true;
        members.unfollow(left);
        synchronized (this) {
            ClientCallStreamObserver<WatchRequest> running = call;
            if (running != null) {
                running.cancel("the watch was closed", null);
            }
        }
    }

    /** One connection's part of the watch. */
    private final class Stream implements ClientResponseObserver<WatchRequest, WatchResponse> {
        private final int member;
        private final List<Change> pending = new ArrayList<>();
        private long pendingRevision;
        private boolean delivered;
        private boolean ended;

        Stream(int member) {
            this.member = member;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> stream) {
            call = stream;
            stream.setOnReadyHandler(new Runnable() {
                private boolean asked;

                @Override
                public void run() {
                    if (!asked) {
                        asked = true;
                        stream.onNext(request());
                    }
                }
            });
        }

        private WatchRequest request() {
            return WatchRequest.newBuilder()
                    .setCreateRequest(WatchCreateRequest.newBuilder()
                            .setKey(Encoding.from(KeyRange.ALL))
                            .setRangeEnd(Encoding.to(KeyRange.ALL))
                            .setStartRevision(next))
                    .build();
        }

        @Override
        public void onNext(WatchResponse response) {
            if (closed || ended) {
                return;
            }
            if (response.getCanceled()) {
                ended = true;
                if (response.getCompactRevision() > 0) {
                    fail(new CompactedException(response.getCompactRevision()));
                } else {
                    reconnect(member);
                }
                return;
            }
            try {
                response.getEventsList().forEach(this::add);
                flush();
                progress();
            } catch (RuntimeException e) {
                ended = true;
                fail(new StoreException(StoreError.INTERNAL, "the listener of a watch failed", e));
                close();
            }
        }

        private void add(Event event) {
            long revision = event.getKv().getModRevision();
            if (revision != pendingRevision) {
                flush();
                pendingRevision = revision;
            }
            String key = event.getKv().getKey().toStringUtf8();
            if (range.contains(key)) {
                pending.add(
                        event.getType() == Event.EventType.DELETE
                                ? new Change.Delete(key)
                                : new Change.Put(Encoding.entry(event.getKv())));
            }
        }

        private void flush() {
            if (pendingRevision == 0) {
                return;
            }
            delivered = !pending.isEmpty();
            if (delivered && !closed) {
                listener.changed(new Batch(pendingRevision, pending));
                pending.clear();
            }
            next = pendingRevision + 1;
            pendingRevision = 0;
        }

        private void progress() {
            if (!delivered && !closed) {
                listener.progress(next - 1);
            }
            delivered = true;
        }

        @Override
        public void onError(Throwable error) {
            if (!ended) {
                ended = true;
                reconnect(member);
            }
        }

        @Override
        public void onCompleted() {
            if (!ended) {
                ended = true;
                reconnect(member);
            }
        }
    }
}
