package io.weft.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends one request and reads its answer, both bounded. */
final class Transport implements AutoCloseable {
    private final Settings settings;
    private final HttpClient http;

    Transport(Settings settings) {
        this.settings = settings;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connectTimeout());
        settings.tls().ifPresent(builder::sslContext);
        this.http = builder.build();
    }

    /**
     * @param subjectToken the header {@code X-Subject-Token}, in which Keystone answers
     */
    record Answer(int status, String body, Optional<String> subjectToken) {}

    /** No answer. {@code sent} says whether the server may have got the request. */
    static final class Unanswered extends Exception {
        private static final long serialVersionUID = 1;
        private final boolean sent;

        private Unanswered(String message, boolean sent, Throwable cause) {
            super(message, cause);
            this.sent = sent;
        }

        boolean sent() {
            return sent;
        }
    }

    Answer send(HttpRequest request) throws Unanswered, InterruptedException {
        URI uri = request.uri();
        String place = uri.getScheme() + "://" + uri.getAuthority();
        // A request's own time-out ends with the answer's first line; this one covers the body too.
        CompletableFuture<HttpResponse<String>> pending = http.sendAsync(
                request,
                BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), settings.longestAnswer()));
        try {
            HttpResponse<String> response = pending.get(settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
            return new Answer(
                    response.statusCode(), response.body(), response.headers().firstValue("X-Subject-Token"));
        } catch (TimeoutException e) {
            pending.cancel(true);
            throw new Unanswered(place + " does not answer within " + settings.timeout(), true, e);
        } catch (InterruptedException e) {
            pending.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            boolean sent = !(cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException);
            String what = cause instanceof HttpTimeoutException || cause instanceof ConnectException
                    ? "nobody answers at " + place
                    : "no answer of " + place + ": "
                            + (cause instanceof IOException ? cause.getMessage() : cause.toString());
            throw new Unanswered(what, sent, cause);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
