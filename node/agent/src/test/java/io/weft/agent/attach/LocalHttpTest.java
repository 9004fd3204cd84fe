package io.weft.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LocalHttpTest {
    private static byte[] request(String body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LocalHttp.write(out, "POST /v1/ports HTTP/1.1", body.getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        LocalHttp.Message message = LocalHttp.read(new ByteArrayInputStream(request("{\"pid\": 12, \"name\": \"é\"}")));
        assertThat(message.word(0)).isEqualTo("POST");
        assertThat(message.word(1)).isEqualTo("/v1/ports");
        assertThat(Json.object(message.body())).isEqualTo(Map.of("pid", "12", "name", "é"));
    }

    @Test
    void aBodyOfAnotherLengthIsRefused() {
        for (String length : new String[] {"-1", "99999999", "abc", "7"}) {
            byte[] bytes = ("GET / HTTP/1.1\r\nContent-Length: " + length + "\r\n\r\nshort")
                    .getBytes(StandardCharsets.US_ASCII);
            assertThatThrownBy(() -> LocalHttp.read(new ByteArrayInputStream(bytes)))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void mutatedRequestsAreReadOrRefused() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] good = request("{\"netns\": \"a\", \"name\": \"eth0\", \"nested\": {\"x\": [1]}}");
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = good.clone();
            for (int flips = random.nextInt(5); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                Json.object(LocalHttp.read(new ByteArrayInputStream(bytes, 0, random.nextInt(bytes.length)))
                        .body());
            } catch (IOException refused) {
                assertThat(refused).isNotNull();
            }
        }
    }
}
