package io.weft.agent.drivers;

import io.weft.agent.tables.PhysicalDevice;
import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.RouteNetlink;
import io.weft.model.MacAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * This node's devices into physical networks: finds them by their names, and sees to it that they are up and take frames for
 * the MACs that addresses have there.
 */
public final class PhysicalDriver {
    private final RouteNetlink netlink;
    private final Map<String, String> configured;
    private final Retry retry = new Retry();
    private Map<String, PhysicalDevice> present = Map.of();
    private List<String> problems = List.of();
    private int uplink;
    private boolean pending = true;

    /**
     * @param netlink of the host's namespace
     * @param configured device names by the names of physical networks
     */
    public PhysicalDriver(RouteNetlink netlink, Map<String, String> configured) {
        this.netlink = netlink;
        this.configured = Map.copyOf(configured);
    }

    /** The devices that are there, by physical network. */
    public Map<String, PhysicalDevice> present() {
        return present;
    }

    public List<String> problems() {
        return problems;
    }

    /** Something about the host's devices has changed. */
    public void changed() {
        pending = true;
    }

    /** Whether a device is, or may be, one of these. */
    public boolean concerns(Link link) {
        return configured.containsValue(link.name())
                || present.values().stream().anyMatch(device -> device.ifindex() == link.index());
    }

    /**
     * Does what is due.
     *
     * @param tunnelUplink the device that carries tunnels, which cannot carry an external network as well; 0 for none
     * @return nanoseconds until there is more, {@link Long#MAX_VALUE} for nothing
     */
    public long work(int tunnelUplink) {
        long now = System.nanoTime();
        if (tunnelUplink != uplink) {
            uplink = tunnelUplink;
            pending = true;
        }
        if (!pending || configured.isEmpty()) {
            return Long.MAX_VALUE;
        }
        if (!retry.isDue(now)) {
            return retry.pause(now);
        }
        Map<String, PhysicalDevice> found = new HashMap<>();
        List<String> wrong = new ArrayList<>();
        boolean failed = false;
        for (Map.Entry<String, String> entry : configured.entrySet()) {
            try {
                find(entry.getValue()).ifPresent(device -> found.put(entry.getKey(), device));
            } catch (IllegalStateException e) {
                wrong.add("physical network " + entry.getKey() + ": " + e.getMessage());
            } catch (RuntimeException e) {
                failed = true;
                wrong.add("physical network " + entry.getKey() + ": " + e.getMessage());
            }
        }
        present = Map.copyOf(found);
        problems = wrong.stream().sorted().toList();
        if (failed) {
            retry.failed(now);
            return retry.pause(now);
        }
        // A device that is not there says so when it comes.
        pending = false;
        retry.succeeded();
        return Long.MAX_VALUE;
    }

    private Optional<PhysicalDevice> find(String name) {
        Link link = netlink.link(name).orElseThrow(() -> new IllegalStateException("there is no device " + name));
        if (link.index() == uplink) {
            throw new IllegalStateException("device " + name + " carries the tunnels already");
        }
        if (!link.isUp()) {
            netlink.setUp(link.index(), true);
        }
        if (!link.isPromiscuous()) {
            netlink.setPromiscuous(link.index(), true);
        }
        MacAddress mac = link.mac().orElseThrow(() -> new IllegalStateException("device " + name + " has no MAC"));
        return Optional.of(new PhysicalDevice(link.index(), link.mtu(), mac, link.hasCarrier()));
    }
}
