package io.weft.client;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A pass that Keystone gives: https://docs.openstack.org/api-ref/identity/v3/#authentication-and-token-management. Threads
 * that find it refused at once ask for one new pass.
 */
final class KeystoneSession implements Session {
    private final Authentication.Keystone settings;
    private final Transport transport;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile @Nullable Pass current;

    KeystoneSession(Authentication.Keystone settings, Transport transport) {
        this.settings = settings;
        this.transport = transport;
    }

    @Override
    public Pass pass() {
        Pass known = current;
        return known == null ? ask(null) : known;
    }

    @Override
    public Pass renewed(Pass refused) {
        return ask(refused);
    }

    private Pass ask(@Nullable Pass refused) {
        asking.lock();
        try {
            Pass known = current;
            if (known != null && !known.equals(refused)) {
                return known;
            }
            Pass given = authenticate();
            current = given;
            return given;
        } finally {
            asking.unlock();
        }
    }

    private Pass authenticate() {
        String url = settings.url().toString();
        url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        URI tokens = URI.create((url.endsWith("/v3") ? url : url + "/v3") + "/auth/tokens");
        HttpRequest request = HttpRequest.newBuilder(tokens)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.MAPPER.writeValueAsBytes(Map.of("auth", body()))))
                .build();
        Transport.Answer answer;
        try {
            answer = transport.send(request);
        } catch (Transport.Unanswered e) {
            throw NeutronException.unanswered("Keystone: " + e.getMessage(), false, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw NeutronException.unanswered("interrupted", false, e);
        }
        String token = answer.subjectToken().orElse("");
        if (answer.status() != 201 || token.isEmpty()) {
            throw NeutronException.refused(
                    answer.status() == 201 ? 502 : answer.status(),
                    "",
                    "Keystone gives no token for " + settings.credential() + ": status " + answer.status());
        }
        return Pass.of(
                settings.endpoint().orElseGet(() -> endpoint(answer.body())), Optional.of(token), Optional.empty());
    }

    private Map<String, ?> body() {
        return switch (settings.credential()) {
            case Authentication.Password by ->
                Map.of(
                        "identity",
                        Map.of(
                                "methods",
                                List.of("password"),
                                "password",
                                Map.of(
                                        "user",
                                        Map.of(
                                                "name", by.user(),
                                                "domain", Map.of("name", by.userDomain()),
                                                "password", by.password()))),
                        "scope",
                        Map.of("project", Map.of("name", by.project(), "domain", Map.of("name", by.projectDomain()))));
            case Authentication.ApplicationCredential by ->
                Map.of(
                        "identity",
                        Map.of(
                                "methods",
                                List.of("application_credential"),
                                "application_credential",
                                Map.of("id", by.id(), "secret", by.secret())));
        };
    }

    private URI endpoint(String body) {
        try {
            for (JsonNode service : Json.MAPPER.readTree(body).path("token").path("catalog")) {
                if (!service.path("type").asString("").equals("network")) {
                    continue;
                }
                for (JsonNode endpoint : service.path("endpoints")) {
                    String region = endpoint.path("region_id").asString("");
                    if (endpoint.path("interface").asString("").equals(settings.face())
                            && settings.region().map(region::equals).orElse(true)) {
                        return URI.create(endpoint.path("url").asString(""));
                    }
                }
            }
        } catch (JacksonException | IllegalArgumentException e) {
            throw NeutronException.unreadable("Keystone's answer is not one of the Identity API");
        }
        throw NeutronException.refused(
                404,
                "EndpointNotFound",
                "Keystone's catalogue has no " + settings.face() + " endpoint of a service 'network'"
                        + settings.region().map(name -> " in region " + name).orElse(""));
    }
}
