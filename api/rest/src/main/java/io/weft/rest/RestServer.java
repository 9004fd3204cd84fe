package io.weft.rest;

import io.helidon.http.DirectHandler;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/** The HTTP listener with bounds on what a client may send. */
public final class RestServer implements AutoCloseable {
    private static final Header JSON = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");
    private static final int MAXIMUM_HEADERS = 32 * 1024;
    /** Method and address: clients ask for hundreds of ids in one query. */
    private static final int MAXIMUM_PROLOGUE = 64 * 1024;

    private final WebServer server;

    private RestServer(WebServer server) {
        this.server = server;
    }

    /**
     * Starts to listen.
     *
     * @param address an internet address, whose port 0 means any free one, or a unix-domain address
     * @param routing registers the endpoints
     * @throws RuntimeException when the address cannot be listened on
     */
    public static RestServer start(SocketAddress address, Consumer<HttpRouting.Builder> routing) {
        WebServerConfig.Builder config = WebServer.builder()
                .bindAddress(address)
                .shutdownHook(false)
                .shutdownGracePeriod(Duration.ofSeconds(5))
                .idleConnectionTimeout(Duration.ofMinutes(2))
                // A long answer is written in pieces, the next of which must not wait for the client's late ACK.
                .connectionOptions(options -> options.tcpNoDelay(true))
                .addProtocol(Http1Config.builder()
                        .maxHeadersSize(MAXIMUM_HEADERS)
                        .maxPrologueLength(MAXIMUM_PROLOGUE)
                        .sendKeepAliveHeader(false)
                        .build())
                .directHandlers(handlers -> {
                    DirectHandler handler = RestServer::refuse;
                    for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
                        handlers.addHandler(type, handler);
                    }
                })
                .routing(routing);
        return new RestServer(config.build().start());
    }

    /** The port that is listened on; −1 on a unix-domain address. */
    public int port() {
        return server.port();
    }

    /** Whether connections are taken. */
    public boolean running() {
        return server.isRunning();
    }

    /** Lets the requests that run come to their end, for at most five seconds. */
    @Override
    public void close() {
        server.stop();
    }

    /** A loopback address with any free port. */
    public static SocketAddress anyLoopbackPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** What the listener itself refuses, before an endpoint sees it, is answered in the usual form. */
    private static DirectHandler.TransportResponse refuse(
            DirectHandler.TransportRequest request,
            DirectHandler.EventType type,
            Status status,
            ServerResponseHeaders headers,
            String message) {
        ErrorCategory category = category(status.code());
        ApiException error = new ApiException(
                category,
                switch (category) {
                    case NOT_FOUND -> RestError.NOT_FOUND.type();
                    case TOO_LARGE -> RestError.TOO_LARGE.type();
                    case INTERNAL -> RestError.INTERNAL.type();
                    case UNAVAILABLE -> RestError.UNAVAILABLE.type();
                    default -> RestError.BAD_REQUEST.type();
                },
                category == ErrorCategory.NOT_FOUND ? "The resource could not be found." : message);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = Json.generator(bytes)) {
            ErrorForm.NEUTRON.write(error, out);
        }
        return DirectHandler.TransportResponse.builder()
                .status(status)
                .headers(headers)
                .header(JSON)
                .entity(bytes.toByteArray())
                .build();
    }

    private static ErrorCategory category(int status) {
        return switch (status) {
            case 404 -> ErrorCategory.NOT_FOUND;
            case 413, 414, 431 -> ErrorCategory.TOO_LARGE;
            case 500 -> ErrorCategory.INTERNAL;
            case 503 -> ErrorCategory.UNAVAILABLE;
            default -> ErrorCategory.INVALID;
        };
    }
}
