package io.weft.store.embedded;

import io.weft.store.Store;
import io.weft.store.contract.StoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The embedded store keeps the contract. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedStoreTest extends StoreContract {
    private EmbeddedStore store;

    @BeforeAll
    void open(@TempDir Path directory) {
        store = EmbeddedStore.open(directory);
    }

    @AfterAll
    void close() {
        store.close();
    }

    @Override
    protected Store store() {
        return store;
    }

    @Override
    protected Store other() {
        return store;
    }
}
