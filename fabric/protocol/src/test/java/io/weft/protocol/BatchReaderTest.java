package io.weft.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BatchReaderTest {
    private static byte[] lines(List<Message> messages) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        messages.forEach(message -> out.writeBytes(MessageCodec.encode(message)));
        return out.toByteArray();
    }

    private static List<Message> fullBatch() {
        List<Message> messages = new ArrayList<>();
        messages.add(new Message.BatchBegin(true));
        Samples.PUTS.stream()
                .map(Message.Put::topic)
                .distinct()
                .forEach(topic -> messages.add(new Message.Join(topic)));
        messages.addAll(Samples.PUTS);
        messages.add(new Message.Commit(123, Samples.POSITION));
        return messages;
    }

    private static List<Message> lateBatch() {
        return List.of(
                new Message.BatchBegin(false),
                new Message.Delete(Topic.network(Samples.NETWORK), "endpoint/" + Samples.PORT),
                new Message.Leave(Topic.router(Samples.ROUTER)),
                new Message.Commit(130, Samples.POSITION.at(130)));
    }

    private static byte[] stream() {
        List<Message> messages = new ArrayList<>(fullBatch());
        messages.add(new Message.Alive(125));
        messages.addAll(lateBatch());
        return lines(messages);
    }

    private static BatchReader reader(byte[] bytes) {
        return new BatchReader(new ByteArrayInputStream(bytes));
    }

    @Test
    void batchesAndSignsOfLifeComeInTheirOrder() throws IOException {
        BatchReader reader = reader(stream());
        List<Message> full = fullBatch();
        assertThat(reader.next())
                .contains(new Batch.Changes(true, full.subList(1, full.size() - 1), 123, Samples.POSITION, List.of()));
        assertThat(reader.next()).contains(new Batch.Alive(125));
        assertThat(reader.next())
                .contains(
                        new Batch.Changes(false, lateBatch().subList(1, 3), 130, Samples.POSITION.at(130), List.of()));
        assertThat(reader.next()).isEmpty();
    }

    @Test
    void aStreamThatIsTornAnywhereGivesWholeBatchesOnly() throws IOException {
        byte[] stream = stream();
        List<Integer> ends = List.of(
                lines(fullBatch()).length,
                lines(fullBatch()).length + MessageCodec.encode(new Message.Alive(125)).length,
                stream.length);
        for (int length = 0; length <= stream.length; length++) {
            BatchReader reader = reader(Arrays.copyOf(stream, length));
            int count = 0;
            while (reader.next().isPresent()) {
                count++;
            }
            int cut = length;
            assertThat(count)
                    .isEqualTo((int) ends.stream().filter(end -> end <= cut).count());
        }
    }

    @Test
    void itDoesNotMatterHowBytesArrive() throws IOException {
        Random random = new Random(3);
        byte[] stream = stream();
        for (int round = 0; round < 50; round++) {
            InputStream slow = new ByteArrayInputStream(stream) {
                @Override
                public synchronized int read(byte[] bytes, int offset, int length) {
                    return super.read(bytes, offset, Math.min(length, 1 + random.nextInt(40)));
                }
            };
            BatchReader reader = new BatchReader(slow);
            assertThat(reader.next()).isPresent();
            assertThat(reader.next()).isPresent();
            assertThat(reader.next()).isPresent();
            assertThat(reader.next()).isEmpty();
        }
    }

    @Test
    void whatIsUnknownIsPassedOverAndNoted() throws IOException {
        String text = "{\"hello\":1}\n{\"batch\":{\"full\":true}}\n{\"join\":\"policy/1\"}\n"
                + new String(MessageCodec.encode(new Message.Commit(1, Samples.POSITION)), StandardCharsets.UTF_8);
        assertThat(reader(text.getBytes(StandardCharsets.UTF_8)).next())
                .contains(new Batch.Changes(true, List.of(), 1, Samples.POSITION, List.of("the topic 'policy/1'")));
    }

    @Test
    void whatIsOutOfPlaceIsRefused() {
        Message begin = new Message.BatchBegin(false);
        for (List<Message> messages : List.of(
                List.<Message>of(new Message.Commit(1, Samples.POSITION)),
                List.<Message>of(Samples.PUTS.getFirst()),
                List.of(begin, begin),
                List.of(begin, new Message.Alive(1)))) {
            assertThatThrownBy(() -> reader(lines(messages)).next()).isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void memoryIsBounded() {
        byte[] endless = new byte[2 * MessageCodec.MAX_LINE];
        Arrays.fill(endless, (byte) ' ');
        assertThatThrownBy(() -> reader(endless).next()).hasMessageContaining("more than");
        assertThatThrownBy(() -> new BatchReader(new ByteArrayInputStream(lines(fullBatch())), 5).next())
                .hasMessageContaining("more than 5 messages");
    }

    @Test
    void changedStreamsAreReadOrRefusedAndNothingElse() throws IOException {
        Random random = new Random(5);
        byte[] stream = stream();
        int refused = 0;
        for (int round = 0; round < 1_500; round++) {
            BatchReader reader = reader(Mutations.change(random, stream));
            Subscription subscription = new Subscription();
            try {
                for (Optional<Batch> batch = reader.next(); batch.isPresent(); batch = reader.next()) {
                    subscription.apply(batch.get());
                }
            } catch (ProtocolException e) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }
}
