package io.weft.agent.drivers;

import io.weft.agent.tables.DesiredTable;
import io.weft.vrouter.Table;
import io.weft.vrouter.TableFullException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntSupplier;

/**
 * Makes one table of the kernel what it should be. It keeps the keys that differ, not what the kernel holds: what was
 * written is taken as written until {@link #resync} looks.
 *
 * @param <K> key
 * @param <V> value
 */
final class TableDriver<K, V> {
    private static final System.Logger LOGGER = System.getLogger(TableDriver.class.getName());

    private final Table<K, V> kernel;
    private final DesiredTable<K, V> desired;
    private final Set<K> puts;
    private final Set<K> removals;
    /** Entries for which there is no room. */
    private final Set<K> refused = new LinkedHashSet<>();

    private final Retry retry = new Retry();
    private final Retry room = new Retry();
    private Optional<String> problem = Optional.empty();

    TableDriver(Table<K, V> kernel, DesiredTable<K, V> desired) {
        this(kernel, desired, new LinkedHashSet<>(), new LinkedHashSet<>());
    }

    /** Writes entries in this order, and removes them in the other. */
    TableDriver(Table<K, V> kernel, DesiredTable<K, V> desired, Comparator<K> order) {
        this(kernel, desired, new TreeSet<>(order), new TreeSet<>(order.reversed()));
    }

    private TableDriver(Table<K, V> kernel, DesiredTable<K, V> desired, Set<K> puts, Set<K> removals) {
        this.kernel = kernel;
        this.desired = desired;
        this.puts = puts;
        this.removals = removals;
        desired.onChange(this::differs);
    }

    private void differs(K key) {
        boolean wanted = desired.find(key) != null;
        (wanted ? removals : puts).remove(key);
        (wanted ? puts : removals).add(key);
        refused.remove(key);
    }

    boolean isClean() {
        return isWritten() && refused.isEmpty();
    }

    /** Whether the kernel holds what it should except for new entries that do not fit. */
    boolean isWritten() {
        return puts.isEmpty() && removals.isEmpty();
    }

    /** Entries that do not fit into the table. */
    Set<K> refused() {
        return refused;
    }

    Optional<String> problem() {
        return problem.isPresent() || refused.isEmpty()
                ? problem
                : Optional.of("table " + kernel.name() + " is full: " + refused.size() + " entries do not fit");
    }

    long pause(long now) {
        return isWritten() ? room.pause(now) : retry.pause(now);
    }

    /** Writes at most so many entries; gives how many. */
    int put(int budget, long now) {
        if (!refused.isEmpty() && room.isDue(now)) {
            puts.addAll(refused);
            refused.clear();
        }
        if (puts.isEmpty() || !retry.isDue(now)) {
            return 0;
        }
        Map<K, V> batch = new LinkedHashMap<>();
        for (K key : puts) {
            V value = desired.find(key);
            if (value != null && batch.size() < budget) {
                batch.put(key, value);
            }
            if (batch.size() == budget) {
                break;
            }
        }
        return attempt(now, () -> {
            try {
                kernel.putAll(batch);
                batch.keySet().forEach(puts::remove);
            } catch (TableFullException e) {
                putSingly(batch, e, now);
            }
            return batch.size();
        });
    }

    /** The table is full: what only replaces another value still goes in. */
    private void putSingly(Map<K, V> batch, TableFullException cause, long now) {
        if (refused.isEmpty()) {
            room.failed(now);
            LOGGER.log(Level.WARNING, "table full: " + kernel.name(), cause);
        }
        batch.forEach((key, value) -> {
            try {
                kernel.put(key, value);
            } catch (TableFullException e) {
                refused.add(key);
            }
            puts.remove(key);
        });
    }

    /** Removes at most so many entries; gives how many. */
    int remove(int budget, long now) {
        if (removals.isEmpty() || !retry.isDue(now)) {
            return 0;
        }
        List<K> batch = new ArrayList<>(Math.min(budget, removals.size()));
        for (K key : removals) {
            batch.add(key);
            if (batch.size() == budget) {
                break;
            }
        }
        return attempt(now, () -> {
            kernel.removeAll(batch);
            batch.forEach(removals::remove);
            puts.addAll(refused);
            refused.clear();
            return batch.size();
        });
    }

    private int attempt(long now, IntSupplier action) {
        try {
            int count = action.getAsInt();
            retry.succeeded();
            problem.ifPresent(text -> LOGGER.log(Level.INFO, "table recovered", Map.entry("table", kernel.name())));
            if (refused.isEmpty()) {
                room.succeeded();
            }
            problem = Optional.empty();
            return count;
        } catch (RuntimeException e) {
            retry.failed(now);
            String text = "table " + kernel.name() + ": " + e.getMessage();
            if (!problem.equals(Optional.of(text))) {
                LOGGER.log(Level.WARNING, "table refused: " + kernel.name(), e);
            }
            problem = Optional.of(text);
            return 0;
        }
    }

    /**
     * Compares with the kernel.
     *
     * @param sweep whether to remove what nobody wants
     * @return how many entries were found to differ that were thought to be right
     */
    int resync(boolean sweep, long now) {
        int found = 0;
        Map<K, V> actual;
        try {
            actual = kernel.dump();
        } catch (RuntimeException e) {
            retry.failed(now);
            problem = Optional.of("table " + kernel.name() + ": " + e.getMessage());
            return 0;
        }
        for (K key : desired.keys()) {
            V wanted = desired.find(key);
            if (wanted == null) {
                continue;
            }
            if (wanted.equals(actual.get(key))) {
                puts.remove(key);
                refused.remove(key);
            } else if (!refused.contains(key) && puts.add(key)) {
                found++;
            }
        }
        if (sweep) {
            for (K key : actual.keySet()) {
                if (desired.find(key) == null && removals.add(key)) {
                    found++;
                }
            }
        }
        return found;
    }
}
