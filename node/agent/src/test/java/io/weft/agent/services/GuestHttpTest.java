package io.weft.agent.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GuestHttpTest {
    private static GuestHttp.Request read(String text) throws IOException, GuestHttp.Refusal {
        return GuestHttp.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static int refused(String text) {
        try {
            read(text);
            return 0;
        } catch (GuestHttp.Refusal e) {
            return e.status;
        } catch (IOException e) {
            return -1;
        }
    }

    @Test
    void aRequestIsItsMethodItsTargetAndItsBody() throws Exception {
        GuestHttp.Request request = read("POST /openstack/latest/password?a=b HTTP/1.1\r\nHost: x\r\n"
                + "X-Instance-ID: someone-else\r\ncontent-length:  5 \r\n\r\nhello and more");
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.target()).isEqualTo("/openstack/latest/password?a=b");
        assertThat(request.path()).isEqualTo("/openstack/latest/password");
        assertThat(request.body()).isEqualTo("hello".getBytes(StandardCharsets.US_ASCII));
        assertThat(read("GET http://169.254.169.254/latest HTTP/1.1\n\n").target())
                .isEqualTo("/latest");
        assertThat(read("GET HTTP://169.254.169.254 HTTP/1.0\r\n\r\n").target()).isEqualTo("/");
    }

    @Test
    void whatIsNoRequestIsRefused() {
        assertThat(refused("GET / HTTP/2\r\n\r\n")).isEqualTo(400);
        assertThat(refused("GET /\r\n\r\n")).isEqualTo(400);
        assertThat(refused("get / HTTP/1.1\r\n\r\n")).isEqualTo(400);
        assertThat(refused("GET latest HTTP/1.1\r\n\r\n")).isEqualTo(400);
        assertThat(refused("GET /\u00e4 HTTP/1.1\r\n\r\n")).isEqualTo(400);
        assertThat(refused("GET /a#b HTTP/1.1\r\n\r\n")).isEqualTo(400);
        assertThat(refused("GET / HTTP/1.1\r\nno colon\r\n\r\n")).isEqualTo(400);
        assertThat(refused("GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n")).isEqualTo(400);
        assertThat(refused("GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"))
                .isEqualTo(400);
        assertThat(refused("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
                .isEqualTo(411);
        assertThat(refused("POST / HTTP/1.1\r\nContent-Length: 65537\r\n\r\n")).isEqualTo(413);
        assertThat(refused("GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(10_000))).isEqualTo(431);
        assertThat(refused("GET /" + "a".repeat(40_000))).isEqualTo(431);
    }

    @Test
    void aRequestThatIsCutShortIsNone() {
        String whole = "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello";
        for (int length = 0; length < whole.length(); length++) {
            String part = whole.substring(0, length);
            assertThatThrownBy(() -> read(part)).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void noBytesAreTooStrange() {
        byte[] seed = "POST /openstack/latest/password HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
                .getBytes(StandardCharsets.ISO_8859_1);
        Random random = new Random(11);
        int understood = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = Arrays.copyOf(seed, random.nextBoolean() ? seed.length : random.nextInt(seed.length));
            for (int change = random.nextInt(4); change > 0 && bytes.length > 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                GuestHttp.Request request = GuestHttp.read(new ByteArrayInputStream(bytes));
                assertThat(request.target()).matches("/[!-~]*");
                assertThat(request.body().length).isLessThanOrEqualTo(GuestHttp.LONGEST_BODY);
                understood++;
            } catch (GuestHttp.Refusal e) {
                assertThat(e.status).isBetween(400, 431);
            } catch (IOException e) {
                assertThat(e).isInstanceOf(EOFException.class);
            }
        }
        assertThat(understood).isPositive();
    }
}
