package io.weft.store.embedded;

import io.weft.store.disk.Disk.DiskFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** A file as a buffered stream, from its beginning. */
final class DiskStream extends InputStream {
    private final DiskFile file;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 20).limit(0);
    private long position;

    DiskStream(DiskFile file) {
        this.file = file;
    }

    private boolean fill() throws IOException {
        buffer.clear();
        file.read(buffer, position);
        position += buffer.position();
        buffer.flip();
        return buffer.hasRemaining();
    }

    @Override
    public int read() throws IOException {
        return buffer.hasRemaining() || fill() ? buffer.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!buffer.hasRemaining() && !fill()) {
            return -1;
        }
        int count = Math.min(length, buffer.remaining());
        buffer.get(target, offset, count);
        return count;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
