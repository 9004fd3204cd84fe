package io.weft.store.etcd;

import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Keeps a lease alive once. etcd has it as a stream; an owner asks every few seconds, so each asks on one of its own. */
final class KeepAlive implements StreamObserver<LeaseKeepAliveResponse> {
    private final CompletableFuture<Long> left = new CompletableFuture<>();

    private KeepAlive() {}

    /**
     * Answers how many seconds the lease has now, 0 or less when there is no such lease.
     *
     * @throws io.grpc.StatusRuntimeException when the member does not answer
     */
    static long once(Channel channel, long lease) {
        KeepAlive answer = new KeepAlive();
        StreamObserver<LeaseKeepAliveRequest> requests = LeaseGrpc.newStub(channel)
                .withDeadlineAfter(Members.callMillis(), TimeUnit.MILLISECONDS)
                .leaseKeepAlive(answer);
        requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(lease).build());
        requests.onCompleted();
        try {
            return answer.left.join();
        } catch (CompletionException e) {
            throw Status.fromThrowable(e).asRuntimeException();
        }
    }

    @Override
    public void onNext(LeaseKeepAliveResponse response) {
        left.complete(response.getTTL());
    }

    @Override
    public void onError(Throwable error) {
        left.completeExceptionally(error);
    }

    @Override
    public void onCompleted() {
        left.completeExceptionally(Status.UNAVAILABLE
                .withDescription("the stream ended without an answer")
                .asException());
    }
}
