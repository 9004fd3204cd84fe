package io.weft.agent.services;

import io.weft.responders.metadata.Document;
import io.weft.responders.metadata.Instance;
import io.weft.responders.metadata.NovaHeaders;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Asks Nova's metadata service on an instance's behalf, as Neutron's metadata agent does: method, path, query and body
 * are the guest's, every header is this node's own.
 */
final class NovaProxy implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(NovaProxy.class.getName());
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final long LONGEST_ANSWER = 1 << 20;

    private final String base;
    private final String secret;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .build();
    private final AtomicBoolean failing = new AtomicBoolean();

    NovaProxy(URI nova, String secret) {
        this.base = nova.getScheme() + "://" + nova.getRawAuthority();
        this.secret = secret;
    }

    /**
     * @param method one that the caller knows
     * @param target the raw path, from its first slash on, and the raw query of the guest's request
     * @param body the guest's, bounded by the caller
     */
    Answer ask(Instance instance, String method, String target, byte[] body) throws InterruptedException {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + target))
                    .timeout(ANSWER)
                    .method(
                            method,
                            body.length == 0
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofByteArray(body));
            NovaHeaders.of(instance, secret).forEach(request::header);
            HttpResponse<byte[]> response = client.send(
                    request.build(),
                    HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), LONGEST_ANSWER));
            if (failing.getAndSet(false)) {
                LOGGER.log(Level.INFO, "Nova's metadata service answers again", Map.entry("url", base));
            }
            return answer(response);
        } catch (IllegalArgumentException e) {
            return Answer.of(400);
        } catch (IOException e) {
            if (!failing.getAndSet(true)) {
                LOGGER.log(
                        Level.WARNING,
                        "Nova's metadata service does not answer",
                        Map.entry("url", base),
                        Map.entry("reason", String.valueOf(e)));
            }
            return Answer.of(503);
        }
    }

    private static Answer answer(HttpResponse<byte[]> response) {
        int status = response.statusCode();
        if (status == 200) {
            String type = response.headers().firstValue("Content-Type").orElse("text/plain");
            return new Answer(status, new Document(type, response.body()));
        }
        if (status == 403) {
            LOGGER.log(Level.WARNING, "Nova's metadata service refuses: the shared secrets may differ");
        }
        return Answer.of(status >= 400 && status <= 599 ? status : 502);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
