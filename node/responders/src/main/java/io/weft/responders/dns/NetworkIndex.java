package io.weft.responders.dns;

import io.weft.model.DnsNames;
import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The names of one network, both ways. One thread changes it, any thread reads. */
final class NetworkIndex {
    private static final String DEFAULT = "host-";

    private final Map<IpAddress, Called> called = new ConcurrentHashMap<>();
    private final Map<String, List<IpAddress>> named = new ConcurrentHashMap<>();
    private final Map<String, Integer> above = new ConcurrentHashMap<>();

    private volatile Optional<Zone> zone = Optional.empty();

    Optional<Zone> zone() {
        return zone;
    }

    void zone(Optional<Zone> newZone) {
        zone = newZone;
    }

    boolean isEmpty() {
        return zone.isEmpty() && called.isEmpty();
    }

    void put(IpAddress address, @Nullable Called now) {
        Called before = now == null ? called.remove(address) : called.put(address, now);
        String old = before == null ? "" : before.name();
        String name = now == null ? "" : now.name();
        // What stays is never away, not even for a moment.
        if (name.equals(old)) {
            return;
        }
        if (!name.isEmpty()) {
            named.merge(name, List.of(address), NetworkIndex::joined);
            ancestors(name, each -> above.merge(each, 1, Integer::sum));
        }
        if (!old.isEmpty()) {
            named.computeIfPresent(old, (_, list) -> without(list, address));
            ancestors(old, each -> above.computeIfPresent(each, (_, count) -> count == 1 ? null : count - 1));
        }
    }

    private static List<IpAddress> joined(List<IpAddress> some, List<IpAddress> more) {
        TreeSet<IpAddress> all = new TreeSet<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }

    private static @Nullable List<IpAddress> without(List<IpAddress> list, IpAddress address) {
        List<IpAddress> left =
                list.stream().filter(other -> !other.equals(address)).toList();
        return left.isEmpty() ? null : left;
    }

    /** The names between a name of several labels and its domain, which exist without meaning an address. */
    private static void ancestors(String name, Consumer<String> each) {
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            each.accept(name.substring(dot + 1));
        }
    }

    /** What an address is called; empty when no port has it. */
    Optional<Called> called(IpAddress address) {
        return Optional.ofNullable(called.get(address));
    }

    /** Whether a relative name has others below it. */
    boolean hasBelow(String name) {
        return above.containsKey(name);
    }

    /** Adds the addresses of a relative name whose ports are named in a domain. */
    void find(String name, Predicate<Called> inDomain, Set<IpAddress> found) {
        for (IpAddress address : named.getOrDefault(name, List.of())) {
            called(address).filter(inDomain).ifPresent(_ -> found.add(address));
        }
        if (name.startsWith(DEFAULT)) {
            defaulted(name)
                    .filter(address -> called(address)
                            .filter(c -> c.name().isEmpty() && inDomain.test(c))
                            .isPresent())
                    .ifPresent(found::add);
        }
    }

    /** The name of an address whose port nobody gave one, as Neutron makes it. */
    static String defaultName(IpAddress address) {
        return DEFAULT + address.toString().replace('.', '-').replace(':', '-');
    }

    private static Optional<IpAddress> defaulted(String name) {
        String text = name.substring(DEFAULT.length());
        for (char separator : new char[] {'.', ':'}) {
            try {
                IpAddress address = IpAddress.parse(text.replace('-', separator));
                if (defaultName(address).equals(name)) {
                    return Optional.of(address);
                }
            } catch (InvalidException e) {
                // Not an address of this family; perhaps of the other.
            }
        }
        return Optional.empty();
    }

    /** The complete name of what is called so in the operator's domain. */
    static Optional<String> complete(IpAddress address, Called called, String domain) {
        String name = called.name().isEmpty() ? defaultName(address) : called.name();
        return DnsNames.fits(name, domain) ? Optional.of(name + "." + domain) : Optional.empty();
    }
}
