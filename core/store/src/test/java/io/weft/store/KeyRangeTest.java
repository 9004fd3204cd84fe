package io.weft.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyRangeTest {
    private static final List<String> TEXTS =
            List.of("", "a", "a/", "a0", "b", "\u00e9", "\ud7ff", "\ue000", "\uffff", "\ud83d\ude00", "\udbff\udfff");

    @Test
    void keysAreInTheOrderOfTheirUtf8Bytes() {
        for (String left : TEXTS) {
            for (String right : TEXTS) {
                int bytes = Arrays.compareUnsigned(
                        left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
                assertThat(Integer.signum(Keys.compare(left, right))).isEqualTo(Integer.signum(bytes));
            }
        }
    }

    @Test
    void aPrefixHoldsExactlyTheKeysThatBeginWithIt() {
        for (String prefix : TEXTS) {
            KeyRange range = KeyRange.prefix(prefix);
            for (String key : TEXTS) {
                assertThat(range.contains(key)).isEqualTo(key.startsWith(prefix));
                assertThat(range.contains(prefix + key)).isTrue();
            }
        }
    }

    @Test
    void aSingleKeyIsARangeOfItsOwn() {
        assertThat(KeyRange.single("a").isSingle()).isTrue();
        assertThat(KeyRange.single("a").contains("a")).isTrue();
        assertThat(KeyRange.single("a").contains("a\0")).isFalse();
        assertThat(KeyRange.prefix("a").isSingle()).isFalse();
    }

    @Test
    void aTransactionWritesAKeyOnce() {
        Transaction.Builder twice = Transaction.builder().put("a", Bytes.EMPTY).put("a", Bytes.EMPTY);
        assertThatThrownBy(twice::build).isInstanceOf(StoreException.class);
        Transaction.Builder both = Transaction.builder().put("a/b", Bytes.EMPTY).delete(KeyRange.prefix("a/"));
        assertThatThrownBy(both::build).isInstanceOf(StoreException.class);
        assertThat(Transaction.builder()
                        .put("a", Bytes.EMPTY)
                        .delete(KeyRange.prefix("a/"))
                        .build()
                        .writes())
                .hasSize(2);
    }

    @Test
    void keysAreTextAndNotEmpty() {
        assertThatThrownBy(() -> Keys.encode("")).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> Keys.encode("\ud800")).isInstanceOf(StoreException.class);
        assertThat(Keys.encode("\ud83d\ude00")).hasSize(4);
    }

    @Test
    void aVersionedRecordKeepsItsFormat() {
        Versioned read = Versioned.decode(Versioned.encode(300, new byte[] {1, 2}));
        assertThat(read.format()).isEqualTo(300);
        assertThat(read.body()).isEqualTo(Bytes.copyOf(new byte[] {1, 2}));
        assertThatThrownBy(() -> Versioned.decode(Bytes.EMPTY)).isInstanceOf(StoreException.class);
    }
}
