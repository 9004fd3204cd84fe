package io.weft.server.keystone;

import io.weft.client.Authentication;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Keystone of Debian's package with a store of its own, on loopback. */
public final class Keystone implements AutoCloseable {
    /** The password of the administrator, whose name and project are {@code admin}. */
    public static final String PASSWORD = "of-the-administrator";

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path directory;
    private final int port;
    private Process process;
    private String administrator = "";

    private Keystone(Path directory, int port) throws IOException {
        this.directory = directory;
        this.port = port;
        this.process = serve();
    }

    /** Sets one up in an empty directory and starts it. */
    public static Keystone start(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory.resolve("fernet"));
        Files.writeString(directory.resolve("keystone.conf"), """
                [DEFAULT]
                log_file = %1$s/keystone.log
                [database]
                connection = sqlite:///%1$s/keystone.db
                [token]
                provider = fernet
                [fernet_tokens]
                key_repository = %1$s/fernet
                [identity]
                password_hash_rounds = 4
                [cache]
                enabled = true
                backend = dogpile.cache.memory
                """.formatted(directory));
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        manage(directory, "db_sync");
        // Keystone leaves transactions open that only read; with a write-ahead log they do not lock its writers out.
        run(
                directory,
                List.of(
                        "python3",
                        "-c",
                        "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('PRAGMA journal_mode=WAL')",
                        directory.resolve("keystone.db").toString()));
        manage(directory, "fernet_setup", "--keystone-user", user(), "--keystone-group", user());
        manage(
                directory,
                "bootstrap",
                "--bootstrap-password",
                PASSWORD,
                "--bootstrap-public-url",
                "http://127.0.0.1:" + port + "/v3",
                "--bootstrap-region-id",
                "RegionOne");
        Keystone keystone = new Keystone(directory, port);
        keystone.awaitAnswer();
        keystone.administrator = keystone.token("admin", PASSWORD, "admin");
        keystone.project("service");
        for (String role : List.of("manager", "service")) {
            keystone.ask("POST", "/roles", Map.of("role", Map.of("name", role)), 201);
        }
        return keystone;
    }

    private static String user() {
        return String.valueOf(System.getProperty("user.name"));
    }

    private static void manage(Path directory, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "keystone-manage",
                "--config-file",
                directory.resolve("keystone.conf").toString()));
        command.addAll(List.of(arguments));
        run(directory, command);
    }

    private static void run(Path directory, List<String> command) throws IOException, InterruptedException {
        File log = directory.resolve("manage.log").toFile();
        int status = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException(command + ": status " + status + "\n" + Files.readString(log.toPath()));
        }
    }

    private Process serve() throws IOException {
        return new ProcessBuilder(
                        "setpriv",
                        "--pdeathsig",
                        "KILL",
                        "keystone-wsgi-public",
                        "--host",
                        "127.0.0.1",
                        "--port",
                        "" + port,
                        "--",
                        "--config-file",
                        directory.resolve("keystone.conf").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("wsgi.log").toFile()))
                .start();
    }

    private void awaitAnswer() throws IOException, InterruptedException {
        long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (true) {
            try (HttpClient http = HttpClient.newHttpClient()) {
                http.send(HttpRequest.newBuilder(URI.create(url())).build(), HttpResponse.BodyHandlers.discarding());
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end || !process.isAlive()) {
                    throw new IOException(
                            "keystone does not answer\n" + Files.readString(directory.resolve("wsgi.log")), e);
                }
                process.waitFor(Duration.ofMillis(100));
            }
        }
    }

    /** The Identity API v3. */
    public String url() {
        return "http://127.0.0.1:" + port + "/v3";
    }

    /** Makes a project; answers its id. */
    public String project(String name) throws IOException, InterruptedException {
        return ask("POST", "/projects", Map.of("project", Map.of("name", name)), 201)
                .get("project")
                .get("id")
                .asString();
    }

    /** Makes a user with a role in a project, and a password that is its name twice. */
    public void user(String name, String project, String role) throws IOException, InterruptedException {
        String id = ask("POST", "/users", Map.of("user", Map.of("name", name, "password", name + name)), 201)
                .get("user")
                .get("id")
                .asString();
        ask(
                "PUT",
                "/projects/" + id("projects", project) + "/users/" + id + "/roles/" + id("roles", role),
                Map.of(),
                204);
    }

    private String id(String collection, String name) throws IOException, InterruptedException {
        return ask("GET", "/" + collection + "?name=" + name, Map.of(), 200)
                .get(collection)
                .get(0)
                .get("id")
                .asString();
    }

    /** Enters a service and where it is into the catalogue. */
    public void service(String type, String url) throws IOException, InterruptedException {
        String id = ask("POST", "/services", Map.of("service", Map.of("type", type, "name", type)), 201)
                .get("service")
                .get("id")
                .asString();
        Map<String, ?> endpoint = Map.of("service_id", id, "interface", "public", "region_id", "RegionOne", "url", url);
        ask("POST", "/endpoints", Map.of("endpoint", endpoint), 201);
    }

    /** A token of the administrator. */
    public String administratorToken() {
        return administrator;
    }

    /** A token of a user that {@link #user} made, in a project. */
    public String token(String user, String project) throws IOException, InterruptedException {
        return token(user, user + user, project);
    }

    private String token(String user, String password, String project) throws IOException, InterruptedException {
        Map<String, ?> domain = Map.of("name", "Default");
        Map<String, ?> identity = Map.of(
                "methods",
                Set.of("password"),
                "password",
                Map.of("user", Map.of("name", user, "domain", domain, "password", password)));
        Map<String, ?> scope = Map.of("project", Map.of("name", project, "domain", domain));
        HttpResponse<String> response =
                send("POST", "/auth/tokens", Map.of("auth", Map.of("identity", identity, "scope", scope)), "");
        return response.headers()
                .firstValue("X-Subject-Token")
                .orElseThrow(() -> new IOException(response.statusCode() + " " + response.body()));
    }

    /** An application credential that a user of {@link #user} makes in a project. */
    public Authentication.ApplicationCredential applicationCredential(String user, String project)
            throws IOException, InterruptedException {
        HttpResponse<String> response = send(
                token(user, project),
                "POST",
                "/users/" + id("users", user) + "/application_credentials",
                Map.of("application_credential", Map.of("name", "of " + user)),
                "");
        JsonNode made = JSON.readTree(response.body()).path("application_credential");
        return new Authentication.ApplicationCredential(
                made.get("id").asString(), made.get("secret").asString());
    }

    /** Makes a token worthless. */
    public void revoke(String token) throws IOException, InterruptedException {
        send("DELETE", "/auth/tokens", Map.of(), token);
    }

    private JsonNode ask(String method, String path, Map<String, ?> body, Integer... expected)
            throws IOException, InterruptedException {
        HttpResponse<String> response = send(method, path, body, "");
        if (!List.of(expected).contains(response.statusCode())) {
            throw new IOException(method + " " + path + ": " + response.statusCode() + " " + response.body());
        }
        return response.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(response.body());
    }

    private HttpResponse<String> send(String method, String path, Map<String, ?> body, String subject)
            throws IOException, InterruptedException {
        return send(administrator, method, path, body, subject);
    }

    private HttpResponse<String> send(String token, String method, String path, Map<String, ?> body, String subject)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
        if (!token.isEmpty()) {
            request.header("X-Auth-Token", token);
        }
        if (!subject.isEmpty()) {
            request.header("X-Subject-Token", subject);
        }
        // It closes a connection after each answer without a word, so none is used again.
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    /** Ends the process; what is stored stays. */
    public void stop() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Starts the process again, at the same address. */
    public void restart() throws IOException, InterruptedException {
        process = serve();
        awaitAnswer();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
