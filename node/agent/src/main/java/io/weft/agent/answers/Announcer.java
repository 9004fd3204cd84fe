package io.weft.agent.answers;

import io.weft.kernel.KernelException;
import io.weft.kernel.socket.PacketSocket;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells external networks where an address is now: by an announcement in ARP (RFC 5227, section 3), or an unsolicited
 * neighbour advertisement (RFC 4861, section 7.2.6). A few times, since nobody says that it was heard. On threads of its own.
 */
public final class Announcer implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Announcer.class.getName());
    private static final int TIMES = 3;
    private static final long PAUSE_MILLIS = 1000;

    private static final byte[] EVERYONE = {-1, -1, -1, -1, -1, -1};
    private static final byte[] ALL_NODES = {0x33, 0x33, 0, 0, 0, 1};
    private static final IpAddress ALL_NODES_ADDRESS = IpAddress.parse("ff02::1");
    private static final int FROM_ROUTER_OVERRIDING = 0xa0000000;

    /**
     * An address that is here now.
     *
     * @param ifindex the device into the network
     * @param mac its MAC there
     */
    public record Announcement(int ifindex, IpAddress address, MacAddress mac) {}

    private final PacketSocket socket;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /** @param socket sends; it is closed with this */
    public Announcer(PacketSocket socket) {
        this.socket = socket;
    }

    /** Begins to announce; any thread may call. */
    public void announce(List<Announcement> announcements) {
        Thread thread = Thread.ofVirtual().name("announcements").unstarted(() -> repeat(announcements));
        threads.add(thread);
        thread.start();
    }

    private void repeat(List<Announcement> announcements) {
        try {
            for (int time = 0; time < TIMES; time++) {
                send(announcements);
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            // The agent ends.
            Thread.currentThread().interrupt();
        } finally {
            threads.remove(Thread.currentThread());
        }
    }

    private void send(List<Announcement> announcements) {
        for (Announcement announcement : announcements) {
            try {
                socket.send(announcement.ifindex(), frame(announcement));
            } catch (KernelException e) {
                LOGGER.log(
                        Level.DEBUG,
                        "announcement not sent",
                        Map.entry("address", announcement.address()),
                        Map.entry("reason", String.valueOf(e.getMessage())));
            }
        }
    }

    static byte[] frame(Announcement announcement) {
        return announcement.address().isIpv4() ? arp(announcement) : advertisement(announcement);
    }

    private static byte[] arp(Announcement announcement) {
        byte[] mac = announcement.mac().toBytes();
        byte[] address = announcement.address().toBytes();
        return ByteBuffer.allocate(60)
                .put(EVERYONE)
                .put(mac)
                .putShort((short) 0x0806)
                .putShort((short) 1)
                .putShort((short) 0x0800)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) 1)
                .put(mac)
                .put(address)
                .put(new byte[6])
                .put(address)
                .array();
    }

    private static byte[] advertisement(Announcement announcement) {
        byte[] mac = announcement.mac().toBytes();
        byte[] address = announcement.address().toBytes();
        ByteBuffer message = ByteBuffer.allocate(32)
                .put((byte) 136)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(FROM_ROUTER_OVERRIDING)
                .put(address)
                .put((byte) 2)
                .put((byte) 1)
                .put(mac);
        message.putShort(2, checksum(address, message.array()));
        return ByteBuffer.allocate(14 + 40 + 32)
                .put(ALL_NODES)
                .put(mac)
                .putShort((short) 0x86dd)
                .putInt(0x60000000)
                .putShort((short) 32)
                .put((byte) 58)
                .put((byte) 255)
                .put(address)
                .put(ALL_NODES_ADDRESS.toBytes())
                .put(message.array())
                .array();
    }

    /** Of ICMPv6 (RFC 4443, section 2.3). */
    private static short checksum(byte[] source, byte[] message) {
        ByteBuffer covered = ByteBuffer.allocate(40 + message.length)
                .put(source)
                .put(ALL_NODES_ADDRESS.toBytes())
                .putInt(message.length)
                .putInt(58)
                .put(message)
                .flip();
        int sum = 0;
        while (covered.hasRemaining()) {
            sum += covered.getShort() & 0xffff;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        return (short) ~(sum + (sum >>> 16));
    }

    @Override
    public void close() {
        for (Thread thread : threads) {
            thread.interrupt();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        socket.close();
    }
}
