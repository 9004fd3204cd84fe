package io.weft.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IndexTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void isAMapOfSetsHoweverManyAKeyHas() {
        Random random = new Random(7);
        Map<String, Set<UUID>> expected = new TreeMap<>();
        Index<String> index = Index.empty();
        for (int step = 0; step < 20_000; step++) {
            String key = "k" + random.nextInt(20);
            UUID id = new UUID(0, random.nextInt(5));
            Set<UUID> ids = expected.computeIfAbsent(key, _ -> new TreeSet<>());
            if (random.nextBoolean()) {
                ids.add(id);
                index = index.add(key, id);
            } else {
                ids.remove(id);
                index = index.remove(key, id);
            }
            assertThat(index.get(key).toJavaSet()).isEqualTo(ids);
            assertThat(index.single().size() + index.several().size()).isEqualTo((int)
                    expected.values().stream().filter(some -> !some.isEmpty()).count());
        }
    }

    @Test
    void resourcesAreFoundByNameWhateverHasTheSameName() {
        Random random = new Random(11);
        Map<UUID, Resource> expected = new HashMap<>();
        World world = World.empty();
        for (int step = 0; step < 5_000; step++) {
            UUID id = new UUID(1, random.nextInt(30));
            Resource.Kind kind = id.getLeastSignificantBits() % 2 == 0 ? Resource.Kind.NETWORK : Resource.Kind.ROUTER;
            if (random.nextInt(3) == 0) {
                expected.remove(id);
                world = world.without(kind, id);
            } else {
                String name = random.nextInt(4) == 0 ? "" : "n" + random.nextInt(6);
                Meta meta = Meta.create(id, "p" + random.nextInt(2), name, "", NOW);
                Resource resource = kind == Resource.Kind.NETWORK
                        ? new Network(meta, true, false, 100, 1450, true)
                        : new Router(meta, true, List.of());
                expected.put(id, resource);
                world = world.with(resource);
            }
            String name = "n" + random.nextInt(6);
            List<Resource> found = new ArrayList<>(world.networksNamed(name));
            found.addAll(world.routersNamed(name));
            assertThat(found)
                    .containsExactlyInAnyOrderElementsOf(expected.values().stream()
                            .filter(resource -> resource.name().equals(name))
                            .toList());
            assertThat(world.countNamed(name)).isEqualTo(found.size());
            assertThat(world.countOfProject(Resource.Kind.NETWORK, "p1"))
                    .isEqualTo(world.networksOfProject("p1").size());
        }
    }
}
