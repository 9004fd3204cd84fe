package io.weft.store.embedded;

import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.disk.Disk;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/** The names of the store's files: segments of the log by their number, checkpoints by the first segment after them. */
final class StoreFiles {
    static final String SEGMENT_KIND = "weftlog1";
    static final String CHECKPOINT_KIND = "weftchk1";

    private static final String SEGMENT = ".log";
    private static final String CHECKPOINT = ".checkpoint";
    private static final String UNFINISHED = ".unfinished";

    private StoreFiles() {}

    static String segment(long number) {
        return "%016x%s".formatted(number, SEGMENT);
    }

    static String checkpoint(long segment) {
        return "%016x%s".formatted(segment, CHECKPOINT);
    }

    static String unfinishedCheckpoint(long segment) {
        return checkpoint(segment) + UNFINISHED;
    }

    /** The numbers of the segments, rising. */
    static List<Long> segments(List<String> names) {
        return numbers(names, SEGMENT);
    }

    /** The numbers of the finished checkpoints, rising. */
    static List<Long> checkpoints(List<String> names) {
        return numbers(names, CHECKPOINT);
    }

    private static List<Long> numbers(List<String> names, String suffix) {
        return names.stream()
                .map(name -> number(name, suffix))
                .flatMapToLong(OptionalLong::stream)
                .sorted()
                .boxed()
                .toList();
    }

    private static OptionalLong number(String name, String suffix) {
        if (name.length() != 16 + suffix.length() || !name.endsWith(suffix)) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(name, 0, 16, 16));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** Deletes what a checkpoint made superfluous, and checkpoints that were never finished. */
    static void sweep(Disk disk, long checkpoint) throws IOException {
        List<String> names = disk.list();
        for (String name : names) {
            OptionalLong segment = number(name, SEGMENT);
            OptionalLong other = number(name, CHECKPOINT);
            if (name.endsWith(UNFINISHED)
                    || segment.isPresent() && segment.getAsLong() < checkpoint
                    || other.isPresent() && other.getAsLong() < checkpoint) {
                disk.delete(name);
            }
        }
    }

    static StoreException failed(IOException e) {
        return new StoreException(StoreError.DISK_FAILED, "the store's disk failed: " + e.getMessage(), e);
    }

    static StoreException corrupt(String name, String what) {
        return new StoreException(StoreError.CORRUPT, name + " " + what);
    }
}
