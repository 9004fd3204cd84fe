package io.weft.client;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Calls of one caller. A refused token is renewed once a call. A call is tried again when it surely was not done, or when
 * doing it twice is the same as once; any number of threads may call.
 */
final class Connection implements AutoCloseable {
    private static final int FIRST_PAUSE_MILLIS = 100;

    private final Settings settings;
    private final Transport transport;
    private final Session session;

    Connection(Authentication authentication, Settings settings) {
        this.settings = settings;
        this.transport = new Transport(settings);
        this.session = Session.of(authentication, transport);
    }

    enum Method {
        GET,
        POST,
        PUT,
        DELETE;

        /** Twice is the same as once. */
        boolean idempotent() {
            return this != POST;
        }
    }

    /**
     * @param path with its query
     * @param body a tree of maps, lists and values; empty for none
     * @param revision the revision that the object must have
     */
    record Call(Method method, String path, Optional<Object> body, Optional<Long> revision) {
        static Call get(String path) {
            return new Call(Method.GET, path, Optional.empty(), Optional.empty());
        }

        static Call of(Method method, String path, Object body) {
            return new Call(method, path, Optional.of(body), Optional.empty());
        }

        static Call delete(String path) {
            return new Call(Method.DELETE, path, Optional.empty(), Optional.empty());
        }

        /** With a revision, the second of two would be refused because of the first. */
        boolean repeatable() {
            return method.idempotent() && revision.isEmpty();
        }
    }

    /** The answer of a call that was done; a missing node when it has no body. */
    JsonNode send(Call call) {
        Session.Pass pass = session.pass();
        boolean renewed = false;
        for (int attempt = 1; ; attempt++) {
            NeutronException failure;
            boolean again;
            try {
                Transport.Answer answer = transport.send(request(call, pass));
                if (answer.status() / 100 == 2) {
                    return tree(answer.body());
                }
                if (answer.status() == 401 && !renewed) {
                    Session.Pass other = session.renewed(pass);
                    renewed = true;
                    if (!other.equals(pass)) {
                        pass = other;
                        continue;
                    }
                }
                failure = failure(answer);
                // Neutron answers RetryRequest when it gave up against concurrent changes: nothing was done.
                again = answer.status() == 503
                        && (call.repeatable() || failure.type().equals("RetryRequest"));
            } catch (Transport.Unanswered e) {
                failure = NeutronException.unanswered(
                        String.valueOf(e.getMessage()), e.sent() && call.method() != Method.GET, e);
                again = !e.sent() || call.repeatable();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw NeutronException.unanswered("interrupted", call.method() != Method.GET, e);
            }
            if (!again || attempt >= settings.attempts()) {
                throw failure;
            }
            pause(attempt, failure);
        }
    }

    private static void pause(int attempt, NeutronException failure) {
        int longest = FIRST_PAUSE_MILLIS << 2 * (attempt - 1);
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(longest / 2, longest + 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }

    private static HttpRequest request(Call call, Session.Pass pass) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(pass.endpoint() + call.path()))
                .header("Accept", "application/json")
                .method(
                        call.method().name(),
                        call.body()
                                .map(body ->
                                        HttpRequest.BodyPublishers.ofByteArray(Json.MAPPER.writeValueAsBytes(body)))
                                .orElseGet(HttpRequest.BodyPublishers::noBody));
        if (call.body().isPresent()) {
            request.header("Content-Type", "application/json");
        }
        pass.token().ifPresent(token -> request.header("X-Auth-Token", token));
        pass.project().ifPresent(project -> request.header("X-Project-Id", project));
        call.revision().ifPresent(number -> request.header("If-Match", "revision_number=" + number));
        return request.build();
    }

    private static JsonNode tree(String body) {
        try {
            return Json.MAPPER.readTree(body);
        } catch (JacksonException e) {
            throw NeutronException.unreadable("the answer is no JSON");
        }
    }

    private static NeutronException failure(Transport.Answer answer) {
        try {
            JsonNode body = Json.MAPPER.readTree(answer.body());
            String fault = body.path("faultstring").asString("");
            if (!fault.isEmpty()) {
                // Octavia has no types of errors, and the status of a used-up quota is that of what is forbidden.
                boolean quota = answer.status() == 403 && fault.startsWith("Quota ");
                return NeutronException.refused(answer.status(), quota ? "OverQuota" : "", fault);
            }
            JsonNode error = body.path("NeutronError");
            String message =
                    error.isString() ? error.asString() : error.path("message").asString("");
            if (!message.isEmpty()) {
                return NeutronException.refused(
                        answer.status(), error.path("type").asString(""), message);
            }
        } catch (JacksonException e) {
            // A proxy's page says less than its status does.
        }
        return NeutronException.refused(answer.status(), "", "status " + answer.status());
    }

    @Override
    public void close() {
        transport.close();
    }
}
