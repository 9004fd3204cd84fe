package io.weft.domain.status;

import io.weft.domain.replica.DeviceState;
import io.weft.domain.replica.PortReport;
import io.weft.domain.replica.View;
import io.weft.model.Port;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a node that is connected to this server has said, and which of its ports are to be looked at. A report costs what
 * it names; a later revision alone costs nothing for ports that wait for none. Owned by whoever holds its lock.
 */
public final class ReportedNode {
    /** What is to be done about a port. */
    public enum Verdict {
        /** Nothing: what is stored is right. */
        RIGHT,
        /** It is to be looked at again. */
        WAIT,
        /** It is in use. */
        UP,
        /** It is not in use any more. */
        DOWN
    }

    private final UUID id;
    private final String host;
    /** What was bound before this revision, had been by it. */
    private final long known;
    /** What it said of ports, also of some that it has no more. */
    private final Map<UUID, PortReport> said = new HashMap<>();
    /** The revision from which on ports are as they are, where it is later than {@link #known}. */
    private final Map<UUID, Long> since = new HashMap<>();
    /** Ports that were taken from it, at which revision. */
    private final Map<UUID, Long> taken = new HashMap<>();

    private final Set<UUID> due = new LinkedHashSet<>();
    private long revision = -1;
    private boolean complete;

    /**
     * @param known the revision that this server has at hand
     */
    public ReportedNode(UUID id, String host, long known) {
        this.id = id;
        this.host = host;
        this.known = known;
    }

    public UUID id() {
        return id;
    }

    public String host() {
        return host;
    }

    /** The revision that it reported last; -1 before its first report. */
    public long revision() {
        return revision;
    }

    /** The ports that are to be looked at, to be taken away from by whoever has looked. */
    public Set<UUID> due() {
        return due;
    }

    /** The ports that the node cannot serve though it should. */
    public Map<UUID, PortReport> errors() {
        Map<UUID, PortReport> errors = new HashMap<>();
        said.forEach((port, report) -> {
            if (report.state() == DeviceState.ERROR) {
                errors.put(port, report);
            }
        });
        return errors;
    }

    /**
     * It has reported. Ports that this server has never seen on it do not count.
     *
     * @param full whether these are all its ports
     * @param view at least as new as the revision, if there is such a one
     * @return whether the errors may be others
     */
    public boolean reported(long newRevision, boolean full, List<PortReport> ports, View view) {
        revision = newRevision;
        boolean errors = false;
        if (full) {
            errors = !said.isEmpty();
            said.clear();
            complete = true;
            view.world().portsOnHost(host).forEach(port -> due.add(port.id()));
        }
        for (PortReport report : ports) {
            UUID port = report.portId();
            if (isHere(view, port) || taken.containsKey(port)) {
                @Nullable PortReport before = said.put(port, report);
                errors |=
                        report.state() == DeviceState.ERROR || (before != null && before.state() == DeviceState.ERROR);
                due.add(port);
            }
        }
        forgetTaken(view);
        return errors;
    }

    /** Once the node has heard that a port was taken from it, it will speak of the port anew when it comes back. */
    private void forgetTaken(View view) {
        for (Iterator<Map.Entry<UUID, Long>> rest = taken.entrySet().iterator(); rest.hasNext(); ) {
            Map.Entry<UUID, Long> entry = rest.next();
            if (entry.getValue() <= revision) {
                if (!isHere(view, entry.getKey())) {
                    said.remove(entry.getKey());
                }
                rest.remove();
            }
        }
    }

    /** A port was bound to it, or may be used from now on. */
    public void began(UUID port, long at) {
        since.put(port, at);
        due.add(port);
    }

    /** A port was bound elsewhere or nowhere. */
    public void lost(UUID port, long at) {
        taken.put(port, at);
        since.remove(port);
        due.remove(port);
    }

    /** A port is no more. */
    public void deleted(UUID port) {
        said.remove(port);
        taken.remove(port);
        since.remove(port);
        due.remove(port);
    }

    /**
     * What is to be done about a port.
     *
     * @param inForce the revision that the node has in force
     * @param othersMissing whether other nodes are still to confirm the port
     */
    public Verdict judge(UUID portId, View view, long inForce, boolean othersMissing) {
        Port port = view.world().port(portId).orElse(null);
        if (port == null || !port.binding().host().equals(host) || port.isRouterInterface()) {
            return Verdict.RIGHT;
        }
        boolean isUp = view.isUp(portId);
        boolean confirmed = inForce >= Math.max(known, since.getOrDefault(portId, 0L));
        @Nullable PortReport report = said.get(portId);
        if (report == null) {
            // Not to be named means something only when the node knows what is bound to it.
            return !isUp || !complete ? Verdict.RIGHT : confirmed ? Verdict.DOWN : Verdict.WAIT;
        }
        if (report.state() != DeviceState.UP) {
            return isUp ? Verdict.DOWN : Verdict.RIGHT;
        }
        if (isUp || !port.adminStateUp()) {
            since.remove(portId);
            return Verdict.RIGHT;
        }
        return confirmed && !othersMissing ? Verdict.UP : Verdict.WAIT;
    }

    private boolean isHere(View view, UUID port) {
        return view.world()
                .port(port)
                .filter(p -> p.binding().host().equals(host))
                .isPresent();
    }
}
