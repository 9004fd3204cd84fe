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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

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

    /** While the records of one page are filed, the next is read and decoded. */
    private View loadOnce() {
        View.Builder builder = new View.Builder(View.EMPTY, codec, change -> {});
        Page page = read(Layout.state(), 0);
        long revision = page.revision();
        while (page.rest().isPresent()) {
            KeyRange rest = page.rest().get();
            CompletableFuture<Page> next = CompletableFuture.supplyAsync(() -> read(rest, revision));
            add(builder, page.decoded());
            page = await(next);
        }
        add(builder, page.decoded());
        return builder.build(revision);
    }

    /** What was read, and where it goes on. */
    private record Page(long revision, List<Decoded> decoded, Optional<KeyRange> rest) {}

    private Page read(KeyRange keys, long revision) {
        Range range = store.range(keys, revision, PAGE);
        List<Entry> entries = range.entries();
        return new Page(
                range.revision(),
                entries.parallelStream().map(this::decode).toList(),
                range.more()
                        ? Optional.of(KeyRange.between(entries.getLast().key() + '\0', keys.to()))
                        : Optional.empty());
    }

    private static Page await(CompletableFuture<Page> page) {
        try {
            return page.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static void add(View.Builder builder, List<Decoded> decoded) {
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
