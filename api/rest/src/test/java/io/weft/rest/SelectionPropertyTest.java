package io.weft.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.rest.policy.Policy;
import io.weft.rest.policy.Rule;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Filters, sort keys and pages against what a plain reading of their definition gives. */
class SelectionPropertyTest {
    private static final Call CALL = new Call(new Caller("alpha", "alice", Set.of("member"), false));

    /** What is asked for: each list of values is a filter that is absent when empty. */
    record Wish(List<String> names, List<Long> mtus, Optional<Boolean> up, List<String> tags, List<Sort> sorts) {}

    /** One sort key. */
    record Sort(String key, boolean ascending) {}

    @Property(tries = 400)
    void aWalkOverAllPagesIsTheNaiveList(
            @ForAll("things") List<Thing> objects, @ForAll("wishes") Wish wish, @ForAll("limits") int limit) {
        Things things = new Things();
        things.resource.govern(null, Policy.of(List.of(new Rule("default", "@")), List.of()));
        objects.forEach(thing -> things.objects.put(thing.id(), thing));
        List<Thing> expected = naive(new ArrayList<>(things.objects.values()), wish);

        assertThat(select(things, query(wish))).containsExactlyElementsOf(expected);

        List<Thing> forward = new ArrayList<>();
        List<Thing> page = select(things, query(wish) + "&limit=" + limit);
        while (!page.isEmpty()) {
            forward.addAll(page);
            page = select(
                    things,
                    query(wish) + "&limit=" + limit + "&marker="
                            + forward.getLast().id());
        }
        assertThat(forward).containsExactlyElementsOf(expected);

        List<Thing> backward = new ArrayList<>();
        page = select(things, query(wish) + "&limit=" + limit + "&page_reverse=True");
        while (!page.isEmpty()) {
            backward.addAll(0, page);
            page = select(
                    things,
                    query(wish) + "&limit=" + limit + "&page_reverse=True&marker="
                            + backward.getFirst().id());
        }
        assertThat(backward).containsExactlyElementsOf(expected);
    }

    private static List<Thing> select(Things things, String query) {
        Selection<Thing> selection = Selection.of(things.resource, Query.parse(query), CALL);
        return selection.select(things.list(CALL, selection.filters()), _ -> true);
    }

    private static List<Thing> naive(List<Thing> all, Wish wish) {
        List<Predicate<Thing>> conditions = new ArrayList<>();
        conditions.add(thing -> thing.shared() || thing.project().equals("alpha"));
        if (!wish.names.isEmpty()) {
            conditions.add(thing -> wish.names.contains(thing.name()));
        }
        if (!wish.mtus.isEmpty()) {
            conditions.add(thing -> wish.mtus.contains(thing.mtu()));
        }
        wish.up.ifPresent(up -> conditions.add(thing -> thing.up() == up));
        if (!wish.tags.isEmpty()) {
            conditions.add(thing -> thing.tags().containsAll(wish.tags));
        }
        Comparator<Thing> order = Comparator.comparingInt(_ -> 0);
        for (Sort sort : wish.sorts) {
            Comparator<Thing> next = switch (sort.key) {
                case "name" -> Comparator.comparing(Thing::name);
                case "mtu" -> Comparator.comparingLong(Thing::mtu);
                default ->
                    Comparator.comparing(
                            (Thing thing) -> thing.device().orElse(null),
                            Comparator.nullsFirst(Comparator.naturalOrder()));
            };
            order = order.thenComparing(sort.ascending ? next : next.reversed());
        }
        return all.stream()
                .filter(conditions.stream().reduce(_ -> true, Predicate::and))
                .sorted(order.thenComparing(Thing::id))
                .toList();
    }

    private static String query(Wish wish) {
        StringBuilder query = new StringBuilder("fields=id");
        wish.names.forEach(name -> query.append("&name=").append(URLEncoder.encode(name, StandardCharsets.UTF_8)));
        wish.mtus.forEach(mtu -> query.append("&mtu=").append(mtu));
        wish.up.ifPresent(up -> query.append("&admin_state_up=").append(up));
        if (!wish.tags.isEmpty()) {
            query.append("&tags=").append(String.join(",", wish.tags));
        }
        wish.sorts.forEach(sort -> query.append("&sort_key=")
                .append(sort.key)
                .append("&sort_dir=")
                .append(sort.ascending ? "asc" : "desc"));
        return query.toString();
    }

    @Provide
    Arbitrary<List<Thing>> things() {
        Arbitrary<Thing> thing = Combinators.combine(
                        Arbitraries.integers().between(0, 10_000),
                        names(),
                        Arbitraries.of("alpha", "beta"),
                        Arbitraries.of(true, false),
                        Arbitraries.longs().between(1500, 1503),
                        Arbitraries.of("d1", "d2", "d3").optional(),
                        Arbitraries.of(true, false),
                        Arbitraries.of("x", "y", "z").list().uniqueElements().ofMaxSize(3))
                .as((id, name, project, up, mtu, device, shared, tags) -> new Thing(
                        "id-" + id,
                        name,
                        project,
                        up,
                        mtu,
                        device,
                        Optional.empty(),
                        shared,
                        tags,
                        0,
                        Instant.EPOCH,
                        Instant.EPOCH));
        return thing.list().ofMaxSize(30);
    }

    @Provide
    Arbitrary<Wish> wishes() {
        return Combinators.combine(
                        names().list().ofMaxSize(2),
                        Arbitraries.longs().between(1500, 1503).list().ofMaxSize(2),
                        Arbitraries.of(true, false).optional(0.3),
                        Arbitraries.of("x", "y", "z").list().uniqueElements().ofMaxSize(2),
                        Combinators.combine(Arbitraries.of("name", "mtu", "device_id"), Arbitraries.of(true, false))
                                .as(Sort::new)
                                .list()
                                .ofMaxSize(3))
                .as(Wish::new);
    }

    @Provide
    Arbitrary<Integer> limits() {
        return Arbitraries.integers().between(1, 12);
    }

    private static Arbitrary<String> names() {
        return Arbitraries.of("", "a", "b & c", "ä+b");
    }
}
