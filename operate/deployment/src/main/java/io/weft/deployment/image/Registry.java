package io.weft.deployment.image;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A registry that images are pushed to, by the OCI distribution specification: blobs that it lacks, then the manifest under
 * its tag. Registries on loopback are spoken to without TLS, as container engines do. For one thread.
 */
public final class Registry implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMinutes(10);
    private static final Pattern PARAMETER = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(15))
            .build();
    private final Optional<String> basic;
    private @Nullable String authorization;

    /** @param credentials {@code USER:PASSWORD}, if the registry wants any */
    public Registry(Optional<String> credentials) {
        this.basic = credentials.map(
                text -> "Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Pushes an image to where its name says.
     *
     * @param image its name begins with the registry's host, and port if need be
     * @throws IOException naming what the registry refused
     */
    public void push(Image image) throws IOException, InterruptedException {
        authorization = null;
        String name = image.name();
        int slash = name.indexOf('/');
        if (slash < 1 || slash == name.length() - 1) {
            throw new IOException("'" + name + "' has no registry: HOST[:PORT]/PATH is needed");
        }
        String host = name.substring(0, slash);
        String bare = host.contains(":") ? host.substring(0, host.lastIndexOf(':')) : host;
        boolean plain = Stream.of("localhost", "127.0.0.1", "[::1]").anyMatch(bare::equals);
        URI base = URI.create((plain ? "http://" : "https://") + host + "/v2/" + name.substring(slash + 1) + "/");
        for (Blob blob : image.blobs().toList()) {
            push(base, blob);
        }
        HttpResponse<String> answer = send(HttpRequest.newBuilder(base.resolve("manifests/" + image.tag()))
                .header("Content-Type", Image.MANIFEST_TYPE)
                .PUT(BodyPublishers.ofFile(image.manifest().file())));
        require(answer, 201, "the manifest of " + image.reference());
    }

    private void push(URI base, Blob blob) throws IOException, InterruptedException {
        HttpResponse<String> there = send(
                HttpRequest.newBuilder(base.resolve("blobs/" + blob.digest())).HEAD());
        if (there.statusCode() == 200) {
            return;
        }
        HttpResponse<String> begun =
                send(HttpRequest.newBuilder(base.resolve("blobs/uploads/")).POST(BodyPublishers.noBody()));
        require(begun, 202, "an upload");
        URI place = base.resolve(begun.headers()
                .firstValue("Location")
                .orElseThrow(() -> new IOException("the registry names no place for an upload")));
        String end = (place.getRawQuery() == null ? "?" : "&") + "digest=" + encode(blob.digest());
        HttpResponse<String> done = send(HttpRequest.newBuilder(URI.create(place + end))
                .header("Content-Type", "application/octet-stream")
                .PUT(BodyPublishers.ofFile(blob.file())));
        require(done, 201, "blob " + blob.digest());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer = once(request);
        if (answer.statusCode() == 401) {
            authorization = authorize(answer.headers().firstValue("WWW-Authenticate"));
            answer = once(request);
        }
        return answer;
    }

    private HttpResponse<String> once(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpRequest.Builder copy = request.copy().timeout(TIMEOUT);
        if (authorization != null) {
            copy.setHeader("Authorization", authorization);
        }
        return client.send(copy.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    /** What to show, as the registry's answer asks for it: credentials, or a token that they are worth. */
    private String authorize(Optional<String> asked) throws IOException, InterruptedException {
        String challenge = asked.orElse("");
        if (challenge.regionMatches(true, 0, "Basic", 0, 5)) {
            return basic.orElseThrow(() -> new IOException("the registry wants a user and a password"));
        }
        Map<String, String> words = new HashMap<>();
        Matcher matcher = PARAMETER.matcher(challenge);
        while (matcher.find()) {
            words.put(matcher.group(1), matcher.group(2));
        }
        String realm = words.get("realm");
        if (!challenge.regionMatches(true, 0, "Bearer", 0, 6) || realm == null) {
            throw new IOException("the registry asks for what is not known here: " + challenge);
        }
        StringBuilder url = new StringBuilder(realm);
        for (String word : new String[] {"service", "scope"}) {
            if (words.containsKey(word)) {
                url.append(url.indexOf("?") < 0 ? '?' : '&')
                        .append(word)
                        .append('=')
                        .append(encode(words.getOrDefault(word, "")));
            }
        }
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url.toString())).timeout(TIMEOUT);
        basic.ifPresent(header -> request.setHeader("Authorization", header));
        HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
        require(answer, 200, "a token");
        try {
            JsonNode token = Image.JSON.readTree(answer.body());
            return "Bearer " + (token.has("token") ? token.path("token") : token.path("access_token")).asString("");
        } catch (JacksonException e) {
            throw new IOException("the registry's token is no JSON", e);
        }
    }

    private static void require(HttpResponse<String> answer, int status, String what) throws IOException {
        if (answer.statusCode() != status) {
            String body = answer.body();
            throw new IOException(answer.uri().getHost() + " refused " + what + ": " + answer.statusCode() + " "
                    + body.substring(0, Math.min(body.length(), 300)).strip());
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.close();
    }
}
