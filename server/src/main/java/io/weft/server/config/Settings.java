package io.weft.server.config;

import io.weft.model.DnsNames;
import io.weft.model.InvalidException;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Takes settings out of their texts and collects what is wrong with them; for one thread. */
final class Settings {
    /** Variables of the launcher, which are nobody's settings. */
    private static final Set<String> FOREIGN =
            Set.of("WEFT_HOME", "WEFT_JAVA_OPTIONS", "WEFT_CONFIG", "WEFT_SERVER", "WEFT_TOKEN", "WEFT_PROJECT");

    private static final Pattern SHORT_DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    private final Map<String, Source> texts;
    private final List<String> problems = new ArrayList<>();
    private final Set<String> known = new TreeSet<>();

    private Settings(Map<String, Source> texts) {
        this.texts = texts;
    }

    /** A setting's text and where it was found, for messages. */
    private record Source(String text, String origin) {}

    static Settings read(Optional<Path> file, Map<String, String> environment) {
        Map<String, Source> texts = new TreeMap<>();
        file.ifPresent(path -> readFile(path)
                .forEach((key, value) ->
                        texts.put(key.toString(), new Source(value.toString().strip(), path + ": " + key))));
        Settings settings = new Settings(texts);
        environment.forEach((name, value) -> {
            if (name.startsWith("WEFT_") && !FOREIGN.contains(name)) {
                texts.put(name, new Source(value.strip(), name));
            }
        });
        return settings;
    }

    private static Properties readFile(Path path) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(path)) {
            properties.load(reader);
            return properties;
        } catch (NoSuchFileException e) {
            throw new ConfigurationException(List.of(path + ": there is no such file"));
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigurationException(List.of(path + ": cannot be read: " + e.getMessage()));
        }
    }

    /** What a setting is called in the environment. */
    static String variable(String key) {
        return "WEFT_" + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    void problem(String key, String rule) {
        Source source = source(key);
        problems.add((source == null ? key : source.origin()) + ": " + rule);
    }

    /** Complains about settings that nobody asked for, and throws when anything was wrong. */
    void finish() {
        Set<String> names = known.stream()
                .flatMap(key -> List.of(key, variable(key)).stream())
                .collect(Collectors.toSet());
        texts.forEach((name, source) -> {
            if (!names.contains(name)) {
                problems.add(source.origin() + ": there is no such setting; there are " + String.join(", ", known));
            }
        });
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    private @Nullable Source source(String key) {
        known.add(key);
        Source fromEnvironment = texts.get(variable(key));
        return fromEnvironment == null ? texts.get(key) : fromEnvironment;
    }

    private <T> T parse(String key, T standard, Function<String, T> parser) {
        Source source = source(key);
        if (source == null || source.text().isEmpty()) {
            return standard;
        }
        try {
            return parser.apply(source.text());
        } catch (IllegalArgumentException e) {
            problems.add(source.origin() + ": '" + source.text() + "': " + e.getMessage());
            return standard;
        }
    }

    Path path(String key, Path standard) {
        return parse(key, standard, Settings::toPath);
    }

    Optional<Path> optionalPath(String key) {
        return parse(key, Optional.empty(), text -> Optional.of(toPath(text)));
    }

    String text(String key, String standard) {
        return parse(key, standard, Function.identity());
    }

    List<String> list(String key) {
        return parse(key, List.of(), Settings::split);
    }

    List<String> urls(String key) {
        return parse(key, List.of(), text -> {
            List<String> urls = split(text);
            urls.forEach(Settings::checkUrl);
            return urls;
        });
    }

    ListenAddress listen(String key, String standard) {
        return parse(key, ListenAddress.parse(standard), ListenAddress::parse);
    }

    long number(String key, long standard, long least, long most) {
        return parse(key, standard, text -> {
            try {
                long number = Long.parseLong(text.replace("_", ""));
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("must be a whole number", e);
            }
            throw new IllegalArgumentException(
                    most == Long.MAX_VALUE ? "must be at least " + least : "must be from " + least + " to " + most);
        });
    }

    /** A domain of DNS; the dot at its end may be left out. */
    String domain(String key, String standard) {
        return parse(key, standard, text -> {
            String domain = text.toLowerCase(Locale.ROOT) + (text.endsWith(".") ? "" : ".");
            try {
                DnsNames.requireDomain(key, domain);
            } catch (InvalidException e) {
                throw new IllegalArgumentException(e.rule(), e);
            }
            return domain;
        });
    }

    Duration duration(String key, Duration standard, Duration least, Duration most) {
        return parse(key, standard, text -> {
            Duration duration = toDuration(text);
            if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
                throw new IllegalArgumentException("must be from " + text(least) + " to " + text(most));
            }
            return duration;
        });
    }

    <E extends Enum<E>> E choice(String key, E standard) {
        Class<E> type = standard.getDeclaringClass();
        return parse(
                key,
                standard,
                text -> EnumSet.allOf(type).stream()
                        .filter(value -> value.name().equalsIgnoreCase(text))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("must be one of "
                                + EnumSet.allOf(type).stream()
                                        .map(value -> value.name().toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(", ")))));
    }

    private static List<String> split(String text) {
        return Arrays.stream(text.split("[,\\s]+"))
                .filter(part -> !part.isEmpty())
                .toList();
    }

    private static Path toPath(String text) {
        try {
            return Path.of(text).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("is no path", e);
        }
    }

    private static void checkUrl(String text) {
        try {
            URI uri = new URI(text);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return;
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("must be URLs such as http://10.0.0.1:2379", e);
        }
        throw new IllegalArgumentException("must be URLs such as http://10.0.0.1:2379");
    }

    private static Duration toDuration(String text) {
        Matcher matcher = SHORT_DURATION.matcher(text);
        if (matcher.matches()) {
            long amount = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofDays(amount);
            };
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("must be a duration such as 500ms, 10s, 5m, 12h or 7d", e);
        }
    }

    private static String text(Duration duration) {
        if (duration.toMillisPart() != 0) {
            return duration.toMillis() + "ms";
        }
        long seconds = duration.toSeconds();
        if (seconds != 0 && seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        return seconds != 0 && seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
