package io.weft.e2e;

import io.weft.cni.Executable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Starts the CNI executable of a host as a container runtime does: by its environment and standard input. */
public final class Cni {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path executable;
    private final Path socket;

    /** Installs it for a host. */
    public Cni(Host host) {
        this.socket = host.socket();
        try {
            this.executable = Executable.install(host.directory().resolve("cni"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it answered. */
    public record Answer(int status, String text) {
        public JsonNode json() {
            return JSON.readTree(text);
        }

        /** The answer of a request that must have been done. */
        public JsonNode done() {
            if (status != 0) {
                throw new AssertionError("status " + status + ": " + text);
            }
            return text.isBlank() ? JSON.createObjectNode() : json();
        }
    }

    /** Where it is. */
    public Path executable() {
        return executable;
    }

    /**
     * Runs it to its end.
     *
     * @param environment the variables without {@code CNI_}
     */
    public Answer run(Map<String, String> environment, Map<String, ?> configuration) {
        try {
            Process process = start(environment, configuration);
            ByteArrayOutputStream output = new ByteArrayOutputStream();
            process.getInputStream().transferTo(output);
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                throw new IllegalStateException("the CNI executable does not end");
            }
            return new Answer(process.exitValue(), output.toString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Starts it, with all of its input. */
    public Process start(Map<String, String> environment, Map<String, ?> configuration) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(executable.toString());
        builder.environment().put("WEFT_AGENT_SOCKET", socket.toString());
        builder.environment().put("CNI_PATH", String.valueOf(executable.getParent()));
        environment.forEach((name, value) -> builder.environment().put("CNI_" + name, value));
        Process process = builder.start();
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(JSON.writeValueAsBytes(configuration));
        } catch (IOException e) {
            // Some answers need no input: the executable may be gone before it is written.
        }
        return process;
    }

    /**
     * Makes a container as a runtime does, a namespace that is joined by ADD; its device is {@code eth0}.
     *
     * @param configuration of the network
     */
    public Workload start(Cloud cloud, String name, Map<String, ?> configuration) {
        String namespace = cloud.prefix() + "c-" + name;
        Shell.run("ip", "netns", "add", namespace);
        Workload made = new Workload(name, namespace, cloud.makeDirectory("c-" + name));
        cloud.closeLater(made);
        run(about("ADD", name, namespace, "eth0"), configuration).done();
        return made;
    }

    /** The port that {@link #start} made for a container. */
    public static String port(Api api, String container) {
        return api.list("port", "?device_id=" + container + ":eth0")
                .get(0)
                .get("id")
                .asString();
    }

    /** The environment of a request about one interface of a container. */
    public static Map<String, String> about(String command, String container, String namespace, String name) {
        return Map.of("COMMAND", command, "CONTAINERID", container, "NETNS", "/run/netns/" + namespace, "IFNAME", name);
    }
}
