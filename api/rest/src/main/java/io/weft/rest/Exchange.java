package io.weft.rest;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/** One request and its response. One thread uses it. */
final class Exchange implements Authenticator.Credentials {
    private static final Header JSON = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");
    private static final HeaderName REQUEST_ID = HeaderNames.create("x-openstack-request-id");
    private static final String REVISION = "revision_number=";

    private final ServerRequest request;
    private final ServerResponse response;
    private final int maximumBody;

    Exchange(ServerRequest request, ServerResponse response, int maximumBody) {
        this.request = request;
        this.response = response;
        this.maximumBody = maximumBody;
        ThreadLocalRandom random = ThreadLocalRandom.current();
        response.header(REQUEST_ID, "req-" + new UUID(random.nextLong(), random.nextLong()));
    }

    String method() {
        return request.prologue().method().text();
    }

    Query query() {
        return Query.parse(request.query().rawValue());
    }

    @Override
    public Optional<String> header(String name) {
        return request.headers().first(HeaderNames.create(name));
    }

    @Override
    public boolean local() {
        SocketAddress peer = request.remotePeer().address();
        return switch (peer) {
            case UnixDomainSocketAddress _ -> true;
            case InetSocketAddress internet -> internet.getAddress().isLoopbackAddress();
            default -> false;
        };
    }

    /** The revision number that the sender expects; RFC 9110 section 13.1.1 with Neutron's tag. */
    OptionalLong expectedRevision() {
        Optional<String> given = request.headers().first(HeaderNames.IF_MATCH);
        if (given.isEmpty()) {
            return OptionalLong.empty();
        }
        String text = given.get().strip();
        if (text.startsWith(REVISION)) {
            try {
                return OptionalLong.of(Long.parseLong(text.substring(REVISION.length())));
            } catch (NumberFormatException e) {
                throw RestError.BAD_REQUEST.with(
                        "Revision number must be an integer, not '" + text.substring(REVISION.length()) + "'");
            }
        }
        throw RestError.BAD_REQUEST.with("If-Match must be 'revision_number=N', is '" + text + "'");
    }

    byte[] body() {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try (InputStream in = request.content().inputStream()) {
            byte[] bytes = in.readNBytes(maximumBody + 1);
            if (bytes.length > maximumBody) {
                throw RestError.TOO_LARGE.with("Request body too large: the limit is " + maximumBody + " bytes");
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The scheme and authority under which the client reached the server. */
    String origin() {
        return (request.isSecure() ? "https://" : "http://") + request.authority();
    }

    /** The address of this request without its query, as the client wrote it. */
    String url() {
        return (request.isSecure() ? "https://" : "http://")
                + request.authority()
                + request.prologue().uriPath().rawPath();
    }

    void send(int status, Consumer<JsonGenerator> writer) {
        response.status(status);
        response.header(JSON);
        ResponseBuffer buffer = new ResponseBuffer(response);
        try {
            try (JsonGenerator out = Json.generator(buffer)) {
                writer.accept(out);
            }
            buffer.send();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void sendNothing(int status) {
        response.status(status);
        response.send();
    }
}
