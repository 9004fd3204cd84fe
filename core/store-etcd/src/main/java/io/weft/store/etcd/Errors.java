package io.weft.store.etcd;

import io.grpc.Status;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import java.net.ConnectException;
import org.jspecify.annotations.Nullable;

/** etcd's errors, which are a gRPC status and a text, in the store's terms. */
final class Errors {
    private Errors() {}

    /** Whether another member, or the same a little later, may well answer. */
    static boolean mayPass(Status status) {
        return switch (status.getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED -> true;
            case RESOURCE_EXHAUSTED -> text(status).contains("too many requests");
            // A member that was just removed or restarted, or a stream that was reset.
            case UNKNOWN, INTERNAL, ABORTED -> true;
            default -> false;
        };
    }

    /** Whether the request had certainly no effect: it was never sent, or etcd refused to propose it. */
    static boolean surelyNotDone(Status status) {
        String text = text(status);
        return refusedConnection(status.getCause())
                || text.contains("etcdserver: no leader")
                || text.contains("too many requests")
                || text.contains("database space exceeded");
    }

    private static boolean refusedConnection(@Nullable Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof ConnectException) {
                return true;
            }
        }
        return false;
    }

    static StoreException of(Status status) {
        String text = text(status);
        return new StoreException(error(status, text), "etcd: " + text, status.asRuntimeException());
    }

    private static StoreError error(Status status, String text) {
        if (text.contains("has been compacted")) {
            return StoreError.COMPACTED;
        }
        if (text.contains("future revision")) {
            return StoreError.FUTURE_REVISION;
        }
        if (text.contains("lease not found")) {
            return StoreError.LEASE_NOT_FOUND;
        }
        if (text.contains("database space exceeded")) {
            return StoreError.NO_SPACE;
        }
        if (text.contains("too many operations")
                || text.contains("request is too large")
                || text.contains("larger than max")) {
            return StoreError.TOO_LARGE;
        }
        return mayPass(status) ? StoreError.UNAVAILABLE : StoreError.INTERNAL;
    }

    private static String text(Status status) {
        String description = status.getDescription();
        return description == null ? status.getCode().name() : description;
    }
}
