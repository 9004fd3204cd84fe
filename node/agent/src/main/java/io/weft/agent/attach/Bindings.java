package io.weft.agent.attach;

import io.weft.kernel.netlink.Link;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which device belongs to which port. A device with the alias {@code weft:PORT} is that port's; one without an alias
 * whose name is {@code tap} and the first eleven characters of a port's id, as Nova names them, is that port's when the
 * port is of this node. Of several devices of one port the youngest counts. A veth without an alias whose name is one that
 * this agent makes is early: it has no port yet, and soon has one. One thread owns it.
 */
public final class Bindings {
    /** What the alias of a port's device begins with. */
    public static final String ALIAS = "weft:";

    private static final String MADE = "weft";
    private static final String EARLY = MADE + "-";
    private static final int EARLY_CHARACTERS = 10;
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
        return before == null || !isSame(before, link);
    }

    /** Whether a device is bound as before, whatever has become of its carrier and the like. */
    private static boolean isSame(Link before, Link after) {
        return before.name().equals(after.name())
                && before.alias().equals(after.alias())
                && before.kind().equals(after.kind())
                && before.peerNamespaceId() == after.peerNamespaceId();
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

    /** The devices that are no port's yet but soon are. */
    public Stream<Link> early() {
        return candidates.values().stream().filter(Bindings::isEarly);
    }

    private @Nullable UUID port(Link link) {
        return aliased(link)
                .orElseGet(() -> isTap(link) ? localByPrefix.get(link.name().substring(TAP.length())) : null);
    }

    private static boolean isCandidate(Link link) {
        return aliased(link).isPresent() || isTap(link) || isEarly(link);
    }

    private static boolean isTap(Link link) {
        return link.alias().isEmpty()
                && link.name().startsWith(TAP)
                && link.name().length() == TAP.length() + TAP_CHARACTERS;
    }

    /** Whether it has a name of a veth that is made here, be it before its port is known, and no alias yet. */
    public static boolean isEarly(Link link) {
        return link.alias().isEmpty()
                && link.kind().equals("veth")
                && link.name().startsWith(MADE)
                && link.name().length() == EARLY.length() + EARLY_CHARACTERS;
    }

    /** The name of the device that is made for a port. */
    public static String veth(UUID port) {
        return MADE + prefix(port);
    }

    /**
     * The name of a device until it is known which port it is for. No port's device is called so.
     *
     * @param purpose what it is made for
     */
    public static String early(String purpose) {
        String digits = UUID.nameUUIDFromBytes(purpose.getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "");
        return EARLY + digits.substring(0, EARLY_CHARACTERS);
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
