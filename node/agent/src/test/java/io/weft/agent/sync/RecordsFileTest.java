package io.weft.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.model.IpAddress;
import io.weft.protocol.Fact;
import io.weft.protocol.NetworkFact;
import io.weft.protocol.Peer;
import io.weft.protocol.Position;
import io.weft.protocol.ProtocolException;
import io.weft.protocol.Subscription;
import io.weft.protocol.Topic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordsFileTest {
    private static final Position POSITION = new Position(new UUID(1, 2), 1, 77, 5);

    @TempDir
    private Path directory = Path.of("");

    private Path written() throws Exception {
        Path path = directory.resolve("state").resolve("records.ndjson");
        UUID network = new UUID('n', 1);
        Map<Topic, List<Fact>> records = Map.of(
                Topic.peer("h"), List.of(new Peer("h", List.of(IpAddress.parse("192.0.2.1")))),
                Topic.network(network), List.of(new NetworkFact(network, 5, 1450, true)),
                Topic.node("me"), List.of());
        new RecordsFile(path).write(records, POSITION);
        return path;
    }

    @Test
    void whatIsKeptComesBackWithItsPosition() throws Exception {
        Path path = written();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        Subscription subscription = new Subscription();
        subscription.apply(new RecordsFile(path).read().orElseThrow());
        assertThat(subscription.position()).contains(POSITION);
        assertThat(subscription.topics()).hasSize(3);
        assertThat(subscription.records(Topic.peer("h"))).hasSize(1);
    }

    @Test
    void aTornFileIsRefusedWhereverItIsTorn() throws Exception {
        Path path = written();
        byte[] whole = Files.readAllBytes(path);
        for (int length = 0; length < whole.length; length++) {
            Files.write(path, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> new RecordsFile(path).read()).isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void withoutAFileThereIsNothing() throws Exception {
        assertThat(new RecordsFile(directory.resolve("none")).read()).isEmpty();
    }
}
