package io.weft.cni;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The executable by itself, with agents that are away, wrong or cut short. */
class ExecutableTest {
    @TempDir
    private Path directory;

    private Path executable;

    private record Outcome(int status, String text) {}

    @BeforeEach
    void install() throws IOException {
        executable = Executable.install(directory);
    }

    private Outcome run(Map<String, String> environment, byte[] input) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(executable.toString());
        builder.environment().putAll(environment);
        builder.environment()
                .put("WEFT_AGENT_SOCKET", directory.resolve("agent.sock").toString());
        Process process = builder.start();
        Thread.ofVirtual().start(() -> feed(process, input));
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        process.getInputStream().transferTo(output);
        return new Outcome(process.waitFor(), output.toString(StandardCharsets.UTF_8));
    }

    private static void feed(Process process, byte[] input) {
        try (OutputStream out = process.getOutputStream()) {
            out.write(input);
        } catch (IOException e) {
            // It need not read all of what is too long.
        }
    }

    /** An agent that answers once with these bytes, and gives what it was asked. */
    private CompletableFuture<byte[]> agent(String answer) throws IOException {
        Path socket = directory.resolve("agent.sock");
        Files.deleteIfExists(socket);
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        CompletableFuture<byte[]> asked = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (listener;
                    SocketChannel channel = listener.accept();
                    InputStream in = Channels.newInputStream(channel)) {
                StringBuilder head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) {
                    head.append((char) in.read());
                }
                String length = head.substring(head.indexOf("Content-Length: ") + 16);
                asked.complete(in.readNBytes(Integer.parseInt(length.substring(0, length.indexOf('\r')))));
                Channels.newOutputStream(channel).write(answer.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                asked.completeExceptionally(e);
            }
        });
        return asked;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void itIsSmallAndAnswersWhichVersionsItSpeaksByItself() throws Exception {
        assertThat(Files.size(executable)).isLessThan(1_000_000);
        Outcome version = run(Map.of("CNI_COMMAND", "VERSION"), bytes("{\"cniVersion\": \"1.0.0\"}"));
        assertThat(version.status()).isZero();
        assertThat(version.text()).contains("\"supportedVersions\":[\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]");
    }

    @Test
    void theEnvironmentAndTheInputReachTheAgentAsTheyAre() throws Exception {
        CompletableFuture<byte[]> asked = agent("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{\"a\": 1}");
        Outcome outcome = run(
                Map.of("CNI_COMMAND", "ADD", "CNI_ARGS", "a=\r\n\r\n;b=\"ä\"", "CNI_IFNAME", "eth0"),
                bytes("{\"x\": \"\u0000\"}"));
        assertThat(outcome).isEqualTo(new Outcome(0, "{\"a\": 1}"));
        assertThat(new String(asked.join(), StandardCharsets.UTF_8))
                .isEqualTo("CNI_COMMAND=ADD\0CNI_IFNAME=eth0\0CNI_ARGS=a=\r\n\r\n;b=\"ä\"\0\0{\"x\": \"\0\"}");
    }

    @Test
    void anErrorOfTheAgentIsPrintedWithStatusOne() throws Exception {
        CompletableFuture<byte[]> asked = agent("HTTP/1.1 422 Error\r\nContent-Length: 12\r\n\r\n{\"code\": 11}");
        assertThat(run(Map.of("CNI_COMMAND", "DEL"), bytes("{}"))).isEqualTo(new Outcome(1, "{\"code\": 11}"));
        assertThat(asked.join()).isNotEmpty();
    }

    @Test
    void withoutAWholeAnswerTheRuntimeIsToldToTryAgain() throws Exception {
        for (String answer : List.of(
                "",
                "HTTP",
                "HTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"a\": 1}",
                "nonsense\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\n\r\nContent-Length: 5\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1100000\r\n\r\n" + " ".repeat(1_100_000))) {
            CompletableFuture<byte[]> asked = agent(answer);
            Outcome outcome = run(Map.of("CNI_COMMAND", "ADD"), bytes("{}"));
            assertThat(outcome.status()).isEqualTo(1);
            assertThat(outcome.text()).contains("\"code\":11,");
            assertThat(asked.join()).isNotEmpty();
        }
    }

    @Test
    void withoutAnAgentOrWithTooMuchOfAnythingTheErrorHasACodeOfTheSpecification() throws Exception {
        assertThat(run(Map.of("CNI_COMMAND", "ADD"), bytes("{}")).text()).contains("\"code\":11,");
        assertThat(run(Map.of("CNI_COMMAND", "STATUS"), bytes("{}")).text()).contains("\"code\":50,");
        assertThat(run(Map.of(), bytes("{}")).text()).contains("\"code\":4,");
        assertThat(run(Map.of("CNI_COMMAND", "ADD"), new byte[2_000_000]).text())
                .contains("\"code\":5,");
        Map<String, String> much = new HashMap<>(Map.of("CNI_COMMAND", "ADD"));
        much.put("CNI_PATH", "x".repeat(100_000));
        much.put("CNI_ARGS", "x".repeat(100_000));
        assertThat(run(much, bytes("{}")).text()).contains("\"code\":4,");
    }
}
