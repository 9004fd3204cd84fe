package io.weft.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.client.Authentication;
import io.weft.client.NetworkAttributes;
import io.weft.client.NeutronClient;
import io.weft.client.NeutronException;
import io.weft.client.Query;
import io.weft.client.Settings;
import io.weft.server.keystone.Keystone;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose callers are known by a real Keystone. */
class KeystoneTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private static Path directory;

    private static Keystone keystone;
    private static Server server;

    @BeforeAll
    static void start() throws Exception {
        keystone = Keystone.start(directory.resolve("keystone"));
        keystone.project("red");
        keystone.project("blue");
        keystone.user("weft", "service", "service");
        keystone.user("alice", "red", "member");
        keystone.user("rita", "red", "reader");
        keystone.user("bob", "blue", "member");
        keystone.user("root", "service", "admin");
        Path password = directory.resolve("password");
        Files.writeString(password, "weftweft\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        server = Server.start(ServerTest.configuration(
                directory.resolve("server"),
                Map.of(
                        "WEFT_API_AUTHENTICATION",
                        "keystone",
                        "WEFT_KEYSTONE_URL",
                        keystone.url(),
                        "WEFT_KEYSTONE_PASSWORD_FILE",
                        password.toString(),
                        "WEFT_KEYSTONE_REMEMBER",
                        "1s")));
        keystone.service("network", "http://127.0.0.1:" + server.apiPort());
    }

    @AfterAll
    static void stop() {
        server.close();
        keystone.close();
    }

    private static Client client(String user, String project) throws Exception {
        return new Client(server.apiPort(), keystone.token(user, project));
    }

    @Test
    void aMemberWorksInItsProjectAReaderReadsAndOthersSeeNothing() throws Exception {
        try (Client alice = client("alice", "red");
                Client rita = client("rita", "red");
                Client bob = client("bob", "blue");
                Client root = client("root", "service")) {
            String network =
                    alice.create("network", Map.of("name", "of red")).get("id").asString();
            String path = "/v2.0/networks/" + network;
            assertThat(rita.call("GET", path, "").status()).isEqualTo(200);
            assertThat(rita.call("DELETE", path, "").status()).isEqualTo(403);
            assertThat(rita.call("POST", "/v2.0/networks", Map.of("network", Map.of()))
                            .status())
                    .isEqualTo(403);
            assertThat(bob.call("GET", path, "").status()).isEqualTo(404);
            assertThat(bob.call("DELETE", path, "").status()).isEqualTo(404);
            assertThat(root.call("GET", path, "").status()).isEqualTo(200);
            Map<String, ?> forRed = Map.of(
                    "project_id",
                    root.get(path).get("network").get("project_id").asString());
            assertThat(bob.call("POST", "/v2.0/networks", Map.of("network", forRed))
                            .status())
                    .isEqualTo(400);
            assertThat(alice.call("DELETE", path, "").status()).isEqualTo(204);
        }
    }

    @Test
    void whoShowsNoTokenOrAWrongOneIsToldWhereToGetOne() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (String token : List.of("", "gAAAAnothing", "x".repeat(9_000), "two words", "t\tab")) {
                HttpRequest.Builder request =
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.apiPort() + "/v2.0/networks"));
                if (!token.isEmpty()) {
                    request.header("X-Auth-Token", token);
                }
                HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
                assertThat(response.statusCode()).as(token).isIn(401, 400, 431);
                if (response.statusCode() == 401) {
                    assertThat(response.headers().firstValue("WWW-Authenticate"))
                            .contains("Keystone uri=\"" + keystone.url() + "\"");
                }
            }
        }
    }

    @Test
    void aTokenThatIsRevokedWorksNoLongerThanAnAnswerIsRemembered() throws Exception {
        String token = keystone.token("alice", "red");
        try (Client alice = new Client(server.apiPort(), token)) {
            assertThat(alice.call("GET", "/v2.0/networks", "").status()).isEqualTo(200);
            keystone.revoke(token);
            awaitStatus(alice, 401);
        }
    }

    @Test
    void withoutKeystoneStrangersAreToldToComeBackAndItsReturnIsNoticed() throws Exception {
        try (Client alice = client("alice", "red")) {
            keystone.stop();
            try {
                awaitStatus(alice, 503);
            } finally {
                keystone.restart();
            }
            awaitStatus(alice, 200);
        }
    }

    @Test
    void theStockClientFindsTheNetworkServiceInTheCatalogue() throws Exception {
        assertThat(openstack("alice", "red", "network", "create", "mine", "-f", "value", "-c", "name"))
                .isEqualTo("mine");
        assertThat(openstack("bob", "blue", "network", "list", "-f", "value", "-c", "Name"))
                .doesNotContain("mine");
        assertThat(openstack("alice", "red", "network", "delete", "mine")).isEmpty();
    }

    @Test
    void theTypedClientFindsTheServiceInTheCatalogueWithAPasswordAndWithAnApplicationCredential() throws Exception {
        try (NeutronClient alice =
                typed(new Authentication.Password("alice", "alicealice", "Default", "red", "Default"))) {
            alice.networks().create(NetworkAttributes.NONE.name("typed"));
        }
        try (NeutronClient application = typed(keystone.applicationCredential("alice", "red"))) {
            assertThat(application.networks().named("typed").name()).isEqualTo("typed");
        }
        try (NeutronClient stranger =
                typed(new Authentication.Password("alice", "wrong!", "Default", "red", "Default"))) {
            assertThatThrownBy(() -> stranger.networks().list(Query.ALL))
                    .isInstanceOfSatisfying(NeutronException.class, e -> {
                        assertThat(e.status()).isEqualTo(401);
                        assertThat(e.getMessage()).contains("alice").doesNotContain("wrong!");
                    });
        }
    }

    private static NeutronClient typed(Authentication.Credential credential) {
        return NeutronClient.of(Authentication.Keystone.of(URI.create(keystone.url()), credential), Settings.DEFAULTS);
    }

    private static void awaitStatus(Client client, int status) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        int seen = client.call("GET", "/v2.0/networks", "").status();
        while (seen != status && System.nanoTime() < end) {
            LockSupport.parkNanos(100_000_000);
            seen = client.call("GET", "/v2.0/networks", "").status();
        }
        assertThat(seen).isEqualTo(status);
    }

    private static String openstack(String user, String project, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("openstack"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "OS_AUTH_URL",
                        keystone.url(),
                        "OS_IDENTITY_API_VERSION",
                        "3",
                        "OS_USERNAME",
                        user,
                        "OS_PASSWORD",
                        user + user,
                        "OS_PROJECT_NAME",
                        project,
                        "OS_USER_DOMAIN_NAME",
                        "Default",
                        "OS_PROJECT_DOMAIN_NAME",
                        "Default"));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.strip();
    }
}
