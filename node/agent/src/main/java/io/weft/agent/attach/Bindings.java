package io.weft.agent.attach;

import io.weft.kernel.netlink.Link;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which device belongs to which port. A device with the alias {@code weft:PORT} is that port's; one without an alias
 * whose name is {@code tap} and the first eleven characters of a port's id, as Nova names them, is that port's when the
 * port is of this node. Of several devices of one port the youngest counts. One thread owns it.
 */
public final class Bindings {
    /** What the alias of a port's device begins with. */
    public static final String ALIAS = "weft:";

    private static final String TAP = "tap";
    private static final int TAP_CHARACTERS = 11;

    /** Devices that are or may become a port's, by ifindex, the youngest last. */
    private final TreeMap<Integer, Link> candidates = new TreeMap<>();

    private final Map<String, UUID> localByPrefix = new HashMap<>();

    /** A link is there, new or changed; gives whether bindings may be other than before. */
    public boolean changed(Link link) {
        if (!isCandidate(link)) {
            return candidates.remove(link.index()) != null;
        }
        Link before = candidates.put(link.index(), link);
        return before == null || !before.equals(link);
    }

    /** A link is gone; gives whether bindings may be other than before. */
    public boolean removed(int ifindex) {
        return candidates.remove(ifindex) != null;
    }

    /** Forgets all links, before they are listed anew. */
    public void clear() {
        candidates.clear();
    }

    /** The ports of this node are these. */
    public void localPorts(Collection<UUID> ports) {
        localByPrefix.clear();
        ports.forEach(port -> localByPrefix.put(prefix(port), port));
    }

    /** The device of each port. */
    public Map<UUID, Link> byPort() {
        Map<UUID, Link> bound = new HashMap<>();
        for (Link link : candidates.values()) {
            UUID port = port(link);
            if (port != null) {
                bound.put(port, link);
            }
        }
        return bound;
    }

    private @Nullable UUID port(Link link) {
        return aliased(link)
                .orElseGet(() ->
                        link.alias().isEmpty() ? localByPrefix.get(link.name().substring(TAP.length())) : null);
    }

    private static boolean isCandidate(Link link) {
        return aliased(link).isPresent()
                || link.alias().isEmpty()
                        && link.name().startsWith(TAP)
                        && link.name().length() == TAP.length() + TAP_CHARACTERS;
    }

    /** The name of the device that is made for a port. */
    public static String veth(UUID port) {
        return "weft" + prefix(port);
    }

    /** The port that the alias names. */
    public static Optional<UUID> aliased(Link link) {
        if (!link.alias().startsWith(ALIAS)) {
            return Optional.empty();
        }
        try {
            return Optional.of(UUID.fromString(link.alias().substring(ALIAS.length())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The part of a port's id that names of its devices carry. */
    public static String prefix(UUID port) {
        return port.toString().substring(0, TAP_CHARACTERS);
    }
}
