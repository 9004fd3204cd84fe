package io.weft.client;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/**
 * A file of {@code containers.api.*} settings, which says as whom a node's containers get their ports. Its owner and group
 * alone may read it.
 */
public final class AuthenticationFile {
    private static final String PREFIX = "containers.api.";
    private static final Set<PosixFilePermission> ALLOWED = PosixFilePermissions.fromString("rw-r-----");

    private final Path file;
    private final Properties values;
    private final Set<String> used = new TreeSet<>();

    private AuthenticationFile(Path file, Properties values) {
        this.file = file;
        this.values = values;
    }

    /**
     * What the file says.
     *
     * @throws IOException naming what is wrong
     */
    public static Authentication read(Path file) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (!ALLOWED.containsAll(permissions)) {
            throw new IOException(file + " must be readable by its owner and group at most (chmod 600), not "
                    + PosixFilePermissions.toString(permissions));
        }
        Properties values = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            values.load(in);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
        return new AuthenticationFile(file, values).authentication();
    }

    private Authentication authentication() throws IOException {
        Authentication found = choose();
        List<String> unknown = new ArrayList<>(values.stringPropertyNames());
        unknown.removeAll(used);
        if (!unknown.isEmpty()) {
            throw new IOException(file + ": no such settings, or not with the others: " + unknown);
        }
        return found;
    }

    private Authentication choose() throws IOException {
        Optional<URI> url = url("url");
        Optional<URI> keystone = url("keystone.url");
        if (keystone.isPresent()) {
            return new Authentication.Keystone(
                    keystone.get(),
                    credential(),
                    text("keystone.region"),
                    text("keystone.interface").orElse("public"),
                    url);
        }
        URI endpoint = url.orElseThrow(() -> missing("url"));
        Optional<String> token = text("token");
        return token.isPresent()
                ? new Authentication.Token(endpoint, token.get())
                : new Authentication.None(endpoint, text("project"));
    }

    private Authentication.Credential credential() throws IOException {
        Optional<String> id = text("keystone.application-credential-id");
        if (id.isPresent()) {
            return new Authentication.ApplicationCredential(
                    id.get(), required("keystone.application-credential-secret"));
        }
        return new Authentication.Password(
                required("keystone.username"),
                required("keystone.password"),
                text("keystone.user-domain").orElse("Default"),
                required("keystone.project"),
                text("keystone.project-domain").orElse("Default"));
    }

    private Optional<String> text(String name) {
        used.add(PREFIX + name);
        return Optional.ofNullable(values.getProperty(PREFIX + name))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    private String required(String name) throws IOException {
        return text(name).orElseThrow(() -> missing(name));
    }

    private IOException missing(String name) {
        return new IOException(file + ": " + PREFIX + name + " is missing");
    }

    private Optional<URI> url(String name) throws IOException {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        URI url;
        try {
            url = URI.create(text.get());
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + PREFIX + name + " is no URL", e);
        }
        if (url.getHost() == null || !List.of("http", "https").contains(String.valueOf(url.getScheme()))) {
            throw new IOException(file + ": " + PREFIX + name + " must be http or https");
        }
        return Optional.of(url);
    }
}
