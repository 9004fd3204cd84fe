package io.weft.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The physical network: one router, a namespace, with a subnet of its own for each host, in IPv4 and IPv6, and a link to
 * this machine for the server. Several data centres on one machine take different slots of 198.18.0.0/15 (RFC 2544).
 */
final class Underlay implements AutoCloseable {
    private static final int SLOTS = 16;

    private static final int PORTS = 100;
    private static final Path LOCKS = Path.of("/run/weft-e2e");

    private final int slot;
    private final FileLock lock;
    private int hosts;

    private Underlay(int slot, FileLock lock) {
        this.slot = slot;
        this.lock = lock;
    }

    /** Takes a free slot, sweeps what a killed owner left in it, and builds the router. */
    static Underlay build() {
        try {
            Files.createDirectories(LOCKS);
            for (int slot = 1; slot < SLOTS; slot++) {
                FileLock lock = tryLock(LOCKS.resolve("slot-" + slot));
                if (lock != null) {
                    Underlay underlay = new Underlay(slot, lock);
                    underlay.sweep();
                    underlay.connectThisMachine();
                    return underlay;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("all slots of " + LOCKS + " are taken");
    }

    private static @Nullable FileLock tryLock(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another data centre of this very process has it.
            lock = null;
        }
        if (lock == null) {
            channel.close();
        }
        return lock;
    }

    /** What all names of this data centre begin with. */
    String prefix() {
        return "weft" + slot + "-";
    }

    /** Where this machine, and so the server, is reached from the hosts. */
    String serverAddress() {
        return net(0) + ".1";
    }

    /** The first of a hundred ports of this machine that are for this data centre's servers. */
    int firstPort() {
        return 19_600 + PORTS * slot;
    }

    private String router() {
        return prefix() + "underlay";
    }

    private String net(int host) {
        return "198." + (18 + slot / 16) + "." + (slot % 16 * 16 + host);
    }

    private String net6(int host) {
        return "fd18:" + Integer.toHexString(slot) + ":" + host + ":";
    }

    private void connectThisMachine() {
        String here = prefix() + "srv";
        ip("netns add " + router());
        inRouter("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
        inRouter("ip link set lo up");
        ip("link add " + here + " type veth peer name up0 netns " + router());
        ip("address add " + net(0) + ".1/24 dev " + here);
        ip("-6 address add " + net6(0) + ":1/64 dev " + here + " nodad");
        ip("link set " + here + " up");
        inRouter("ip address add " + net(0) + ".2/24 dev up0");
        inRouter("ip -6 address add " + net6(0) + ":2/64 dev up0 nodad");
        inRouter("ip link set up0 up");
        ip("route add " + "198." + (18 + slot / 16) + "." + slot % 16 * 16 + ".0/20 via " + net(0) + ".2");
    }

    /** Makes a namespace for a host with an uplink named {@code eth0} in a subnet of its own. */
    Attachment connectHost(String name) {
        int number = ++hosts;
        String namespace = prefix() + name;
        ip("netns add " + namespace);
        ip("link add h" + number + " netns " + router() + " type veth peer name eth0 netns " + namespace);
        inRouter("ip address add " + net(number) + ".1/24 dev h" + number);
        inRouter("ip -6 address add " + net6(number) + ":1/64 dev h" + number + " nodad");
        inRouter("ip link set h" + number + " up");
        String enter = "nsenter --net=/run/netns/" + namespace + " ";
        Shell.sh(enter + "ip link set lo up");
        Shell.sh(enter + "ip address add " + net(number) + ".2/24 dev eth0");
        Shell.sh(enter + "ip -6 address add " + net6(number) + ":2/64 dev eth0 nodad");
        Shell.sh(enter + "ip link set eth0 up");
        Shell.sh(enter + "ip route add default via " + net(number) + ".1");
        Shell.sh(enter + "ip -6 route add default via " + net6(number) + ":1");
        return new Attachment(namespace, net(number) + ".2", net6(number) + ":2", router(), "h" + number);
    }

    /**
     * A host's place in the underlay.
     *
     * @param namespace the host's namespace
     * @param ipv4 its tunnel address of either family
     * @param ipv6 its tunnel address of either family
     * @param router the namespace of the underlay's router
     * @param link the router's interface towards the host
     */
    record Attachment(String namespace, String ipv4, String ipv6, String router, String link) {}

    /** Joins two hosts by a device {@code cable0} of each, and returns them with the addresses that they have there. */
    List<Attachment> cable(Attachment one, Attachment other) {
        ip("link add cable0 netns " + one.namespace() + " type veth peer name cable0 netns " + other.namespace());
        List<Attachment> ends = new ArrayList<>();
        for (Attachment host : List.of(one, other)) {
            int number = ends.size() + 1;
            String in = "-n " + host.namespace();
            ip(in + " address add 198.51.100." + number + "/24 dev cable0");
            ip(in + " -6 address add fd19::" + number + "/64 dev cable0 nodad");
            ip(in + " link set cable0 up");
            ends.add(new Attachment(
                    host.namespace(), "198.51.100." + number, "fd19::" + number, host.router(), host.link()));
        }
        return ends;
    }

    /** Loses everything that goes from one address to another, until {@link #heal}. */
    void cut(String from, String to) {
        String family = from.contains(":") ? "ip6" : "ip";
        inRouter("nft 'add table inet cuts; add chain inet cuts forward { type filter hook forward priority 0; };"
                + " add rule inet cuts forward " + family + " saddr " + from + " " + family + " daddr " + to
                + " drop'");
    }

    /** Ends all cuts. */
    void heal() {
        inRouter("nft 'add table inet cuts; delete table inet cuts'");
    }

    private void inRouter(String command) {
        Shell.sh("nsenter --net=/run/netns/" + router() + " " + command);
    }

    private static void ip(String arguments) {
        Shell.run(Arrays.stream(("ip " + arguments).split(" ")).toList());
    }

    /** Ends every process in a namespace of this slot and removes the namespaces and the link to this machine. */
    private void sweep() {
        Shell.sh("for ns in $(ip netns list | cut -d' ' -f1 | grep '^" + prefix() + "'); do"
                + " ip netns pids $ns | xargs -r kill -9; ip netns del $ns; done;"
                + " ip link del " + prefix() + "srv 2>/dev/null;"
                + " rm -rf /sys/fs/bpf/" + prefix() + "*; true");
        Engine.sweepGroups(prefix());
    }

    @Override
    public void close() {
        sweep();
        try {
            lock.release();
            lock.acquiredBy().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
