package io.weft.domain;

import io.weft.domain.records.Layout;
import io.weft.domain.replica.NodeStatus;
import io.weft.domain.replica.NodeStatusCodec;
import io.weft.domain.replica.Replica;
import io.weft.domain.replica.View;
import io.weft.store.Bytes;
import io.weft.store.CommitResult;
import io.weft.store.Compare;
import io.weft.store.Store;
import io.weft.store.StoreException;
import io.weft.store.Transaction;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Writes what follows from reports, many ports and nodes in one transaction. Used by one thread. */
final class StatusWriter {
    /**
     * A port that comes into use on a node, or is in use there no more.
     *
     * @param nodeId the node
     * @param port the port
     * @param up whether it comes into use
     */
    record Turn(UUID nodeId, UUID port, boolean up) {}

    private final Store store;
    private final Replica replica;
    private final Bytes server;

    StatusWriter(Store store, Replica replica, Bytes server) {
        this.store = store;
        this.replica = replica;
        this.server = server;
    }

    /**
     * Writes turns that were decided by a view, those that still hold: the node is connected to this server, and a port
     * that comes into use was not written since. Waits until the replica has them.
     */
    void writeTurns(List<Turn> turns, View view) {
        CommitResult result = store.commit(transaction(turns, view));
        replica.awaitRevision(result.revision());
        if (result instanceof CommitResult.Rejected && turns.size() > 1) {
            int half = turns.size() / 2;
            writeTurns(turns.subList(0, half), view);
            writeTurns(turns.subList(half, turns.size()), view);
        }
    }

    private Transaction transaction(List<Turn> turns, View view) {
        Transaction.Builder transaction = Transaction.builder();
        Set<UUID> nodes = new HashSet<>();
        for (Turn turn : turns) {
            if (nodes.add(turn.nodeId())) {
                transaction.require(new Compare.ValueEquals(Layout.alive(turn.nodeId()), server));
            }
            String key = Layout.up(turn.port());
            Bytes node = Bytes.utf8(turn.nodeId().toString());
            if (turn.up()) {
                String record = Layout.port(turn.port());
                transaction
                        .require(Compare.exists(record))
                        .require(new Compare.ModRevision(record, Compare.Relation.LESS, view.revision() + 1))
                        .put(key, node);
            } else {
                transaction.require(new Compare.ValueEquals(key, node)).delete(key);
            }
        }
        return transaction.build();
    }

    /** Writes how nodes are, but not of nodes that were removed; false when the store is out of reach. */
    boolean writeStatuses(List<NodeStatus> statuses) {
        try {
            if (!statuses.isEmpty() && !commit(statuses) && statuses.size() > 1) {
                statuses.forEach(status -> commit(List.of(status)));
            }
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    private boolean commit(List<NodeStatus> statuses) {
        Transaction.Builder transaction = Transaction.builder();
        for (NodeStatus status : statuses) {
            transaction
                    .require(Compare.exists(Layout.node(status.nodeId())))
                    .put(Layout.status(status.nodeId()), NodeStatusCodec.encode(status));
        }
        return store.commit(transaction.build()) instanceof CommitResult.Committed;
    }
}
