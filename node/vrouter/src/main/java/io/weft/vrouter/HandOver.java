package io.weft.vrouter;

import io.weft.kernel.Errno;
import io.weft.kernel.KernelException;
import io.weft.kernel.bpf.BpfFileSystem;
import io.weft.kernel.bpf.BpfMap;
import io.weft.kernel.bpf.BpfObject;
import io.weft.kernel.bpf.BpfProgram;
import io.weft.kernel.bpf.SkbContext;
import io.weft.kernel.bpf.TestRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes connections and translations over from a build of the programs that keeps them in another layout, while packets
 * flow, up or down; docs/decisions/0016-another-layout-under-traffic.md says why nothing is lost.
 *
 * <ol>
 *   <li>Each device gets a program that calls the previous generation's, which goes on.
 *   <li>One word is written. From then on they call an instance of the next generation that finds what is missing in its
 *       tables in the previous ones, and moves it ({@code inherit.h}).
 *   <li>When the last run of a previous program is over, what is left is moved.
 *   <li>Each device gets the next generation's usual program, and the previous tables go.
 * </ol>
 *
 * <p>A process that dies in between leaves devices that forward. Each entry is then in one of the tables, so the next one,
 * of either build, does the same once more.
 */
final class HandOver {
    /** Tables that have a layout in common. */
    private enum Family {
        CONNECTIONS("previous_connection_bytes"),
        TRANSLATIONS("previous_translation_bytes");

        private final String bytes;

        Family(String bytes) {
            this.bytes = bytes;
        }

        /** The one with the version first. */
        private List<String> tables() {
            return switch (this) {
                case CONNECTIONS -> List.of(ConnectionTable.SETS);
                case TRANSLATIONS -> List.of("translations", "translation_queue");
            };
        }

        /** What a connection or translation takes in the first table, without its key. */
        private int bytes(BpfMap table) {
            return switch (this) {
                case CONNECTIONS -> ConnectionTable.bytesOfConnection(table);
                case TRANSLATIONS -> table.valueBytes();
            };
        }

        private String first() {
            return tables().getFirst();
        }
    }

    private static final String INHERIT_CONNECTIONS = "inherit_connections";
    private static final String INHERIT_TRANSLATIONS = "inherit_translations";

    /** Maps that stand for the previous tables. */
    static final String PREVIOUS = "previous_";

    /** Programs that only an heir has. */
    static final List<String> PROGRAMS = List.of(INHERIT_CONNECTIONS, INHERIT_TRANSLATIONS);

    /** In the order of {@code handover.c}. */
    static final List<String> HOOKS = List.of(
            "from_workload", "from_uplink", "from_tunnel_device", "from_service", "from_external", "from_shaper");

    /** The kernel keeps so much of a program's name. */
    private static final int NAME = 15;

    private static final int ANY_FRAME = 64;

    /** How many sets of connections one run moves, as in {@code inherit.h}. */
    private static final int SETS_AT_ONCE = 16;

    /**
     * The generation that takes over.
     *
     * @param object loaded, with its tables, which may have entries
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares images
    record Next(byte[] image, BpfObject object, Map<String, Integer> globals, TableVersions versions) {}

    private final Next next;
    private final Path directory;
    private final Attachments attachments;
    private final Map<Family, Integer> previous;

    private HandOver(Next next, Path directory, Attachments attachments, Map<Family, Integer> previous) {
        this.next = next;
        this.directory = directory;
        this.attachments = attachments;
        this.previous = previous;
    }

    /**
     * Takes over from every build that left tables in another layout.
     *
     * @param begun is called once the next generation has the packets
     * @return false when there is none
     */
    static boolean run(Next next, Path directory, Attachments attachments, Runnable begun) {
        Map<Family, Integer> previous = previous(next, directory);
        boolean any = !previous.isEmpty();
        while (!previous.isEmpty()) {
            new HandOver(next, directory, attachments, previous).run(begun);
            previous = previous(next, directory);
        }
        return any;
    }

    private static Map<Family, Integer> previous(Next next, Path directory) {
        Map<Family, Integer> previous = new EnumMap<>(Family.class);
        for (Family family : Family.values()) {
            next.versions().others(directory, family.first()).stream()
                    .findFirst()
                    .ifPresent(version -> previous.put(family, version));
        }
        return previous;
    }

