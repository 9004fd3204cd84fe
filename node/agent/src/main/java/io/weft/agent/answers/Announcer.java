package io.weft.agent.answers;

import io.weft.kernel.KernelException;
import io.weft.kernel.socket.PacketSocket;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.responders.NeighbourFrames;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Tells external networks where an address is now. A few times, since nobody says that it was heard. On a thread of its own.
 */
public final class Announcer implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Announcer.class.getName());
    private static final int TIMES = 3;
    private static final long PAUSE_SECONDS = 1;

    /**
     * An address that is here now.
     *
     * @param ifindex the device into the network
     * @param mac its MAC there
     */
    public record Announcement(int ifindex, IpAddress address, MacAddress mac) {}

    private final PacketSocket socket;
    private volatile Set<Announcement> here = Set.of();
    private final ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("announcements").daemon().factory());

    /** @param socket sends; it is closed with this */
    public Announcer(PacketSocket socket) {
        this.socket = socket;
    }

    /**
     * Begins to announce what has come; any thread may call.
     *
     * @param all all that is here now: what has gone by the time of a repetition must not be called back by it
     */
    public void announce(List<Announcement> announcements, Set<Announcement> all) {
        here = Set.copyOf(all);
        for (int time = 0; time < TIMES; time++) {
            var _ = sender.schedule(() -> send(announcements), time * PAUSE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void send(List<Announcement> announcements) {
        for (Announcement announcement : announcements) {
            if (!here.contains(announcement)) {
                continue;
            }
            try {
                socket.send(
                        announcement.ifindex(),
                        NeighbourFrames.announcement(announcement.mac(), announcement.address()));
            } catch (KernelException e) {
                LOGGER.log(
                        Level.DEBUG,
                        "announcement not sent",
                        Map.entry("address", announcement.address()),
                        Map.entry("reason", String.valueOf(e.getMessage())));
            }
        }
    }

    @Override
    public void close() {
        sender.shutdownNow();
        sender.close();
        socket.close();
    }
}
