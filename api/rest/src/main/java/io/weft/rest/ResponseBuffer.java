package io.weft.rest;

import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A response body that is sent in one piece with its length when it is small and is streamed in chunks when it grows.
 * One thread uses it.
 */
final class ResponseBuffer extends OutputStream {
    private static final int STREAM_BEYOND = 64 * 1024;

    private final ServerResponse response;
    private byte[] buffer = new byte[2048];
    private int size;
    private @Nullable OutputStream stream;

    ResponseBuffer(ServerResponse response) {
        this.response = response;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (size + length > STREAM_BEYOND) {
            if (stream == null) {
                stream = response.outputStream();
            }
            stream.write(buffer, 0, size);
            stream.write(bytes, offset, length);
            size = 0;
            return;
        }
        if (size + length > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(size + length, buffer.length * 2));
        }
        System.arraycopy(bytes, offset, buffer, size, length);
        size += length;
    }

    /** Whether bytes have left already, so that the status can no longer change. */
    boolean streaming() {
        return stream != null;
    }

    /** Ends the response. */
    void send() throws IOException {
        if (stream == null) {
            response.send(buffer, 0, size);
        } else {
            stream.write(buffer, 0, size);
            stream.close();
        }
    }
}
