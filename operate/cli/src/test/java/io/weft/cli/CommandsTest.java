package io.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.client.Authentication;
import io.weft.client.AuthenticationFile;
import io.weft.server.Server;
import io.weft.server.config.Configuration;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class CommandsTest {
    @TempDir
    private Path directory;

    private record Outcome(int status, String out, String errors) {
        JsonNode json() {
            return Api.JSON.readTree(out);
        }
    }

    @Test
    void aTokenIsPrintedAloneSoThatScriptsCanUseIt() {
        try (Server server = start("data")) {
            Outcome text = weft(server, "token", "create", "--host", "one");
            assertThat(text.status()).isZero();
            assertThat(text.out().strip()).matches("[0-9a-f]{16}\\.[\\w-]{32}\\.[\\w-]{43}");
            assertThat(weft(server, "token", "create", "--json").json().has("expires_at"))
                    .isTrue();
        }
    }

    @Test
    void statusNodesAndTheApiAreShownAsTextAndJson() {
        try (Server server = start("data")) {
            assertThat(weft(server, "status").out()).contains("store      embedded");
            assertThat(weft(server, "status", "--json").json().get("store").asString())
                    .isEqualTo("embedded");
            assertThat(weft(server, "api").out()).containsPattern("GET POST +/networks\n");
            assertThat(weft(server, "api", "--json").json().get("openapi").asString())
                    .startsWith("3.1");
            assertThat(weft(server, "nodes").out()).startsWith("NAME");
            assertThat(weft(server, "node", "list", "--json").json().size()).isZero();
            Outcome unknown = weft(server, "nodes", "show", "nobody");
            assertThat(unknown.status()).isOne();
            assertThat(unknown.errors()).isEqualTo("weft: There is no node nobody.\n");
        }
    }

    @Test
    void aBackupOfARunningServerIsRestoredIntoANewStore() throws Exception {
        Path file = directory.resolve("backup");
        Files.createDirectories(directory.resolve("again"));
        String id;
        try (Server server = start("data")) {
            id = new Api(server.apiPort(), "somebody")
                    .post("/v2.0/networks", Map.of("network", Map.of("name", "kept")))
                    .get("network")
                    .get("id")
                    .asString();
            assertThat(weft(server, "backup", file.toString()).status()).isZero();
        }
        Path settings = directory.resolve("weft.properties");
        Files.writeString(settings, "data.directory = " + directory.resolve("again") + "\n");
        Outcome restored = run("restore", file.toString(), "--config", settings.toString(), "--json");
        assertThat(restored.errors()).isEmpty();
        assertThat(restored.json().get("entries").asLong()).isPositive();
        Outcome twice = run("restore", file.toString(), "--config", settings.toString());
        assertThat(twice.status()).isOne();
        Files.copy(directory.resolve("data/master.key"), directory.resolve("again/master.key"));
        try (Server server = start("again")) {
            assertThat(new Api(server.apiPort(), "somebody")
                            .get("/v2.0/networks/" + id)
                            .get("network")
                            .get("name")
                            .asString())
                    .isEqualTo("kept");
        }
    }

    @Test
    void aBackupFileThatIsNoneIsRefusedBeforeAnythingIsWritten() throws Exception {
        Path file = Files.writeString(directory.resolve("backup"), "not a backup");
        Path settings = Files.writeString(
                directory.resolve("weft.properties"), "data.directory = " + directory.resolve("new") + "\n");
        Outcome refused = run("restore", file.toString(), "--config", settings.toString());
        assertThat(refused.status()).isOne();
        assertThat(refused.errors()).startsWith("weft: cannot restore " + file);
        assertThat(directory.resolve("new")).doesNotExist();
    }

    @Test
    void withoutAServerThatIsSaid() {
        Outcome outcome = run("status", "--server", "http://127.0.0.1:1");
        assertThat(outcome.status()).isOne();
        assertThat(outcome.errors()).isEqualTo("weft: no server answers at http://127.0.0.1:1\n");
    }

    @Test
    void whatIsNotUnderstoodEndsWithStatusTwo() {
        assertThat(run("no-such-command").status()).isEqualTo(2);
        assertThat(run("token", "create", "--no-such-option").status()).isEqualTo(2);
    }

    @Test
    void credentialsAreMadeOnceForServerAndController() throws Exception {
        Path place = directory.resolve("api");
        assertThat(run("token", "credentials", "--directory", place.toString()).status())
                .isZero();
        String token = Files.readString(place.resolve("tokens")).split(" ")[0];
        assertThat(token).matches("[\\w-]{43}");
        assertThat(AuthenticationFile.read(place.resolve("api.properties")))
                .isEqualTo(new Authentication.Token(URI.create("http://127.0.0.1:9696"), token));
        assertThat(run("token", "credentials", "--directory", place.toString()).status())
                .isZero();
        assertThat(Files.readString(place.resolve("tokens"))).startsWith(token + " kubernetes kubernetes admin");
    }

    @Test
    void theCniExecutableIsPutBesideOthersAndTakenAway() throws Exception {
        Path bin = directory.resolve("bin");
        Path loopback = Files.writeString(directory.resolve("given"), "loopback");
        assertThat(run("cni", "install", "--directory", bin.toString(), "--loopback", loopback.toString())
                        .status())
                .isZero();
        assertThat(bin.resolve("loopback")).isExecutable().hasContent("loopback");
        Files.writeString(loopback, "another");
        assertThat(run("cni", "install", "--directory", bin.toString(), "--loopback", loopback.toString())
                        .status())
                .isZero();
        assertThat(bin.resolve("loopback")).as("somebody's is left alone").hasContent("loopback");
        assertThat(bin.resolve("weft")).isExecutable();
        assertThat(run("cni", "uninstall", "--directory", bin.toString()).status())
                .isZero();
        assertThat(bin.resolve("weft")).doesNotExist();
        assertThat(bin.resolve("loopback")).exists();
    }

    @Test
    void everyCommandExplainsItself() {
        for (String command : List.of(
                "server", "agent", "up", "attach", "detach", "ports", "nodes", "token", "status", "backup", "restore",
                "store", "version")) {
            Outcome help = run(command, "--help");
            assertThat(help.status()).as(command).isZero();
            assertThat(help.out()).as(command).contains("Usage:");
        }
    }

    private Server start(String name) {
        return Server.start(Configuration.read(
                Optional.empty(),
                Map.of(
                        "WEFT_DATA_DIRECTORY",
                        directory.resolve(name).toString(),
                        "WEFT_API_LISTEN",
                        "127.0.0.1:0",
                        "WEFT_AGENTS_LISTEN",
                        "127.0.0.1:0")));
    }

    private static Outcome weft(Server server, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--server", "http://127.0.0.1:" + server.apiPort()));
        return run(all.toArray(String[]::new));
    }

    /** Runs a command in this process; it prints to what this process calls its output. */
    private static synchronized Outcome run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            int status = Main.run(new PrintStream(errors, true, StandardCharsets.UTF_8), arguments);
            return new Outcome(status, out.toString(StandardCharsets.UTF_8), errors.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(before);
        }
    }
}
