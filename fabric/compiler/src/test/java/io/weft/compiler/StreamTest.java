package io.weft.compiler;

import static io.weft.compiler.Fixtures.host;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.compiler.Fixtures.Step;
import io.weft.model.World;
import io.weft.protocol.Batch;
import io.weft.protocol.BatchReader;
import io.weft.protocol.Cursor;
import io.weft.protocol.Fact;
import io.weft.protocol.Message;
import io.weft.protocol.Subscription;
import io.weft.protocol.Topic;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Servers and nodes at random: whatever happens on the way, nodes end with what a fresh one is given. */
class StreamTest {
    /** A server that may lag behind the store. */
    private static final class Server {
        private final int maxRemovals;
        Fabric fabric;
        World world = World.empty();
        int taken;

        Server(int maxRemovals) {
            this.maxRemovals = maxRemovals;
            fabric = new Fabric(Fixtures.EPOCH, Fixtures.DOMAIN, maxRemovals);
        }

        void follow(List<Step> steps, int upTo) {
            while (taken < upTo) {
                follow(steps.subList(taken, taken + 1));
            }
        }

        /** Takes what is left up to here in portions, as replicas do that catch up. */
        void follow(List<Step> steps, int upTo, Random random) {
            while (taken < upTo) {
                follow(steps.subList(taken, taken + 1 + random.nextInt(upTo - taken)));
            }
        }

        private void follow(List<Step> portion) {
            fabric.onWorld(
                    portion.getFirst().before(),
                    portion.getLast().after(),
                    portion.stream().flatMap(step -> step.changes().stream()).toList());
            world = portion.getLast().after();
            taken += portion.size();
        }

        void restart() {
            fabric = new Fabric(Fixtures.EPOCH, Fixtures.DOMAIN, maxRemovals);
            fabric.onWorld(World.empty(), world, Fabric.everything(world));
        }
    }

    /** A node with what it has and the stream that it holds. */
    private static final class Client {
        final String name;
        final Subscription subscription = new Subscription();
        final Map<Topic, Map<String, Fact>> inForce = new TreeMap<>();
        Optional<Cursor> cursor = Optional.empty();

        Client(String name) {
            this.name = name;
        }

        void connect(Server server) {
            disconnect();
            cursor = Optional.of(server.fabric.open(name, subscription.position()));
        }

        void disconnect() {
            cursor.ifPresent(Cursor::close);
            cursor = Optional.empty();
        }

        /** Takes what is due; a torn stream gives nothing. */
        Optional<Batch> poll(boolean torn) throws IOException {
            if (cursor.isEmpty()) {
                return Optional.empty();
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Cursor.Written written = cursor.get().writeTo(out);
            if (torn) {
                byte[] bytes = out.toByteArray();
                int length = Math.max(0, bytes.length - 1 - bytes.length / 3);
                assertThat(new BatchReader(new ByteArrayInputStream(bytes, 0, length)).next())
                        .isEmpty();
                disconnect();
                return Optional.empty();
            }
            BatchReader reader = new BatchReader(new ByteArrayInputStream(out.toByteArray()));
            Optional<Batch> batch = reader.next();
            assertThat(batch.isPresent()).isEqualTo(written != Cursor.Written.NOTHING);
            if (batch.isPresent()) {
                boolean full = batch.get() instanceof Batch.Changes changes && changes.full();
                assertThat(full).isEqualTo(written == Cursor.Written.FULL_BATCH);
                if (batch.get() instanceof Batch.Changes changes) {
                    assertInOrder(changes);
                }
                apply(subscription.apply(batch.get()));
                assertThat(reader.next()).isEmpty();
            }
            return batch;
        }

        /** Puts differences in force one by one, as a node does. */
        private void apply(List<Subscription.Difference> differences) {
            for (Subscription.Difference difference : differences) {
                Map<String, Fact> records = inForce.computeIfAbsent(difference.topic(), t -> new TreeMap<>());
                assertThat(Optional.ofNullable(records.get(difference.key()))).isEqualTo(difference.before());
                difference
                        .after()
                        .ifPresentOrElse(
                                fact -> records.put(difference.key(), fact), () -> records.remove(difference.key()));
                inForce.values().removeIf(Map::isEmpty);
            }
        }

        private static void assertInOrder(Batch.Changes batch) {
            int last = -1;
            for (Message message : batch.messages()) {
                int types = Fact.Type.values().length;
                int rank = switch (message) {
                    case Message.Join join -> 0;
                    case Message.Put put ->
                        1 + List.of(Fact.Type.values()).indexOf(put.fact().type());
                    case Message.Delete delete ->
                        2 * types
                                - List.of(Fact.Type.values())
                                        .indexOf(Fact.Type.ofKey(delete.key()).orElseThrow());
                    default -> 3 * types;
                };
                assertThat(rank).as("%s", message).isGreaterThanOrEqualTo(last);
                last = rank;
            }
        }

        void assertHas(World world, Object situation) {
            Compilation full = Compilation.of(world, Fixtures.DOMAIN);
            Set<Topic> interest = Compilation.interest(world, name);
            assertThat(subscription.topics())
                    .as("topics of %s at %s", name, situation)
                    .isEqualTo(interest);
            Map<Topic, Map<String, Fact>> expected = new TreeMap<>(full.topics());
            expected.keySet().retainAll(interest);
            assertThat(inForce).as("records of %s at %s", name, situation).isEqualTo(expected);
            for (Topic topic : interest) {
                assertThat(subscription.records(topic)).isEqualTo(expected.getOrDefault(topic, Map.of()));
            }
        }
    }

