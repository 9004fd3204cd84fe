package io.weft.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.store.StoreError;
import io.weft.store.StoreException;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that writes is killed by the kernel, again and again, and goes on with what it left. */
class KillTest {
    static final int WRITERS = 4;

    @Test
    void acknowledgedCommitsSurviveTheirProcess(@TempDir Path directory) throws Exception {
        kill(directory, 10);
    }

    @Test
    @Tag("long")
    void acknowledgedCommitsSurviveAHundredProcesses(@TempDir Path directory) throws Exception {
        kill(directory, 100);
    }

    private static void kill(Path directory, int times) throws Exception {
        long seed = System.nanoTime();
        System.out.println("kills from seed " + seed);
        Random random = new Random(seed);
        Map<String, Diary> diaries = new HashMap<>();
        for (int i = 0; i < WRITERS; i++) {
            diaries.put("w" + i, new Diary("w" + i));
        }
        int acknowledged = 0;
        for (int i = 0; i < times; i++) {
            acknowledged += killOnce(directory, diaries, 1 + random.nextInt(400));
            try (EmbeddedStore store = EmbeddedStore.open(directory)) {
                diaries.values().forEach(diary -> diary.check(store));
            }
        }
        System.out.println(acknowledged + " acknowledged commits");
    }

    /** Kills the process some commits after its first; answers how many it acknowledged. */
    private static int killOnce(Path directory, Map<String, Diary> diaries, int after) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledProcess.class.getName(),
                        directory.toString(),
                        "20000")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        // Each writer may have one more on its way, also one that was never heard of in this life.
        diaries.values().forEach(diary -> diary.acknowledged(diary.acknowledged()));
        int count = 0;
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ");
                // The last line may have come in part.
                Diary diary = words.length == 3 && words[2].equals("done") ? diaries.get(words[0]) : null;
                if (diary == null) {
                    continue;
                }
                diary.acknowledged(Integer.parseInt(words[1]));
                if (++count == 1) {
                    assertThatThrownBy(() -> EmbeddedStore.open(directory))
                            .isInstanceOfSatisfying(
                                    StoreException.class,
                                    e -> assertThat(e.error()).isEqualTo(StoreError.LOCKED));
                }
                if (count == after) {
                    // By its handle: the process's own method would close the pipe, with lines still in it.
                    process.toHandle().destroyForcibly();
                }
            }
        } finally {
            process.destroyForcibly();
        }
        process.waitFor();
        assertThat(count).isPositive();
        return count;
    }
}
