package io.weft.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The setting of short waits, as a file. */
class GracePeriodsTest {
    @TempDir
    private Path directory;

    private Path setting;
    private Path mark;
    private GracePeriods periods;

    @BeforeEach
    void prepare() {
        setting = directory.resolve("rcu_expedited");
        mark = directory.resolve("run/rcu_expedited");
        periods = new GracePeriods(setting, mark);
        set("0");
    }

    private void set(String value) {
        try {
            Files.writeString(setting, value + "\n");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private String setting() {
        try {
            return Files.readString(setting).strip();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void waitsAreShortAsLongAsACallIsUnderWay() {
        assertThat(periods.hurried(() -> {
                    assertThat(periods.hurried(this::setting)).isEqualTo("1");
                    return setting();
                }))
                .isEqualTo("1");
        assertThat(setting()).isEqualTo("0");
        assertThat(mark).doesNotExist();
    }

    @Test
    void aCallThatFailsLeavesNothing() {
        assertThatThrownBy(() -> periods.hurried(() -> {
                    throw new KernelException("attach", Errno.ENODEV);
                }))
                .isInstanceOf(KernelException.class);
        assertThat(setting()).isEqualTo("0");
    }

    @Test
    void whatSomebodySetForGoodStays() {
        set("1");
        assertThat(periods.hurried(this::setting)).isEqualTo("1");
        periods.recover();
        assertThat(setting()).isEqualTo("1");
    }

    @Test
    void theNextProcessPutsBackWhatAKilledOneLeft() {
        periods.hurried(() -> {
            // As if this process ended here.
            new GracePeriods(setting, mark).recover();
            return assertThat(setting()).isEqualTo("0");
        });
        assertThat(mark).doesNotExist();
    }

    @Test
    void withoutTheSettingCallsAreMade() throws IOException {
        Files.delete(setting);
        assertThat(periods.hurried(() -> "made")).isEqualTo("made");
        assertThat(setting).doesNotExist();
    }
}
