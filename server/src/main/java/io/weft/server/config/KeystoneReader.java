package io.weft.server.config;

import io.weft.server.keystone.KeystoneSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads what begins with {@code keystone.}; nothing of it counts without {@code keystone.url}. */
final class KeystoneReader {
    private static final Duration REMEMBER = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private KeystoneReader() {}

    static Optional<KeystoneSettings> read(Settings settings) {
        Optional<URI> url = url(settings, "keystone.url");
        Optional<URI> publicUrl = url(settings, "keystone.public-url");
        String username = settings.text("keystone.username", "weft");
        String userDomain = settings.text("keystone.user-domain", "Default");
        Optional<Path> passwordFile = settings.optionalPath("keystone.password-file");
        String project = settings.text("keystone.project", "service");
        String projectDomain = settings.text("keystone.project-domain", "Default");
        Duration remember =
                settings.duration("keystone.remember", REMEMBER, Duration.ofSeconds(1), Duration.ofHours(1));
        Duration patience =
                settings.duration("keystone.patience", PATIENCE, Duration.ofMillis(100), Duration.ofMinutes(1));
        if (url.isEmpty()) {
            return Optional.empty();
        }
        String password = "";
        if (passwordFile.isEmpty()) {
            settings.problem("keystone.password-file", "is needed with keystone.url");
        } else {
            password = password(settings, passwordFile.get());
        }
        return Optional.of(new KeystoneSettings(
                url.get(),
                publicUrl.orElse(url.get()),
                username,
                userDomain,
                password,
                project,
                projectDomain,
                remember,
                patience));
    }

    /** The file's first line. */
    private static String password(Settings settings, Path file) {
        try {
            List<String> lines = SecretFile.lines(file);
            if (!lines.isEmpty() && !lines.getFirst().isBlank()) {
                return lines.getFirst().strip();
            }
            settings.problem("keystone.password-file", file + " holds no password");
        } catch (ConfigurationException e) {
            e.problems().forEach(problem -> settings.problem("keystone.password-file", problem));
        }
        return "";
    }

    private static Optional<URI> url(Settings settings, String key) {
        List<String> urls = settings.urls(key);
        if (urls.size() > 1) {
            settings.problem(key, "must be one URL");
        }
        return urls.stream()
                .findFirst()
                .map(text -> URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text));
    }
}
