package io.weft.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TopicLogTest {
    private static final UUID EPOCH = new UUID(0, 9);
    private static final Topic NETWORK = Topic.network(Samples.NETWORK);
    private static final Duration LONG = Duration.ofSeconds(30);

    private final TopicLog log = new TopicLog(EPOCH, 1, 3);

    private void publish(long revision, List<TopicChanges.DomainChange> domains, Message.Put... puts) {
        log.publish(new TopicChanges(
                revision,
                List.of(puts).stream()
                        .map(put -> new TopicChanges.RecordChange(put.topic(), put.key(), Optional.of(put.fact())))
                        .toList(),
                domains));
    }

    private void delete(long revision, Topic topic, String key) {
        log.publish(new TopicChanges(
                revision, List.of(new TopicChanges.RecordChange(topic, key, Optional.empty())), List.of()));
    }

    private static Message.Put network(int mtu) {
        return new Message.Put(NETWORK, new NetworkFact(Samples.NETWORK, 100, mtu, true));
    }

    private static Message.Put subnet(int number) {
        SubnetFact sample = Samples.PUTS.stream()
                .map(Message.Put::fact)
                .filter(SubnetFact.class::isInstance)
                .map(SubnetFact.class::cast)
                .findFirst()
                .orElseThrow();
        return new Message.Put(
                NETWORK,
                new SubnetFact(
                        new UUID(7, number),
                        Samples.NETWORK,
                        sample.cidr(),
                        sample.gateway(),
                        true,
                        sample.raMode(),
                        sample.addressMode(),
                        List.of(),
                        List.of()));
    }

    private static List<TopicChanges.DomainChange> domain(String... hosts) {
        List<TopicChanges.DomainChange> changes = new ArrayList<>();
        changes.add(new TopicChanges.TopicJoins(1, NETWORK));
        for (String host : hosts) {
            changes.add(new TopicChanges.HostJoins(1, host));
        }
        return changes;
    }

    private static Optional<Batch> read(Cursor cursor) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        cursor.writeTo(out);
        return new BatchReader(new ByteArrayInputStream(out.toByteArray())).next();
    }

    private static List<Message> changes(Cursor cursor) throws IOException {
        return ((Batch.Changes) read(cursor).orElseThrow()).messages();
    }

    @Test
    void aCursorSaysNothingBeforeTheFirstRevision() throws IOException {
        Cursor cursor = log.open("a", Optional.empty());
        assertThat(cursor.isDue()).isFalse();
        assertThat(cursor.writeTo(OutputStream.nullOutputStream())).isEqualTo(Cursor.Written.NOTHING);
        publish(5, List.of());
        assertThat(cursor.isDue()).isTrue();
        assertThat(cursor.writeTo(OutputStream.nullOutputStream())).isEqualTo(Cursor.Written.FULL_BATCH);
        assertThat(cursor.writeTo(OutputStream.nullOutputStream())).isEqualTo(Cursor.Written.ALIVE);
    }

    @Test
    void changesAreConflatedByKey() throws IOException {
        publish(1, domain("a"), network(1400));
        Cursor cursor = log.open("a", Optional.empty());
        assertThat(changes(cursor))
                .containsExactly(
                        new Message.Join(Topic.peer("a")),
                        new Message.Join(NETWORK),
                        new Message.Join(Topic.node("a")),
                        network(1400));
        publish(2, List.of(), network(1410));
        publish(3, List.of(), network(1420), subnet(1));
        delete(4, NETWORK, subnet(1).key());
        publish(5, List.of(), network(1430), subnet(2));
        assertThat(changes(cursor)).containsExactly(network(1430), subnet(2));
    }

    @Test
    void whatChangedWhileNobodyAskedIsGivenToAHostThatComesBack() throws IOException {
        publish(1, List.of());
        Cursor cursor = log.open("a", Optional.empty());
        Position position = ((Batch.Changes) read(cursor).orElseThrow()).position();
        cursor.close();
        Message.Put peer = new Message.Put(Topic.peer("a"), new Peer("a", List.of()));
        publish(2, List.of(), peer);
        assertThat(changes(log.open("a", Optional.of(position)))).containsExactly(peer);
    }

    @Test
    void aPositionWithinAMergedStepIsGivenEverything() throws IOException {
        publish(1, domain("a"), network(1400));
        log.publish(new TopicChanges(5, List.of(), List.of(), true));
        publish(9, List.of(), network(1410));
        Batch.Changes whole =
                (Batch.Changes) read(log.open("a", Optional.empty())).orElseThrow();
        for (long revision : List.of(1L, 3L, 5L, 7L)) {
            Optional<Position> position = Optional.of(whole.position().at(revision));
            Batch.Changes batch = (Batch.Changes) read(log.open("a", position)).orElseThrow();
            assertThat(batch.full()).as("from %d", revision).isEqualTo(revision == 3);
        }
    }

    @Test
    void aTopicThatLeftAndCameBackIsGivenAnew() throws IOException {
        publish(1, domain("a"), network(1400), subnet(1));
        Cursor cursor = log.open("a", Optional.empty());
        read(cursor);
        publish(2, List.of(new TopicChanges.TopicLeaves(1, NETWORK)));
        publish(3, List.of(new TopicChanges.TopicJoins(1, NETWORK)));
        assertThat(changes(cursor)).containsExactly(new Message.Join(NETWORK), network(1400), subnet(1));
        publish(4, List.of(new TopicChanges.TopicLeaves(1, NETWORK)));
        publish(5, List.of(new TopicChanges.TopicJoins(1, NETWORK)));
        publish(6, List.of(new TopicChanges.TopicLeaves(1, NETWORK)));
        assertThat(changes(cursor)).containsExactly(new Message.Leave(NETWORK));
    }

    @Test
    void whoIsTooFarBehindIsGivenEverything() throws IOException {
        publish(1, domain("a"), network(1400), subnet(1), subnet(2), subnet(3), subnet(4));
        Cursor slow = log.open("a", Optional.empty());
        Batch.Changes first = (Batch.Changes) read(slow).orElseThrow();
        for (int i = 1; i <= 2; i++) {
            delete(1 + i, NETWORK, subnet(i).key());
        }
        assertThat(read(log.open("a", Optional.of(first.position()))).orElseThrow())
                .matches(batch -> !((Batch.Changes) batch).full());
        for (int i = 3; i <= 4; i++) {
            delete(1 + i, NETWORK, subnet(i).key());
        }
        for (Cursor cursor : List.of(slow, log.open("a", Optional.of(first.position())))) {
            Batch.Changes batch = (Batch.Changes) read(cursor).orElseThrow();
            assertThat(batch.full()).isTrue();
            assertThat(batch.messages()).contains(network(1400)).doesNotContain(subnet(4));
        }
    }

    @Test
    void aPositionOfAnotherStoreOrFormatOrInterestIsNotResumed() throws IOException {
        publish(1, domain("a"), network(1400));
        Position position =
                ((Batch.Changes) read(log.open("a", Optional.empty())).orElseThrow()).position();
        publish(2, List.of());
        assertThat(read(log.open("a", Optional.of(position)))).contains(new Batch.Alive(2));
        for (Position other : List.of(
                new Position(new UUID(1, 1), 1, 1, position.interest()),
                new Position(EPOCH, 2, 1, position.interest()),
                new Position(EPOCH, 1, 1, position.interest() + 1),
                new Position(EPOCH, 1, 0, position.interest()))) {
            assertThat(read(log.open("a", Optional.of(other))).orElseThrow())
                    .matches(batch -> batch instanceof Batch.Changes changes && changes.full());
        }
    }

    @Test
    void aNodeThatIsAheadWaitsForTheServer() throws IOException {
        publish(1, domain("a"), network(1400));
        Position position =
                ((Batch.Changes) read(log.open("a", Optional.empty())).orElseThrow()).position();
        Cursor cursor = log.open("a", Optional.of(position.at(3)));
        assertThat(cursor.isDue()).isFalse();
        assertThat(read(cursor)).isEmpty();
        publish(2, List.of(), network(1410));
        assertThat(read(cursor)).isEmpty();
        publish(3, List.of());
        assertThat(cursor.isDue()).isTrue();
        assertThat(read(cursor)).contains(new Batch.Alive(3));
    }

    @Test
    void aRecordThatAnotherServerGaveEarlierIsTakenBack() throws IOException {
        publish(7, domain("a"), network(1400));
        Position position =
                ((Batch.Changes) read(log.open("a", Optional.empty())).orElseThrow()).position();
        publish(10, List.of(), subnet(1));
        delete(11, NETWORK, subnet(1).key());
        assertThat(changes(log.open("a", Optional.of(position.at(9)))))
                .containsExactly(new Message.Delete(NETWORK, subnet(1).key()));
        assertThat(read(log.open("a", Optional.of(position)))).contains(new Batch.Alive(11));
    }

    @Test
    void aWaitingCursorIsWokenByItsChangesAndByClosing() throws Exception {
        publish(1, domain("a"), network(1400));
        Cursor cursor = log.open("a", Optional.empty());
        Cursor stranger = log.open("b", Optional.empty());
        read(cursor);
        read(stranger);
        assertThat(cursor.await(Duration.ZERO)).isFalse();

        FutureTask<Boolean> waiting = new FutureTask<>(() -> cursor.await(LONG));
        Thread.ofVirtual().start(waiting);
        publish(2, List.of(), network(1410));
        assertThat(waiting.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(stranger.isDue()).isFalse();
        read(cursor);

        FutureTask<Boolean> closing = new FutureTask<>(() -> cursor.await(LONG));
        Thread.ofVirtual().start(closing);
        cursor.close();
        assertThat(closing.get(30, TimeUnit.SECONDS)).isFalse();
        assertThat(log.cursors()).isEqualTo(1);
    }

    @Test
    void aNodesOwnPortsDoNotWaitForTheRestThatOtherChangesDo() throws Exception {
        publish(1, domain("a"), network(1400));
        Cursor cursor = log.open("a", Optional.empty());
        for (int i = 0; i < 2 * Pace.BURST; i++) {
            publish(2 + i, List.of(), network(1401 + i));
            read(cursor);
        }
        Message.Put port = Samples.PUTS.stream()
                .filter(put -> put.fact() instanceof LocalPort)
                .findFirst()
                .orElseThrow();
        publish(100, List.of(), new Message.Put(Topic.node("a"), port.fact()));
        assertThat(cursor.await(Duration.ZERO)).isTrue();
        assertThat(changes(cursor)).hasSize(1);
    }

    @Test
    void aSlowReaderHoldsUpNobody() throws Exception {
        publish(1, domain("slow", "fast"), network(1400));
        Cursor slow = log.open("slow", Optional.empty());
        Cursor fast = log.open("fast", Optional.empty());
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        FutureTask<Cursor.Written> writing = new FutureTask<>(() -> slow.writeTo(new OutputStream() {
            @Override
            public void write(int b) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                stuck.countDown();
                try {
                    released.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                received.write(bytes, offset, length);
            }
        }));
        Thread.ofVirtual().start(writing);
        stuck.await();
        for (int i = 2; i < 100; i++) {
            publish(i, List.of(), network(1400 + i));
        }
        assertThat(changes(fast)).contains(network(1499));
        released.countDown();
        assertThat(writing.get()).isEqualTo(Cursor.Written.FULL_BATCH);
        Batch first = new BatchReader(new ByteArrayInputStream(received.toByteArray()))
                .next()
                .orElseThrow();
        assertThat(first.revision()).isEqualTo(1);
        assertThat(((Batch.Changes) first).messages()).contains(network(1400));
        assertThat(changes(slow)).containsExactly(network(1499));
    }

    @Test
    void revisionsDoNotGoBack() {
        publish(2, List.of());
        assertThatThrownBy(() -> publish(1, List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRevisionIsInForceOnceEveryConnectedHostThatNeedsTheTopicHasConfirmedIt() throws IOException {
        Map<String, Long> reported = new HashMap<>();
        publish(1, domain("a", "b"), network(1500));
        assertThat(inForce(reported)).describedAs("nobody is connected").isEqualTo(1);
        try (Cursor a = log.open("a", Optional.empty());
                Cursor b = log.open("b", Optional.empty())) {
            changes(a);
            changes(b);
            assertThat(inForce(reported)).isEqualTo(-1);
            reported.put("a", 1L);
            reported.put("b", 1L);
            assertThat(inForce(reported)).isEqualTo(1);
            publish(2, List.of(), network(1400));
            assertThat(inForce(reported)).describedAs("not written yet").isEqualTo(1);
            changes(a);
            changes(b);
            assertThat(inForce(reported)).describedAs("not confirmed yet").isEqualTo(1);
            reported.put("a", 2L);
            assertThat(inForce(reported)).isEqualTo(1);
            reported.put("b", 2L);
            assertThat(inForce(reported)).isEqualTo(2);
            log.publish(new TopicChanges(9, List.of(), List.of()));
            assertThat(inForce(reported))
                    .describedAs("nothing has come for them since")
                    .isEqualTo(9);
            assertThat(log.inForce("a", 2)).isEqualTo(9);
            assertThat(log.inForce("a", 1)).isEqualTo(1);
        }
        assertThat(log.inForce("a", 2)).describedAs("nobody tells").isEqualTo(2);
    }

    @Test
    void aHostThatHasNothingInForceConfirmsNothingEvenIfItResumes() throws IOException {
        publish(1, domain("a"), network(1500));
        Position position;
        try (Cursor first = log.open("a", Optional.empty())) {
            position = ((Batch.Changes) read(first).orElseThrow()).position();
        }
        try (Cursor again = log.open("a", Optional.of(position))) {
            again.writeTo(OutputStream.nullOutputStream());
            assertThat(log.inForce("a", 0)).isZero();
            assertThat(log.inForce("a", 1)).isEqualTo(1);
        }
    }

    private long inForce(Map<String, Long> reported) {
        return log.inForce(NETWORK, host -> reported.getOrDefault(host, -1L));
    }
}
