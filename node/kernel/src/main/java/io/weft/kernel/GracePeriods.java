package io.weft.kernel;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Lets the kernel wait less for all processors to pass a quiet point (a grace period of RCU).
 *
 * <p>Whoever attaches a program to a device by tcx, or removes a device that runs one, waits for one while it holds the lock
 * of all devices. That is some 5 to 12 ms in the ordinary way, in which every other call about devices of the host waits too,
 * and less than 0.1 ms in the expedited way, which the kernel takes by itself wherever else it waits with that lock. Which it is
 * here, a setting of the whole machine says, so it is changed for the length of one call only.
 *
 * <p>Where the setting cannot be written, or somebody has made waits short for good, nothing is changed. A process that is
 * killed between leaves a mark, by which the next puts the setting back.
 */
public final class GracePeriods {
    private static final System.Logger LOGGER = System.getLogger(GracePeriods.class.getName());

    /** The setting and the mark of this machine. */
    public static final GracePeriods SYSTEM =
            new GracePeriods(Path.of("/sys/kernel/rcu_expedited"), Path.of("/run/weft/rcu_expedited"));

    private final Path setting;
    private final Path mark;

    /** How many calls are under way; guarded by this object's monitor, as is whether they found the setting at its default. */
    private int calls;

    private boolean raised;

    GracePeriods(Path setting, Path mark) {
        this.setting = setting;
        this.mark = mark;
    }

    /** Makes a call of the kernel with short waits. */
    public <T> T hurried(Supplier<T> call) {
        begin();
        try {
            return call.get();
        } finally {
            end();
        }
    }

    /** Puts back what a process that was killed has left. */
    public synchronized void recover() {
        if (calls == 0 && Files.exists(mark)) {
            raised = true;
            lower();
        }
    }

    private synchronized void begin() {
        if (calls++ > 0) {
            return;
        }
        try {
            if (Files.isWritable(setting) && Files.readString(setting).strip().equals("0")) {
                Files.createDirectories(mark.getParent());
                Files.writeString(mark, "");
                raised = true;
                Files.writeString(setting, "1");
            }
        } catch (IOException e) {
            // The call takes longer, no more than that.
            LOGGER.log(Level.DEBUG, "waits of the kernel stay long", e);
        }
    }

    private synchronized void end() {
        if (--calls == 0 && raised) {
            lower();
        }
    }

    private void lower() {
        raised = false;
        try {
            Files.writeString(setting, "0");
            Files.deleteIfExists(mark);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "the kernel's waits stay short: " + setting, e);
        }
    }
}
