package io.weft.store.etcd;

import io.weft.store.Store;
import io.weft.store.contract.StoreContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** etcd, through this module, keeps the contract, seen by two clients. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EtcdStoreTest extends StoreContract {
    private EtcdCluster cluster;
    private EtcdStore one;
    private EtcdStore two;

    @BeforeAll
    void start() {
        cluster = EtcdCluster.start(1);
        one = EtcdStore.open(cluster.endpoints(), Duration.ofSeconds(60));
        two = EtcdStore.open(cluster.endpoints(), Duration.ofSeconds(60));
    }

    @AfterAll
    void stop() {
        // In this order, so that no member is left running when a store was never opened.
        cluster.close();
        one.close();
        two.close();
    }

    @Override
    protected Store store() {
        return one;
    }

    @Override
    protected Store other() {
        return two;
    }
}
