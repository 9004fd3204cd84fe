package io.weft.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that can fail in the ways that disks do. After a crash, every sector that was written and not forced
 * is there, or is not, or is there in part, each for itself; a file's size is anything between the forced and the last
 * one; names, deletions and new files that were not synchronised survive up to some point of their order.
 *
 * <p>Every method may be called from any thread.
 */
public final class FakeDisk implements Disk {
    private static final int SECTOR = 512;

    /** What goes wrong when the countdown of operations ends. */
    public enum Fault {
        /** Power goes: this operation, if it writes, is still on its way, and all later ones fail. */
        CRASH,
        /** A force or sync reports an error and forces nothing; later ones report success, as real disks may. */
        FORCE_FAILS,
        /** Writes that need new space fail. */
        FULL
    }

    private sealed interface Naming {
        record Create(String name, Content content) implements Naming {}

        record Rename(String from, String to) implements Naming {}

        record Delete(String name) implements Naming {}
    }

    /** A file's bytes, as they would be read now and as they were when last forced. */
    private static final class Content {
        byte[] now = new byte[0];
        int size;
        byte[] forced = new byte[0];

        void grow(int size) {
            if (size > now.length) {
                now = Arrays.copyOf(now, Math.max(size, 2 * now.length));
            }
            this.size = Math.max(this.size, size);
        }
    }

    private final Map<String, Content> names = new HashMap<>();
    private final Map<String, Content> durableNames = new HashMap<>();
    private final List<Naming> unsynchronised = new ArrayList<>();
    private long countdown = -1;
    private Fault fault = Fault.CRASH;
    private boolean crashed;
    private boolean full;
    private long operations;

    /** Lets something go wrong at an operation (write, force, sync, name change) that many from now, counted from 0. */
    public synchronized void failAfter(long operations, Fault fault) {
        this.countdown = operations;
        this.fault = fault;
    }

    /** How many operations that can fail were made so far. */
    public synchronized long operations() {
        return operations;
    }

    /** Whether the crash that was asked for has come. */
    public synchronized boolean crashed() {
        return crashed;
    }

    /** Lets power go now. */
    public synchronized void crash() {
        crashed = true;
    }

    /** What is found after power comes back; this disk is of no use any more. */
    public synchronized FakeDisk afterCrash(RandomGenerator random) {
        crashed = true;
        Map<String, Content> found = new HashMap<>(durableNames);
        int survive = random.nextInt(unsynchronised.size() + 1);
        unsynchronised.subList(0, survive).forEach(naming -> apply(naming, found));
        FakeDisk disk = new FakeDisk();
        found.forEach((name, content) -> {
            Content left = remains(content, random);
            disk.names.put(name, left);
            disk.durableNames.put(name, left);
        });
        return disk;
    }

    private static Content remains(Content content, RandomGenerator random) {
        int forced = content.forced.length;
        int size = forced == content.size
                ? forced
                : random.nextInt(Math.min(forced, content.size), Math.max(forced, content.size) + 1);
        byte[] bytes = Arrays.copyOf(content.forced, size);
        int mood = random.nextInt(4);
        for (int start = 0; start < Math.min(size, content.size); start += SECTOR) {
            int end = Math.min(start + SECTOR, Math.min(size, content.size));
            if (Arrays.equals(content.now, start, end, bytes, start, end)) {
                continue;
            }
            // Sometimes nearly all is lost, sometimes nearly all is there, and now and then a sector is torn.
            int chance = random.nextInt(100);
            if (chance < 3) {
                System.arraycopy(content.now, start, bytes, start, random.nextInt(end - start + 1));
            } else if (chance < List.of(5, 50, 95, 101).get(mood)) {
                System.arraycopy(content.now, start, bytes, start, end - start);
            }
        }
        Content left = new Content();
        left.now = bytes;
        left.size = size;
        left.forced = bytes.clone();
        return left;
    }

    private static void apply(Naming naming, Map<String, Content> names) {
        switch (naming) {
            case Naming.Create create -> names.put(create.name(), create.content());
            case Naming.Rename rename -> {
                Content content = names.remove(rename.from());
                if (content != null) {
                    names.put(rename.to(), content);
                }
            }
            case Naming.Delete delete -> names.remove(delete.name());
        }
    }

    private void alive() throws IOException {
        if (crashed) {
            throw new IOException("the disk lost power");
        }
    }

    /** Counts an operation; answers which fault meets it. */
    private @Nullable Fault operation() throws IOException {
        alive();
        operations++;
        if (countdown < 0 || countdown-- > 0) {
            return null;
        }
        switch (fault) {
            case CRASH -> crashed = true;
            case FORCE_FAILS -> countdown = 0;
            case FULL -> full = true;
        }
        return fault;
    }

    private void naming(Naming naming) throws IOException {
        @Nullable Fault met = operation();
        apply(naming, names);
        unsynchronised.add(naming);
        if (met == Fault.CRASH) {
            throw new IOException("the disk lost power");
        }
    }

    private boolean forceFails() throws IOException {
        @Nullable Fault met = operation();
        if (met == Fault.FORCE_FAILS) {
            countdown = -1;
        }
        return met == Fault.FORCE_FAILS || met == Fault.CRASH;
    }

    @Override
    public synchronized List<String> list() throws IOException {
        alive();
        return List.copyOf(names.keySet());
    }

    @Override
    public synchronized DiskFile open(String name) throws IOException {
        alive();
        Content content = names.get(name);
        if (content == null) {
            content = new Content();
            naming(new Naming.Create(name, content));
        }
        return new FakeFile(content);
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        naming(new Naming.Rename(from, to));
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        naming(new Naming.Delete(name));
    }

    @Override
    public synchronized void sync() throws IOException {
        if (forceFails()) {
            throw new IOException("the directory could not be synchronised");
        }
        unsynchronised.forEach(naming -> apply(naming, durableNames));
        unsynchronised.clear();
    }

    @Override
    public void close() {}

    private final class FakeFile implements DiskFile {
        private final Content content;

        FakeFile(Content content) {
            this.content = content;
        }

        @Override
        public long size() throws IOException {
            synchronized (FakeDisk.this) {
                alive();
                return content.size;
            }
        }

        @Override
        public void read(ByteBuffer target, long position) throws IOException {
            synchronized (FakeDisk.this) {
                alive();
                int count = (int) Math.min(target.remaining(), Math.max(0, content.size - position));
                if (count > 0) {
                    target.put(content.now, (int) position, count);
                }
            }
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            synchronized (FakeDisk.this) {
                @Nullable Fault met = operation();
                int end = Math.toIntExact(position + source.remaining());
                if (full && end > content.size) {
                    throw new IOException("No space left on device");
                }
                content.grow(end);
                source.get(content.now, (int) position, source.remaining());
                if (met == Fault.CRASH) {
                    throw new IOException("the disk lost power");
                }
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (FakeDisk.this) {
                @Nullable Fault met = operation();
                content.now = Arrays.copyOf(content.now, (int) size);
                content.size = (int) size;
                if (met == Fault.CRASH) {
                    throw new IOException("the disk lost power");
                }
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (FakeDisk.this) {
                if (forceFails()) {
                    throw new IOException("the file could not be forced");
                }
                content.forced = Arrays.copyOf(content.now, content.size);
            }
        }

        @Override
        public void close() {}
    }
}