    private void run(Runnable begun) {
        Map<String, BpfMap> tables = new HashMap<>();
        try (BpfObject heir = BpfObject.open("heir", next.image());
                BpfObject switches = BpfObject.open("switch", KernelVrouter.resource("handover.o"))) {
            previous.forEach((family, version) -> open(family, version, tables));
            load(heir, tables);
            switches.load();
            // The kernel empties an array of programs that no process and no pin holds.
            BpfMap generations = switches.map("generations");
            Path pins = directory.resolve("handover");
            generations.pin(pins.resolve("generations_" + generations.info().id()));
            Map<Integer, String> devices = divert(switches, heir);
            switches.map("turn").update(BpfMap.intKey(0), BpfMap.intKey(1));
            begun.run();
            BpfProgram.awaitRuns();
            moveRest(heir, tables);
            devices.forEach((ifindex, hook) ->
                    replace(ifindex, switches.program(hook), next.object().program(hook)));
            BpfProgram.awaitRuns();
            BpfFileSystem.unpinAll(pins);
        } finally {
            tables.values().forEach(BpfMap::close);
        }
        previous.forEach((family, version) -> family.tables()
                .reversed()
                .forEach(table -> BpfFileSystem.unpin(TableVersions.pin(directory, table, version))));
    }

    /** Who died while the pins were removed has left the first. */
    private void open(Family family, int version, Map<String, BpfMap> tables) {
        for (String table : family.tables()) {
            Path pin = TableVersions.pin(directory, table, version);
            if (Files.exists(pin)) {
                tables.put(table, BpfMap.openPinned(pin));
            }
        }
    }

    /** Over the tables of the next generation and the previous ones. */
    private void load(BpfObject heir, Map<String, BpfMap> tables) {
        for (String map : heir.mapNames()) {
            BpfMap before = map.startsWith(PREVIOUS) ? tables.get(map.substring(PREVIOUS.length())) : null;
            if (before != null) {
                heir.reuseMap(map, before);
            } else if (!map.contains(".") && !KernelLiveTrace.OWN.contains(map)) {
                heir.reuseMap(map, next.object().map(map));
            }
        }
        next.globals().forEach(heir::global);
        for (Family family : previous.keySet()) {
            BpfMap table = tables.get(family.first());
            if (table != null) {
                heir.global(family.bytes, family.bytes(table));
                if (family == Family.CONNECTIONS) {
                    heir.global("previous_set_count", table.info().maxEntries());
                }
            }
        }
        heir.autoload("start_collector", false);
        heir.load();
    }

    /** Has every device run a switch, and gives them with their hooks. */
    private Map<Integer, String> divert(BpfObject switches, BpfObject heir) {
        Map<Integer, String> devices = new HashMap<>();
        List<Map.Entry<Integer, BpfProgram>> running = new ArrayList<>();
        try {
            for (int ifindex : attachments.attached()) {
                attachments.program(ifindex).ifPresent(program -> running.add(Map.entry(ifindex, program)));
            }
            BpfMap generations = switches.map("generations");
            for (Map.Entry<Integer, BpfProgram> device : running) {
                String hook = hook(device.getValue());
                devices.put(device.getKey(), hook);
                generations.update(HOOKS.indexOf(hook), device.getValue());
                generations.update(HOOKS.size() + HOOKS.indexOf(hook), heir.program(hook));
            }
            for (Map.Entry<Integer, BpfProgram> device : running) {
                replace(device.getKey(), device.getValue(), switches.program(hook(device.getValue())));
            }
        } finally {
            running.forEach(device -> device.getValue().close());
        }
        return devices;
    }

    private void replace(int ifindex, BpfProgram present, BpfProgram next) {
        if (!attachments.replace(ifindex, present, next)
                && attachments.program(ifindex).map(HandOver::closed).isPresent()) {
            throw new IllegalStateException("device " + ifindex + " was given another program than " + present.info());
        }
    }

    private static BpfProgram closed(BpfProgram program) {
        program.close();
        return program;
    }

    private static String hook(BpfProgram program) {
        String name = program.info().name();
        return HOOKS.stream()
                .filter(hook -> hook.substring(0, Math.min(NAME, hook.length())).equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no program of this build stands for " + name));
    }

    /** No program of the previous generation runs any more, so nothing is added to its tables. */
    private static void moveRest(BpfObject heir, Map<String, BpfMap> tables) {
        BpfMap sets = tables.get(ConnectionTable.SETS);
        if (sets != null) {
            try (TestRun run = new TestRun(heir.program(INHERIT_CONNECTIONS))) {
                for (int first = 0; first < sets.info().maxEntries(); first += SETS_AT_ONCE) {
                    run.run(new byte[ANY_FRAME], SkbContext.EMPTY.withMark(first));
                }
            }
        }
        try (TestRun run = new TestRun(heir.program(INHERIT_TRANSLATIONS))) {
            int moved;
            do {
                moved = run.run(new byte[ANY_FRAME]).returned();
                if (moved < 0) {
                    throw new KernelException("move translations to their new table", Errno.EINVAL, "result " + moved);
                }
            } while (moved > 0);
        }
    }
}
