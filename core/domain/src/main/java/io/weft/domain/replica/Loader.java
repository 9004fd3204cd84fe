package io.weft.domain.replica;

import io.weft.domain.records.Layout;
import io.weft.domain.records.RecordCodec;
import io.weft.model.Resource;
import io.weft.store.CompactedException;
import io.weft.store.Entry;
import io.weft.store.KeyRange;
import io.weft.store.Range;
import io.weft.store.Store;
import java.util.List;

/** Reads everything that a replica follows, at one revision, page by page; records are decoded on all processors. */
final class Loader {
    private static final int PAGE = 5_000;
    private static final int ATTEMPTS = 5;

    private final Store store;
    private final RecordCodec codec;

    Loader(Store store, RecordCodec codec) {
        this.store = store;
        this.codec = codec;
    }

    View load() {
        for (int attempt = 1; ; attempt++) {
            try {
                return loadOnce();
            } catch (CompactedException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private View loadOnce() {
        KeyRange all = Layout.state();
        View.Builder builder = new View.Builder(View.EMPTY, codec, change -> {});
        Range page = store.range(all, 0, PAGE);
        long revision = page.revision();
        add(builder, page.entries());
        while (page.more()) {
            String next = page.entries().getLast().key() + '\0';
            page = store.range(KeyRange.between(next, all.to()), revision, PAGE);
            add(builder, page.entries());
        }
        return builder.build(revision);
    }

    private void add(View.Builder builder, List<Entry> entries) {
        List<Decoded> decoded = entries.parallelStream().map(this::decode).toList();
        for (Decoded one : decoded) {
            switch (one) {
                case Decoded.OfRecord(Resource resource) -> builder.load(resource);
                case Decoded.Other(Entry entry) -> builder.apply(entry.key(), entry.value());
            }
        }
    }

    private Decoded decode(Entry entry) {
        return Layout.subject(entry.key()) instanceof Layout.Subject.OfRecord(Resource.Kind kind, var id)
                ? new Decoded.OfRecord(codec.decode(kind, entry.value()))
                : new Decoded.Other(entry);
    }

    private sealed interface Decoded {
        record OfRecord(Resource resource) implements Decoded {}

        record Other(Entry entry) implements Decoded {}
    }
}
