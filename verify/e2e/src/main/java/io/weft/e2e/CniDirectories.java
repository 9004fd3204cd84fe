package io.weft.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a container runtime of a host looks for CNI: the executable, which finds the host's agent however the runtime starts
 * it, and the networks.
 */
public final class CniDirectories {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path executables;
    private final Path configurations;

    /** Makes them for a host, and waits until its agent takes requests. */
    public CniDirectories(Cloud cloud, Host host) {
        this.executables = cloud.makeDirectory("cni-" + host.name() + "/bin");
        this.configurations = cloud.makeDirectory("cni-" + host.name() + "/net.d");
        Cni cni = new Cni(host);
        Map<String, String> configuration = Map.of("cniVersion", "1.1.0", "name", "web", "type", "weft");
        Wait.until(
                "the agent of " + host.name(),
                () -> cni.run(Map.of("COMMAND", "STATUS"), configuration).status() == 0);
        try {
            Path script = executables.resolve("weft");
            Files.writeString(
                    script, "#!/bin/sh\nWEFT_AGENT_SOCKET=%s exec %s\n".formatted(host.socket(), cni.executable()));
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path executables() {
        return executables;
    }

    public Path configurations() {
        return configurations;
    }

    /** Adds a network with one plug-in, ours; these are its members besides. */
    public void add(String name, Map<String, ?> members) {
        Map<String, Object> plugin = new TreeMap<>(members);
        plugin.put("type", "weft");
        try {
            Files.writeString(
                    configurations.resolve("10-" + name + ".conflist"),
                    JSON.writeValueAsString(Map.of("cniVersion", "0.4.0", "name", name, "plugins", List.of(plugin))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
