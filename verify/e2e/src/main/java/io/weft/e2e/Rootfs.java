package io.weft.e2e;

import java.nio.file.Path;
import java.util.List;

/** The file system of containers: busybox and nothing else. */
final class Rootfs {
    private static final List<String> APPLETS =
            List.of("sh", "ping", "ip", "nslookup", "nc", "wget", "sleep", "cat", "echo", "httpd", "hostname", "tail");

    private Rootfs() {}

    /** Makes one in a directory. */
    static Path make(Path directory) {
        StringBuilder script = new StringBuilder("cd " + directory
                + " && mkdir -p bin etc proc sys dev tmp run && cp $(command -v busybox) bin/busybox");
        APPLETS.forEach(applet -> script.append(" && ln -sf busybox bin/").append(applet));
        Shell.sh(script.toString());
        return directory;
    }
}
