package io.weft.operations;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.rest.ApiException;
import io.weft.rest.Authenticator;
import io.weft.rest.Caller;
import io.weft.rest.RestError;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;

/** The paths below {@code /weft/v1}; see {@code README.md} for the list. Safe for any number of threads. */
public final class OperationsApi implements HttpService {
    /** Where the API is registered. */
    public static final String PATH = "/weft/v1";

    private static final System.Logger LOGGER = System.getLogger(OperationsApi.class.getName());
    private static final Header JSON_TYPE = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");
    private static final Header BYTES_TYPE =
            HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/octet-stream");
    private static final int MAXIMUM_BODY = 64 * 1024;
    private static final Duration TOKEN_LIFETIME = Duration.ofHours(1);
    private static final Duration MAXIMUM_TOKEN_LIFETIME = Duration.ofDays(30);
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(new SimpleModule().addSerializer(IpAddress.class, ToStringSerializer.instance))
            .build();

    private final Installation installation;
    private final Authenticator authenticator;
    private final Function<RuntimeException, @Nullable ApiException> translation;

    /**
     * @param translation turns other exceptions of the installation into answers; null for one that it does not know
     */
    public OperationsApi(
            Installation installation,
            Authenticator authenticator,
            Function<RuntimeException, @Nullable ApiException> translation) {
        this.installation = installation;
        this.authenticator = authenticator;
        this.translation = translation;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/nodes", json(_ -> Map.of("nodes", installation.nodes())))
                .get("/nodes/{name}", json(request -> Map.of("node", node(name(request)))))
                .delete("/nodes/{name}", guarded((request, response) -> {
                    installation.deleteNode(node(name(request)).name());
                    response.status(Status.NO_CONTENT_204).send();
                }))
                .get("/claims", json(request -> Map.of("claims", claims(request))))
                .post("/tokens", json(request -> Map.of("token", createToken(request))))
                .get("/status", json(_ -> Map.of("status", installation.status())))
                .post("/traces", answered((request, response) -> {
                    Caller caller = authenticator.authenticate(new Credentials(request));
                    send(response, Map.of("trace", installation.trace(caller, words(request))));
                }))
                .post("/traces/live", answered((request, response) -> {
                    Caller caller = authenticator.authenticate(new Credentials(request));
                    send(response, Map.of("trace", installation.liveTrace(caller, words(request))));
                }))
                .get("/backup", guarded(this::backup))
                .any(guarded((_, _) -> {
                    throw RestError.NOT_FOUND.with("The resource could not be found.");
                }));
    }

    /** What a token is asked for with. */
    private record TokenRequest(
            @Nullable String host, @Nullable Long lifetimeSeconds) {}

    private Installation.TokenView createToken(ServerRequest request) {
        TokenRequest asked = body(request);
        Duration lifetime =
                asked.lifetimeSeconds() == null ? TOKEN_LIFETIME : Duration.ofSeconds(asked.lifetimeSeconds());
        if (lifetime.compareTo(Duration.ofSeconds(1)) < 0 || lifetime.compareTo(MAXIMUM_TOKEN_LIFETIME) > 0) {
            throw ApiException.invalid("lifetime_seconds", "must be from 1 to " + MAXIMUM_TOKEN_LIFETIME.toSeconds());
        }
        return installation.createToken(Optional.ofNullable(asked.host()).filter(host -> !host.isEmpty()), lifetime);
    }

    private static TokenRequest body(ServerRequest request) {
        if (!request.content().hasEntity()) {
            return new TokenRequest(null, null);
        }
        return read(request, TokenRequest.class);
    }

