package io.weft.store.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.weft.store.Bytes;
import io.weft.store.CommitResult;
import io.weft.store.CommitResult.Failure;
import io.weft.store.Compare;
import io.weft.store.Compare.Relation;
import io.weft.store.Entry;
import io.weft.store.KeyRange;
import io.weft.store.Keys;
import io.weft.store.Transaction;
import io.weft.store.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The store's terms in etcd's messages, and back. */
final class Encoding {
    private static final ByteString LOWEST = ByteString.copyFrom(new byte[1]);

    private Encoding() {}

    static ByteString key(String key) {
        return UnsafeByteOperations.unsafeWrap(Keys.encode(key));
    }

    private static ByteString value(Bytes bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.buffer());
    }

    /** The first key of a range; etcd knows no empty key. */
    static ByteString from(KeyRange range) {
        return range.from().isEmpty() ? LOWEST : ByteString.copyFromUtf8(range.from());
    }

    /** The end of a range as etcd has it: nothing for a single key, a zero byte for no end. */
    static ByteString to(KeyRange range) {
        if (range.isSingle()) {
            return ByteString.EMPTY;
        }
        return range.to().isEmpty() ? LOWEST : ByteString.copyFromUtf8(range.to());
    }

    /** Whether no key can be in the range, for which etcd has no expression. */
    static boolean isEmpty(KeyRange range) {
        return range.to().equals(range.from()) && !range.to().isEmpty();
    }

    static Entry entry(KeyValue kv) {
        return new Entry(
                kv.getKey().toStringUtf8(),
                Bytes.owned(kv.getValue().toByteArray()),
                kv.getCreateRevision(),
                kv.getModRevision(),
                kv.getVersion(),
                kv.getLease());
    }

    /** A transaction that, when a condition fails, reads what the conditions speak of. */
    static TxnRequest transaction(Transaction transaction) {
        TxnRequest.Builder request = TxnRequest.newBuilder();
        for (Compare compare : transaction.compares()) {
            if (!isEmpty(compare.range())) {
                request.addCompare(compare(compare));
                request.addFailure(RequestOp.newBuilder().setRequestRange(offending(compare)));
            }
        }
        for (Write write : transaction.writes()) {
            switch (write) {
                case Write.Put put ->
                    request.addSuccess(RequestOp.newBuilder()
                            .setRequestPut(PutRequest.newBuilder()
                                    .setKey(key(put.key()))
                                    .setValue(value(put.value()))
                                    .setLease(put.lease())));
                case Write.Delete delete -> {
                    if (!isEmpty(delete.range())) {
                        request.addSuccess(RequestOp.newBuilder()
                                .setRequestDeleteRange(DeleteRangeRequest.newBuilder()
                                        .setKey(from(delete.range()))
                                        .setRangeEnd(to(delete.range()))));
                    }
                }
            }
        }
        return request.build();
    }

    private static io.etcd.jetcd.api.Compare compare(Compare compare) {
        io.etcd.jetcd.api.Compare.Builder message = io.etcd.jetcd.api.Compare.newBuilder()
                .setKey(from(compare.range()))
                .setRangeEnd(to(compare.range()));
        switch (compare) {
            case Compare.ModRevision mod ->
                message.setTarget(io.etcd.jetcd.api.Compare.CompareTarget.MOD)
                        .setResult(result(mod.relation()))
                        .setModRevision(mod.revision());
            case Compare.CreateRevision create ->
                message.setTarget(io.etcd.jetcd.api.Compare.CompareTarget.CREATE)
                        .setResult(result(create.relation()))
                        .setCreateRevision(create.revision());
            case Compare.Version version ->
                message.setTarget(io.etcd.jetcd.api.Compare.CompareTarget.VERSION)
                        .setResult(result(version.relation()))
                        .setVersion(version.version());
            case Compare.ValueEquals equal ->
                message.setTarget(io.etcd.jetcd.api.Compare.CompareTarget.VALUE)
                        .setResult(result(Relation.EQUAL))
                        .setValue(value(equal.value()));
            // etcd holds a comparison of a range to every key in it, and to a revision of 0 where there is none.
            case Compare.UnmodifiedSince since ->
                message.setTarget(io.etcd.jetcd.api.Compare.CompareTarget.MOD)
                        .setResult(result(Relation.LESS))
                        .setModRevision(Math.max(0, since.revision()) + 1);
            case Compare.RangeEmpty _ ->
                message.setTarget(io.etcd.jetcd.api.Compare.CompareTarget.CREATE)
                        .setResult(result(Relation.EQUAL))
                        .setCreateRevision(0);
        }
        return message.build();
    }

    private static io.etcd.jetcd.api.Compare.CompareResult result(Relation relation) {
        return switch (relation) {
            case EQUAL -> io.etcd.jetcd.api.Compare.CompareResult.EQUAL;
            case NOT_EQUAL -> io.etcd.jetcd.api.Compare.CompareResult.NOT_EQUAL;
            case LESS -> io.etcd.jetcd.api.Compare.CompareResult.LESS;
            case GREATER -> io.etcd.jetcd.api.Compare.CompareResult.GREATER;
        };
    }

    /** Reads the entry of a key, or the first one that breaks a condition on a range. */
    private static RangeRequest offending(Compare compare) {
        RangeRequest.Builder request = RangeRequest.newBuilder()
                .setKey(from(compare.range()))
                .setRangeEnd(to(compare.range()))
                .setLimit(1);
        if (compare instanceof Compare.UnmodifiedSince since) {
            request.setMinModRevision(Math.max(0, since.revision()) + 1);
        }
        return request.build();
    }

    static CommitResult result(Transaction transaction, TxnResponse response) {
        long revision = response.getHeader().getRevision();
        if (response.getSucceeded()) {
            return new CommitResult.Committed(revision);
        }
        List<Failure> failures = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < transaction.compares().size(); i++) {
            Compare compare = transaction.compares().get(i);
            if (isEmpty(compare.range())) {
                continue;
            }
            ResponseOp read = response.getResponses(next++);
            List<Entry> current = read.getResponseRange().getKvsList().stream()
                    .map(Encoding::entry)
                    .toList();
            boolean holds = switch (compare) {
                case Compare.OfKey ofKey ->
                    ofKey.holds(current.isEmpty() ? Optional.empty() : Optional.of(current.getFirst()));
                case Compare.UnmodifiedSince _, Compare.RangeEmpty _ -> current.isEmpty();
            };
            if (!holds) {
                failures.add(new Failure(i, compare, current));
            }
        }
        return new CommitResult.Rejected(revision, failures);
    }
}
