package io.weft.domain;

import io.weft.domain.records.Layout;
import io.weft.store.KeyRange;
import io.weft.store.Store;
import io.weft.store.Transaction;
import io.weft.store.etcd.EtcdCluster;
import io.weft.store.etcd.EtcdStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;

/** The races, over etcd, each server with a client of its own. */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EtcdRacesTest extends RacesContract {
    private EtcdCluster cluster;

    @BeforeAll
    void startCluster() {
        cluster = EtcdCluster.start(1);
    }

    @AfterAll
    void stopCluster() {
        cluster.close();
    }

    @Override
    Servers start(Path directory, Settings settings) {
        Store one = client();
        one.commit(Transaction.builder()
                .delete(KeyRange.prefix(Layout.STATE))
                .delete(KeyRange.prefix(Layout.TAKEN))
                .delete(KeyRange.prefix(Layout.USED))
                .build());
        return new Servers(List.of(one, client()), settings);
    }

    private Store client() {
        return EtcdStore.open(cluster.endpoints(), Duration.ofSeconds(10));
    }
}
