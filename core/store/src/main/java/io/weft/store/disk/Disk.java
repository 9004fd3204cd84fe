package io.weft.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A flat directory of files. What was written is durable once the file was forced, and the file's name once the
 * directory was synchronised; until then any part of it may be lost at a crash.
 */
public interface Disk extends AutoCloseable {
    /** The names of the files, in no order. */
    List<String> list() throws IOException;

    /** Opens a file for reading and writing; makes it when it does not exist. */
    DiskFile open(String name) throws IOException;

    /** Gives a file another name, in place of a file that has it already. */
    void rename(String from, String to) throws IOException;

    void delete(String name) throws IOException;

    /** Makes new files, new names and deletions durable. */
    void sync() throws IOException;

    /** Gives up the directory, so that another may open it. */
    @Override
    void close() throws IOException;

    /** An open file; for one thread at a time. */
    interface DiskFile extends AutoCloseable {
        long size() throws IOException;

        /** Fills a buffer from a position on; returns with room left in it only at the end of the file. */
        void read(ByteBuffer target, long position) throws IOException;

        /** Writes all of a buffer at a position, which may be the end of the file. */
        void write(ByteBuffer source, long position) throws IOException;

        void truncate(long size) throws IOException;

        /** Makes the content and the size durable. */
        void force() throws IOException;

        @Override
        void close() throws IOException;
    }
}
