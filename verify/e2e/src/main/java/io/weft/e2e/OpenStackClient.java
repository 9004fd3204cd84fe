package io.weft.e2e;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The stock {@code openstack} command line, with a fixed token. */
final class OpenStackClient {
    private final URI api;
    private final String token;

    OpenStackClient(URI api, String token) {
        this.api = api;
        this.token = token;
    }

    /** What a user puts before each command. */
    List<String> environment() {
        return List.of("OS_AUTH_TYPE=admin_token", "OS_ENDPOINT=" + api, "OS_TOKEN=" + token);
    }

    /** Runs commands, a line each, in one session of the client; fails with its output when one of them fails. */
    String run(List<String> commands) {
        List<String> line = new ArrayList<>(List.of("env"));
        line.addAll(environment());
        line.add("openstack");
        Shell.Result result = Shell.attempt(Duration.ofMinutes(2), String.join("\n", commands) + "\n", line);
        if (!result.ok()
                || result.output().contains("Exception:")
                || result.output().contains("rror:")) {
            throw new IllegalStateException(result.output());
        }
        return result.output();
    }
}
