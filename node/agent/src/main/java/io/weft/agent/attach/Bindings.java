package io.weft.agent.attach;

import io.weft.kernel.netlink.Link;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
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

    /**
     * What is other than at the last look.
     *
     * @param ports of these ports the device, which may be the one that it was; empty for none
     * @param present devices by ifindex that a port has or soon has
     * @param absent others that were looked at
     */
    public record Changes(Map<UUID, Optional<Link>> ports, Set<Integer> present, Set<Integer> absent) {}

    /** Devices that are or may become a port's, by ifindex. */
    private final Map<Integer, Link> candidates = new HashMap<>();

    /** Those of ports, by the part of a port's id that they name and by ifindex, the youngest last. */
    private final Map<String, TreeMap<Integer, Link>> named = new HashMap<>();

    /** What the last look found, by the same part. */
    private final Map<String, Map<UUID, Link>> bound = new HashMap<>();

    private final Map<String, UUID> local = new HashMap<>();

    /** What to look at: parts of ids, and devices. */
    private final Set<String> touched = new HashSet<>();

    private final Set<Integer> touchedLinks = new HashSet<>();

    /** A link is there, new or changed; gives whether bindings may be other than before. */
    public boolean changed(Link link) {
        Link before = candidates.get(link.index());
        if (!isCandidate(link)) {
            return removed(link.index());
        }
        boolean same = before != null && isSame(before, link);
        if (!same) {
            removed(link.index());
            touch(link);
        }
        candidates.put(link.index(), link);
        if (!isEarly(link)) {
            named.computeIfAbsent(prefix(link), _ -> new TreeMap<>()).put(link.index(), link);
        }
        return !same;
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
        Link before = candidates.remove(ifindex);
        if (before == null) {
            return false;
        }
        touch(before);
        if (!isEarly(before)) {
            named.computeIfPresent(prefix(before), (_, links) -> {
                links.remove(ifindex);
                return links.isEmpty() ? null : links;
            });
        }
        return true;
    }

    private void touch(Link link) {
        touchedLinks.add(link.index());
        if (!isEarly(link)) {
            touched.add(prefix(link));
        }
    }

    /** Forgets all links, before they are listed anew. */
    public void clear() {
        List.copyOf(candidates.keySet()).forEach(this::removed);
    }

    /** A port is of this node, or is no more. */
    public void local(UUID port, boolean here) {
        String prefix = prefix(port);
        boolean other = here ? !port.equals(local.put(prefix, port)) : local.remove(prefix, port);
        if (other) {
            touched.add(prefix);
        }
    }

    /** What links and ports since the last call have made of the bindings. */
    public Changes take() {
        Map<UUID, Optional<Link>> ports = new HashMap<>();
        Set<Integer> looked = new HashSet<>(touchedLinks);
        Set<Integer> present = new HashSet<>();
        for (int index : touchedLinks) {
            Link link = candidates.get(index);
            if (link != null && isEarly(link)) {
                present.add(index);
            }
        }
        for (String prefix : touched) {
            Map<UUID, Link> now = new HashMap<>();
            for (Link link : named.getOrDefault(prefix, new TreeMap<>()).values()) {
                looked.add(link.index());
                UUID port = port(link);
                if (port != null) {
                    now.put(port, link);
                }
            }
            Map<UUID, Link> before = now.isEmpty() ? bound.remove(prefix) : bound.put(prefix, now);
            if (before != null) {
                before.keySet().forEach(port -> ports.put(port, Optional.empty()));
            }
            now.forEach((port, link) -> {
                ports.put(port, Optional.of(link));
                present.add(link.index());
            });
        }
        touched.clear();
        touchedLinks.clear();
        looked.removeAll(present);
        return new Changes(ports, present, looked);
    }

    /** The part of a port's id that the link names; it is not early. */
    private static String prefix(Link link) {
        return aliased(link).map(Bindings::prefix).orElseGet(() -> link.name().substring(TAP.length()));
    }

    private @Nullable UUID port(Link link) {
        return aliased(link).orElseGet(() -> isTap(link) ? local.get(link.name().substring(TAP.length())) : null);
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
