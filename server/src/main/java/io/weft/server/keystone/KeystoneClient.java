package io.weft.server.keystone;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks Keystone about tokens. It has a token of its own, gets another when Keystone no longer takes it, and may be used by
 * any number of threads.
 */
final class KeystoneClient implements AutoCloseable {
    /** A catalogue may be long; more than this is not an answer. */
    private static final int LONGEST_ANSWER = 4 << 20;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final KeystoneSettings settings;
    private final HttpClient http;
    private final URI tokens;
    private volatile @Nullable String ownToken;

    KeystoneClient(KeystoneSettings settings) {
        this.settings = settings;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.patience())
                .build();
        this.tokens = URI.create(settings.url() + "/auth/tokens");
    }

    /**
     * What Keystone says of a token; empty when it does not know it, or no longer.
     *
     * @param allowExpired whether a token counts that ended a short while ago (Keystone's {@code allow_expired_window}), as
     *     one does that a service sends on
     * @throws KeystoneUnavailableException when there is no answer
     */
    Optional<TokenFacts> validate(String token, boolean allowExpired) throws KeystoneUnavailableException {
        String own = ownToken;
        boolean fresh = own == null;
        if (own == null) {
            own = authenticate();
        }
        Answer answer = show(own, token, allowExpired);
        if (answer.status() == 401 && !fresh) {
            answer = show(authenticate(), token, allowExpired);
        }
        return switch (answer.status()) {
            case 200 -> Optional.of(facts(answer.body()));
            case 404 -> Optional.empty();
            case 401, 403 ->
                throw new KeystoneUnavailableException(
                        "it does not let the user " + settings.username() + " ask about tokens");
            default -> throw new KeystoneUnavailableException("it answers with status " + answer.status());
        };
    }

    private Answer show(String own, String token, boolean allowExpired) throws KeystoneUnavailableException {
        URI uri = URI.create(tokens + (allowExpired ? "?nocatalog&allow_expired=1" : "?nocatalog"));
        return send(HttpRequest.newBuilder(uri)
                .header("X-Auth-Token", own)
                .header("X-Subject-Token", token)
                .header("Accept", "application/json")
                .GET());
    }

    private String authenticate() throws KeystoneUnavailableException {
        Map<String, ?> user = Map.of(
                "name", settings.username(),
                "domain", Map.of("name", settings.userDomain()),
                "password", settings.password());
        Map<String, ?> project = Map.of("name", settings.project(), "domain", Map.of("name", settings.projectDomain()));
        Map<String, ?> request = Map.of(
                "auth",
                Map.of(
                        "identity", Map.of("methods", Set.of("password"), "password", Map.of("user", user)),
                        "scope", Map.of("project", project)));
        Answer answer = send(HttpRequest.newBuilder(URI.create(tokens + "?nocatalog"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(request))));
        if (answer.status() != 201 || answer.token().isEmpty()) {
            throw new KeystoneUnavailableException(
                    "it gives the user " + settings.username() + " no token: status " + answer.status());
        }
        String own = answer.token().get();
        ownToken = own;
        return own;
    }

    private record Answer(int status, Optional<String> token, String body) {}

    private Answer send(HttpRequest.Builder builder) throws KeystoneUnavailableException {
        HttpRequest request = builder.timeout(settings.patience()).build();
        try {
            try {
                return exchange(request);
            } catch (ConnectException | HttpTimeoutException e) {
                throw e;
            } catch (IOException e) {
                // Keystone may have closed a connection that was kept; no request of ours does harm when it is sent
                // twice.
                return exchange(request);
            }
        } catch (IOException e) {
            throw new KeystoneUnavailableException(e.toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeystoneUnavailableException("interrupted", e);
        }
    }

    private Answer exchange(HttpRequest request)
            throws IOException, InterruptedException, KeystoneUnavailableException {
        HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            byte[] body = in.readNBytes(LONGEST_ANSWER + 1);
            if (body.length > LONGEST_ANSWER) {
                throw new KeystoneUnavailableException("its answer is longer than " + LONGEST_ANSWER + " bytes");
            }
            return new Answer(
                    response.statusCode(),
                    response.headers().firstValue("X-Subject-Token"),
                    new String(body, StandardCharsets.UTF_8));
        }
    }

    private static TokenFacts facts(String body) throws KeystoneUnavailableException {
        try {
            JsonNode token = JSON.readTree(body).required("token");
            Set<String> roles = new HashSet<>();
            for (JsonNode role : token.path("roles")) {
                roles.add(role.required("name").asString());
            }
            JsonNode project = token.path("project").path("id");
            return new TokenFacts(
                    token.required("user").required("id").asString(),
                    project.isString() ? Optional.of(project.asString()) : Optional.empty(),
                    roles,
                    Instant.parse(token.required("expires_at").asString()));
        } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
            throw new KeystoneUnavailableException("its answer is not one of the Identity API", e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