    private static List<Client> clients() {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < RandomModel.HOSTS; i++) {
            clients.add(new Client(host(i)));
        }
        return clients;
    }

    @Test
    void nodesThatComeAndGoEndWithWhatAFreshOneIsGiven() throws IOException {
        comeAndGo(0, 40);
    }

    @Test
    @Tag("long")
    void nodesThatComeAndGoForLongEndWithWhatAFreshOneIsGiven() throws IOException {
        int from = new Random().nextInt(1_000_000_000);
        System.out.println("seeds from " + from);
        comeAndGo(from, from + 2_000);
    }

    private static void comeAndGo(int from, int to) throws IOException {
        Map<String, Integer> seen = new HashMap<>();
        for (int seed = from; seed < to; seed++) {
            Random random = new Random(seed);
            RandomModel model = new RandomModel(seed);
            int maxRemovals = seed % 3 == 0 ? 4 : 100_000;
            List<Server> servers = List.of(new Server(maxRemovals), new Server(maxRemovals), new Server(maxRemovals));
            List<Client> clients = clients();
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < 150; i++) {
                steps.add(model.step());
                Server server = servers.get(random.nextInt(3));
                server.follow(steps, server.taken + random.nextInt(steps.size() - server.taken + 1), random);
                if (random.nextInt(40) == 0) {
                    server.restart();
                    clients.forEach(client -> client.cursor = Optional.empty());
                }
                Client client = clients.get(random.nextInt(clients.size()));
                if (random.nextInt(4) == 0) {
                    client.connect(servers.get(random.nextInt(3)));
                }
                boolean resumed = client.subscription.position().isPresent();
                client.poll(random.nextInt(15) == 0)
                        .ifPresent(batch -> seen.merge(
                                batch instanceof Batch.Changes changes
                                        ? resumed ? "resumed, full: " + changes.full() : "first"
                                        : "alive",
                                1,
                                Integer::sum));
            }
            for (Server server : servers) {
                server.follow(steps, steps.size());
            }
            for (Client client : clients) {
                if (client.cursor.isEmpty() || random.nextBoolean()) {
                    client.connect(servers.get(random.nextInt(3)));
                }
                client.poll(false);
                client.assertHas(model.world(), "seed " + seed);
                assertThat(client.subscription.position().orElseThrow().revision())
                        .isEqualTo(model.world().revision());
            }
        }
        assertThat(seen.keySet()).contains("first", "alive", "resumed, full: true", "resumed, full: false");
        assertThat(4 * seen.getOrDefault("resumed, full: false", 0))
                .isGreaterThan(seen.getOrDefault("resumed, full: true", 0));
    }

    @Test
    void fullBatchesOfTwoServersAreTheSameBytes() throws IOException {
        for (int seed = 300; seed < 320; seed++) {
            RandomModel model = new RandomModel(seed);
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                steps.add(model.step());
            }
            Server one = new Server(10);
            one.follow(steps, steps.size());
            Server other = new Server(1_000);
            other.follow(steps, 40);
            other.restart();
            other.follow(steps, steps.size());
            for (int i = 0; i < RandomModel.HOSTS; i++) {
                ByteArrayOutputStream first = new ByteArrayOutputStream();
                ByteArrayOutputStream second = new ByteArrayOutputStream();
                one.fabric.open(host(i), Optional.empty()).writeTo(first);
                other.fabric.open(host(i), Optional.empty()).writeTo(second);
                assertThat(first.toString(UTF_8))
                        .isEqualTo(second.toString(UTF_8))
                        .contains("commit");
            }
        }
    }

    @Test
    void exactlyTheHostsThatNeedAChangeAreGivenABatch() throws IOException {
        int alive = 0;
        int given = 0;
        for (int seed = 500; seed < 515; seed++) {
            RandomModel model = new RandomModel(seed);
            Server server = new Server(100_000);
            List<Client> clients = clients();
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                World before = model.world();
                Compilation old = Compilation.of(before, Fixtures.DOMAIN);
                steps.add(model.step());
                Compilation now = Compilation.of(model.world(), Fixtures.DOMAIN);
                server.follow(steps, steps.size());
                if (i == 0) {
                    for (Client client : clients) {
                        client.connect(server);
                        client.poll(false);
                    }
                    continue;
                }
                Set<String> needy = new TreeSet<>();
                Set<String> due = new TreeSet<>();
                for (Client client : clients) {
                    if (!seen(old, before, client.name).equals(seen(now, model.world(), client.name))) {
                        needy.add(client.name);
                    }
                    if (client.cursor.orElseThrow().isDue()) {
                        due.add(client.name);
                    }
                }
                assertThat(due).as("seed %s, step %s", seed, i).containsAll(needy);
                for (Client client : clients) {
                    if (due.contains(client.name)) {
                        Set<Topic> held = new HashSet<>(client.subscription.topics());
                        Optional<Batch> batch = client.poll(false);
                        if (batch.orElseThrow() instanceof Batch.Changes c) {
                            assertThat(c.messages())
                                    .noneMatch(m -> m instanceof Message.Join j && held.contains(j.topic()));
                        }
                        boolean changes = batch.orElseThrow() instanceof Batch.Changes c
                                && !c.messages().isEmpty();
                        assertThat(changes).as("seed %s, step %s", seed, i).isEqualTo(needy.contains(client.name));
                        given += changes ? 1 : 0;
                        alive += changes ? 0 : 1;
                    }
                }
            }
            for (Client client : clients) {
                client.poll(false);
                client.assertHas(model.world(), "seed " + seed);
            }
        }
        // A host that has a peer in two domains is woken when the peer leaves one of them, and told nothing.
        assertThat(alive * 20).isLessThan(given);
    }

    /** What the host needs, as a fresh recompute says. */
    private static Map<Topic, Map<String, Fact>> seen(Compilation compilation, World world, String host) {
        Map<Topic, Map<String, Fact>> seen = new HashMap<>();
        for (Topic topic : Compilation.interest(world, host)) {
            seen.put(topic, compilation.topics().getOrDefault(topic, Map.of()));
        }
        return seen;
    }

    @Test
    void aPortChangeReachesTheHostsOfItsNetworkAlone() throws IOException {
        World world = Shapes.manyNetworks(5_000, 50, 10);
        Fabric fabric = new Fabric(Fixtures.EPOCH, Fixtures.DOMAIN);
        fabric.onWorld(World.empty(), world, Fabric.everything(world));
        Map<String, Cursor> cursors = new TreeMap<>();
        for (int i = 0; i < 100; i++) {
            Cursor cursor = fabric.open(host(i), Optional.empty());
            cursor.writeTo(new ByteArrayOutputStream());
            cursors.put(cursor.host(), cursor);
        }
        Set<String> expected = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            expected.add(Shapes.hostOf(42, i, 10, 100));
        }
        Step step = Step.of(
                world, Fixtures.port(9_000_000, 42, Shapes.hostOf(42, 3, 10, 100), Fixtures.ip(42, "10.0.200.1")));
        fabric.onWorld(step.before(), step.after(), step.changes());

        assertThat(cursors.values().stream().filter(Cursor::isDue).map(Cursor::host))
                .containsExactlyInAnyOrderElementsOf(expected);
        for (Cursor cursor : cursors.values()) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            assertThat(cursor.writeTo(out))
                    .isEqualTo(expected.contains(cursor.host()) ? Cursor.Written.BATCH : Cursor.Written.ALIVE);
            long lines = out.toString(UTF_8).lines().count();
            long own = cursor.host().equals(Shapes.hostOf(42, 3, 10, 100)) ? 1 : 0;
            assertThat(lines).isEqualTo(expected.contains(cursor.host()) ? 3 + own : 1);
        }
    }
}