    private static <T> T read(ServerRequest request, Class<T> form) {
        try (InputStream in = request.content().inputStream()) {
            byte[] bytes = in.readNBytes(MAXIMUM_BODY + 1);
            if (bytes.length > MAXIMUM_BODY) {
                throw RestError.TOO_LARGE.with("the body is larger than " + MAXIMUM_BODY + " bytes");
            }
            return JSON.readValue(bytes, form);
        } catch (JacksonException e) {
            throw RestError.BAD_REQUEST.with("the body is not what is expected: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Installation.NodeView node(String name) {
        return installation.nodes().stream()
                .filter(node -> node.name().equals(name) || node.id().toString().equals(name))
                .findFirst()
                .orElseThrow(() -> RestError.NOT_FOUND.with("There is no node " + name + "."));
    }

    /** All claims, or those of an address, in all networks. */
    private List<Installation.ClaimView> claims(ServerRequest request) {
        Optional<IpAddress> wanted =
                request.query().first("address").asOptional().map(OperationsApi::address);
        return installation.claims().stream()
                .filter(claim -> wanted.isEmpty() || wanted.get().equals(claim.address()))
                .toList();
    }

    private static IpAddress address(String text) {
        try {
            return IpAddress.parse(text);
        } catch (InvalidException e) {
            throw ApiException.invalid("address", "'" + text + "' is no address");
        }
    }

    private static String name(ServerRequest request) {
        return request.path().pathParameters().get("name");
    }

    private void backup(ServerRequest request, ServerResponse response) throws IOException {
        response.header(BYTES_TYPE);
        try (OutputStream out = response.outputStream()) {
            installation.backup(out);
        }
    }

    private Handler json(Function<ServerRequest, Object> answer) {
        return guarded((request, response) -> {
            send(response, answer.apply(request));
        });
    }

    private static void send(ServerResponse response, Object value) {
        response.header(JSON_TYPE).send(JSON.writeValueAsBytes(value));
    }

    /** An object of texts and numbers. */
    private static Map<String, String> words(ServerRequest request) {
        Map<String, String> words = new HashMap<>();
        for (Map.Entry<String, JsonNode> word : read(request, JsonNode.class).properties()) {
            if (word.getValue().isString() || word.getValue().isIntegralNumber()) {
                words.put(word.getKey(), word.getValue().asString());
            } else if (!word.getValue().isNull()) {
                throw ApiException.invalid(word.getKey(), "must be a text or a number");
            }
        }
        return words;
    }

    /** Lets administrators through and turns failures into answers. */
    private Handler guarded(Handler handler) {
        return answered((request, response) -> {
            if (!authenticator.authenticate(new Credentials(request)).admin()) {
                throw RestError.NOT_AUTHORIZED.with("operations are for administrators");
            }
            handler.handle(request, response);
        });
    }

    /** Turns failures into answers. */
    private Handler answered(Handler handler) {
        return (request, response) -> {
            try {
                handler.handle(request, response);
            } catch (RuntimeException e) {
                if (response.isSent() || e instanceof UncheckedIOException) {
                    throw e;
                }
                refuse(response, translate(e));
            }
        };
    }

    private ApiException translate(RuntimeException e) {
        if (e instanceof ApiException known) {
            return known;
        }
        ApiException translated = translation.apply(e);
        if (translated != null) {
            return translated;
        }
        LOGGER.log(System.Logger.Level.ERROR, "request failed by a fault of the server", e);
        return RestError.INTERNAL.with("internal server error");
    }

    private static void refuse(ServerResponse response, ApiException error) {
        response.status(error.category().status())
                .header(JSON_TYPE)
                .send(JSON.writeValueAsBytes(
                        Map.of("error", Map.of("type", error.type(), "message", error.message()))));
    }

    private record Credentials(ServerRequest request) implements Authenticator.Credentials {
        @Override
        public Optional<String> header(String name) {
            return request.headers().first(HeaderNames.create(name));
        }

        @Override
        public boolean local() {
            SocketAddress peer = request.remotePeer().address();
            return peer instanceof UnixDomainSocketAddress
                    || peer instanceof InetSocketAddress internet
                            && internet.getAddress().isLoopbackAddress();
        }
    }
}
