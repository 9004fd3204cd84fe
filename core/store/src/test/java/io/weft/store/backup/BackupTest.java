package io.weft.store.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.store.Bytes;
import io.weft.store.Store;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Transaction;
import io.weft.store.contract.BackupContract;
import io.weft.store.disk.FakeDisk;
import io.weft.store.embedded.EmbeddedStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Backups of the embedded store. */
class BackupTest extends BackupContract {
    @Override
    protected Store source() {
        return EmbeddedStore.open(new FakeDisk(), EmbeddedStore.Options.STANDARD);
    }

    @Override
    protected Store target() {
        return source();
    }

    @Test
    void aStoreWhoseRestoreFailedIsNotOpened() throws IOException {
        byte[] backup;
        try (Store source = source()) {
            source.commit(Transaction.builder().put("a", Bytes.utf8("1")).build());
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            Backup.write(source, file);
            backup = file.toByteArray();
        }
        FakeDisk disk = new FakeDisk();
        byte[] cut = Arrays.copyOf(backup, backup.length - 1);
        try (Store target = EmbeddedStore.open(disk, EmbeddedStore.Options.STANDARD)) {
            assertThatThrownBy(() -> Restore.into(target, new ByteArrayInputStream(cut)))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.error()).isEqualTo(StoreError.CORRUPT));
        }
        assertThatThrownBy(() ->
                        EmbeddedStore.open(disk, EmbeddedStore.Options.STANDARD).close())
                .hasMessageContaining("restore");
    }
}
