package io.weft.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.store.Bytes;
import io.weft.store.CommitResult;
import io.weft.store.Entry;
import io.weft.store.KeyRange;
import io.weft.store.Lease;
import io.weft.store.Store;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Transaction;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What one writer tried and what was acknowledged, so that it can be compared with what a crash left. Each of its
 * transactions numbers itself in three keys, adds a page of its own, and tears out an older one; a page that is torn, or
 * there without the others, is a transaction that was done by halves.
 */
final class Diary {
    private static final int PAGES = 20;

    private final String writer;
    private int attempted;
    private int acknowledged;

    Diary(String writer) {
        this.writer = writer;
    }

    /** Tries one transaction after the other until the store fails or there were that many. */
    void write(Store store, int transactions, RandomGenerator random) {
        try {
            for (int i = 0; i < transactions; i++) {
                long lease = random.nextInt(4) == 0 ? lease(store, random) : 0;
                if (lease < 0) {
                    continue;
                }
                attempted++;
                CommitResult result = store.commit(transaction(attempted, random, lease));
                assertThat(result).isInstanceOf(CommitResult.Committed.class);
                acknowledged = attempted;
            }
        } catch (StoreException e) {
            assertThat(e.error()).isIn(StoreError.DISK_FAILED, StoreError.CLOSED);
        }
    }

    /** A new lease, or -1 when it was for nothing. */
    private static long lease(Store store, RandomGenerator random) {
        Lease lease = store.grantLease(Duration.ofHours(1));
        if (random.nextBoolean()) {
            store.revokeLease(lease.id());
            return -1;
        }
        return lease.id();
    }

    private Transaction transaction(int number, RandomGenerator random, long lease) {
        Bytes value = Bytes.utf8(number + ":" + "x".repeat(random.nextInt(10) == 0 ? random.nextInt(3000) : 20));
        Transaction.Builder transaction = Transaction.builder()
                .put("a/" + writer, value)
                .put("m/" + writer, value, lease)
                .put("z/" + writer, value)
                .put("page/" + writer + "/" + number, value);
        if (number > PAGES) {
            transaction.delete("page/" + writer + "/" + (number - PAGES));
        }
        return transaction.build();
    }

    /** Checks what a crash left, and takes it as what happened. */
    void check(Store store) {
        List<Entry> copies = store.range(KeyRange.ALL, 0, 0).entries().stream()
                .filter(entry -> entry.key().endsWith("/" + writer))
                .toList();
        int found = 0;
        if (!copies.isEmpty()) {
            assertThat(copies).hasSize(3);
            assertThat(copies)
                    .extracting(Entry::modRevision)
                    .containsOnly(copies.getFirst().modRevision());
            assertThat(copies)
                    .extracting(Entry::value)
                    .containsOnly(copies.getFirst().value());
            found = number(copies.getFirst());
        }
        assertThat(found).as("writer %s", writer).isBetween(acknowledged, attempted);
        Map<Integer, Entry> pages = new HashMap<>();
        store.range(KeyRange.prefix("page/" + writer + "/"), 0, 0)
                .entries()
                .forEach(entry -> pages.put(number(entry), entry));
        assertThat(pages).hasSize(Math.min(found, PAGES));
        for (int number = Math.max(1, found - PAGES + 1); number <= found; number++) {
            assertThat(pages).containsKey(number);
        }
        acknowledged = found;
        attempted = found;
    }

    /** Takes note of what another process said was acknowledged; it may have tried one more. */
    void acknowledged(int number) {
        acknowledged = number;
        attempted = number + 1;
    }

    int acknowledged() {
        return acknowledged;
    }

    private static int number(Entry entry) {
        String text = entry.value().utf8();
        return Integer.parseInt(text.substring(0, text.indexOf(':')));
    }
}
