package io.weft.agent.drivers;

import io.weft.vrouter.Vrouter;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Sees to it that devices run the programs of this build: each is attached once in this process, which replaces what a
 * former process attached, and what should run none is let go.
 */
public final class DeviceDriver {
    private static final System.Logger LOGGER = System.getLogger(DeviceDriver.class.getName());

    /** What runs on a device. */
    public enum Role {
        WORKLOAD,
        UPLINK,
        TUNNEL
    }

    private final Vrouter vrouter;
    private final Map<Integer, Role> desired = new HashMap<>();
    private final Map<Integer, Role> actual = new HashMap<>();
    private final Set<Integer> inherited = new HashSet<>();
    private final Set<Integer> pending = new LinkedHashSet<>();
    private final Map<Integer, String> failures = new HashMap<>();
    private final Retry retry = new Retry();

    public DeviceDriver(Vrouter vrouter) {
        this.vrouter = vrouter;
        inherited.addAll(vrouter.attached());
    }

    /** A device should run the programs for this role. */
    public void want(int ifindex, Role role) {
        if (desired.put(ifindex, role) != role || actual.get(ifindex) != role) {
            pending.add(ifindex);
        }
    }

    /** A device should run nothing, or is gone. */
    public void drop(int ifindex) {
        if (desired.remove(ifindex) != null || actual.containsKey(ifindex)) {
            pending.add(ifindex);
        }
    }

    /** A device is gone, and with it what it ran; one with the same number starts from nothing. */
    public void gone(int ifindex) {
        if (actual.remove(ifindex) != null || inherited.remove(ifindex)) {
            pending.add(ifindex);
        }
        desired.remove(ifindex);
    }

    /** Lets go of all devices that a former process attached and nobody wants. */
    public void sweep() {
        inherited.stream().filter(ifindex -> !desired.containsKey(ifindex)).forEach(pending::add);
        inherited.clear();
    }

    public boolean isClean() {
        return pending.isEmpty();
    }

    public boolean isAttached(int ifindex) {
        return actual.containsKey(ifindex);
    }

    /** What went wrong with devices, by ifindex. */
    public Map<Integer, String> failures() {
        return Map.copyOf(failures);
    }

    /** Does all that is due; gives the nanoseconds until there is more, {@link Long#MAX_VALUE} for nothing. */
    public long work() {
        long now = System.nanoTime();
        if (pending.isEmpty()) {
            return Long.MAX_VALUE;
        }
        if (retry.isDue(now)) {
            boolean failed = false;
            for (int ifindex : Set.copyOf(pending)) {
                failed |= !settle(ifindex);
            }
            if (failed) {
                retry.failed(now);
            } else {
                retry.succeeded();
            }
        }
        return pending.isEmpty() ? Long.MAX_VALUE : retry.pause(now);
    }

    private boolean settle(int ifindex) {
        Role role = desired.get(ifindex);
        try {
            if (role == null) {
                vrouter.detach(ifindex);
                actual.remove(ifindex);
            } else {
                attach(role).accept(ifindex);
                actual.put(ifindex, role);
            }
            pending.remove(ifindex);
            failures.remove(ifindex);
            return true;
        } catch (RuntimeException e) {
            if (failures.put(ifindex, String.valueOf(e.getMessage())) == null) {
                LOGGER.log(Level.WARNING, "device refused: " + ifindex, e);
            }
            return false;
        }
    }

    private IntConsumer attach(Role role) {
        return switch (role) {
            case WORKLOAD -> vrouter::attachWorkload;
            case UPLINK -> vrouter::attachUplink;
            case TUNNEL -> vrouter::attachTunnelDevice;
        };
    }
}
