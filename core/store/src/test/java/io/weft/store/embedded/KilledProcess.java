package io.weft.store.embedded;

import io.weft.store.Bytes;
import io.weft.store.Entry;
import io.weft.store.Transaction;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The process that {@link KillTest} kills: four writers that say aloud what was acknowledged. */
final class KilledProcess {
    private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);

    private KilledProcess() {}

    public static void main(String[] arguments) throws InterruptedException {
        EmbeddedStore store = EmbeddedStore.open(
                Path.of(arguments[0]), new EmbeddedStore.Options(1 << 20, Long.parseLong(arguments[1])));
        Thread[] writers = new Thread[KillTest.WRITERS];
        for (int i = 0; i < writers.length; i++) {
            String writer = "w" + i;
            writers[i] = Thread.ofPlatform().start(() -> write(store, writer));
        }
        for (Thread writer : writers) {
            writer.join();
        }
    }

    private static void write(EmbeddedStore store, String writer) {
        int number = store.get("a/" + writer).map(KilledProcess::number).orElse(0);
        while (true) {
            number++;
            Bytes value = Bytes.utf8(number + ":" + "x".repeat(100 + number % 900));
            Transaction.Builder transaction = Transaction.builder()
                    .put("a/" + writer, value)
                    .put("m/" + writer, value)
                    .put("z/" + writer, value)
                    .put("page/" + writer + "/" + number, value)
                    .delete("page/" + writer + "/" + (number - 20));
            store.commit(transaction.build());
            say(writer + " " + number + " done\n");
        }
    }

    /** Writes a line to the pipe at once, past all buffers. */
    private static void say(String line) {
        try {
            OUT.write(line.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int number(Entry entry) {
        String text = entry.value().utf8();
        return Integer.parseInt(text.substring(0, text.indexOf(':')));
    }
}
