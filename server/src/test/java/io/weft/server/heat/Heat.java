package io.weft.server.heat;

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
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A Heat of Debian's package ({@code python3-heat}) on loopback: its API and its engine in one process, which speak to each
 * other through that process's memory, with a store of its own. It finds the network service in Keystone's catalogue.
 */
public final class Heat implements AutoCloseable {
    /** The user that Heat acts as; an administrator of the project {@code service}. */
    public static final String USER = "heat";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String PYTHON = "/usr/bin/python3";
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Process process;
    private final String url;
    private final String token;
    private final HttpClient http = HttpClient.newHttpClient();

    private Heat(Process process, String url, String token) {
        this.process = process;
        this.url = url;
        this.token = token;
    }

    /**
     * Sets one up in an empty directory and starts it.
     *
     * @param keystone the Identity API v3, where {@link #USER} has its name twice as its password
     * @param project the id of the project whose stacks are worked with
     * @param token of a member of it
     */
    public static Heat start(Path directory, String keystone, String project, String token)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Files.writeString(directory.resolve("heat.conf"), """
                [DEFAULT]
                log_file = %1$s/heat.log
                transport_url = fake://
                num_engine_workers = 1
                region_name_for_services = RegionOne
                auth_encryption_key = 0123456789abcdef0123456789abcdef
                [database]
                connection = sqlite:///%1$s/heat.db
                [heat_all]
                enabled_services = engine,api
                [heat_api]
                bind_host = 127.0.0.1
                bind_port = %2$d
                workers = 1
                [paste_deploy]
                api_paste_config = %1$s/api-paste.ini
                [keystone_authtoken]
                interface = public
                www_authenticate_uri = %3$s
                auth_url = %3$s
                auth_type = password
                username = heat
                password = heatheat
                project_name = service
                user_domain_name = Default
                project_domain_name = Default
                [trustee]
                auth_url = %3$s
                auth_type = password
                username = heat
                password = heatheat
                user_domain_name = Default
                [clients_keystone]
                auth_uri = %4$s
                """.formatted(
                        directory, port, keystone, keystone.replaceFirst("/v3$", "")));
        Files.writeString(directory.resolve("api-paste.ini"), """
                [pipeline:heat-api]
                pipeline = faultwrap versionnegotiation authurl authtoken context apiv1app
                [app:apiv1app]
                paste.app_factory = heat.common.wsgi:app_factory
                heat.app_factory = heat.api.openstack.v1:API
                [filter:versionnegotiation]
                paste.filter_factory = heat.common.wsgi:filter_factory
                heat.filter_factory = heat.api.openstack:version_negotiation_filter
                [filter:faultwrap]
                paste.filter_factory = heat.common.wsgi:filter_factory
                heat.filter_factory = heat.api.openstack:faultwrap_filter
                [filter:context]
                paste.filter_factory = heat.common.context:ContextMiddleware_filter_factory
                [filter:authurl]
                paste.filter_factory = heat.common.auth_url:filter_factory
                [filter:authtoken]
                paste.filter_factory = keystonemiddleware.auth_token:filter_factory
                """);
        int status = command(directory, "manage", "db_sync").waitFor();
        if (status != 0) {
            throw new IOException("heat-manage: status " + status + "\n" + output(directory));
        }
        Heat heat = new Heat(command(directory, "all"), "http://127.0.0.1:" + port + "/v1/" + project, token);
        heat.awaitAnswer(directory);
        return heat;
    }

    /** A program of Heat's; the package has no executables. */
    private static Process command(Path directory, String program, String... arguments) throws IOException {
        File log = directory.resolve("output.log").toFile();
        String script =
                "import sys; from heat.cmd import %1$s; sys.argv[0] = 'heat-%1$s'; %1$s.main()".formatted(program);
        ProcessBuilder builder = new ProcessBuilder(
                        "setpriv",
                        "--pdeathsig",
                        "KILL",
                        PYTHON,
                        "-c",
                        script,
                        "--config-file",
                        directory.resolve("heat.conf").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        builder.command().addAll(List.of(arguments));
        return builder.start();
    }

    private static String output(Path directory) throws IOException {
        return Files.readString(directory.resolve("output.log"));
    }

    private void awaitAnswer(Path directory) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                send("GET", "/stacks", Map.of());
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end || !process.isAlive()) {
                    throw new IOException("heat does not answer\n" + output(directory), e);
                }
                process.waitFor(Duration.ofMillis(200));
            }
        }
    }

    /** Makes a stack and answers when it is complete. */
    public void create(String name, JsonNode template) throws IOException, InterruptedException {
        ask("POST", "/stacks", Map.of("stack_name", name, "template", template), 201);
        await(name, "CREATE");
    }

    /** Changes a stack and answers when it is complete. */
    public void update(String name, JsonNode template) throws IOException, InterruptedException {
        ask("PUT", "/stacks/" + name + "/" + stack(name).path("id").asString(), Map.of("template", template), 202);
        await(name, "UPDATE");
    }

    /** Takes a stack away and answers when it is gone. */
    public void delete(String name) throws IOException, InterruptedException {
        String path = "/stacks/" + name + "/" + stack(name).path("id").asString();
        ask("DELETE", path, Map.of(), 204);
        await(name, "DELETE");
    }

    /** What stands for each resource of a stack in the service that it is of, by the resource's name. */
    public String id(String name, String resource) throws IOException, InterruptedException {
        String path = "/stacks/" + name + "/" + stack(name).path("id").asString() + "/resources/" + resource;
        return ask("GET", path, Map.of(), 200)
                .at("/resource/physical_resource_id")
                .asString();
    }

    private JsonNode stack(String name) throws IOException, InterruptedException {
        // Heat forgets none: those that are gone are listed too, the newest first.
        return ask("GET", "/stacks?show_deleted=true&name=" + name, Map.of(), 200)
                .at("/stacks/0");
    }

    private void await(String name, String action) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        JsonNode stack = stack(name);
        while (!stack.path("stack_status").asString().equals(action + "_COMPLETE")) {
            if (stack.path("stack_status").asString().endsWith("FAILED") || System.nanoTime() > end) {
                throw new AssertionError(
                        name + ": " + stack.path("stack_status").asString() + ": "
                                + stack.path("stack_status_reason").asString());
            }
            process.waitFor(Duration.ofMillis(300));
            stack = stack(name);
        }
    }

    private JsonNode ask(String method, String path, Map<String, ?> body, int expected)
            throws IOException, InterruptedException {
        HttpResponse<String> response = send(method, path, body);
        if (response.statusCode() != expected) {
            throw new AssertionError(method + " " + path + ": " + response.statusCode() + " " + response.body());
        }
        return response.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(response.body());
    }

    private HttpResponse<String> send(String method, String path, Map<String, ?> body)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(url + path))
                        .header("X-Auth-Token", token)
                        .header("Content-Type", "application/json")
                        .header("Accept", "application/json")
                        .method(
                                method,
                                body.isEmpty()
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
        http.close();
    }
}
