package io.weft.store.etcd;

import io.weft.store.Store;
import io.weft.store.contract.BackupContract;
import io.weft.store.disk.FakeDisk;
import io.weft.store.embedded.EmbeddedStore;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Backups and moves from etcd to the embedded one. */
class EtcdToEmbeddedTest extends BackupContract {
    private EtcdCluster cluster;

    @BeforeEach
    void start() {
        cluster = EtcdCluster.start(1);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private Store embedded() {
        return EmbeddedStore.open(new FakeDisk(), EmbeddedStore.Options.STANDARD);
    }

    private Store etcd() {
        return EtcdStore.open(cluster.endpoints(), Duration.ofSeconds(60));
    }

    @Override
    protected Store source() {
        return etcd();
    }

    @Override
    protected Store target() {
        return embedded();
    }
}
