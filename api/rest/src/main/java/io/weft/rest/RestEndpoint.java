package io.weft.rest;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.weft.model.InvalidException;
import io.weft.rest.policy.Check;
import io.weft.rest.policy.Policy;
import io.weft.rest.policy.Target;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;

/**
 * A dialect on the wire: resources beneath one path, with one way to authenticate, one policy and one error form. It is
 * safe for any number of threads.
 */
public final class RestEndpoint implements HttpService, Handler {
    private static final System.Logger LOG = System.getLogger(RestEndpoint.class.getName());

    private final Map<String, ResourceHandler<?>> handlers;
    /** By the collection alone, which is where clients of Neutron look for the tags of a resource with a prefix. */
    private final Map<String, ResourceHandler<?>> tagged;

    private final Map<String, BiConsumer<String, JsonGenerator>> documents;
    private final Authenticator authenticator;
    private final Optional<Check> administrators;
    private final Optional<Check> services;
    private final ErrorForm errorForm;
    private final Function<RuntimeException, @Nullable ApiException> translation;
    private final int maximumBody;

    private RestEndpoint(Builder builder) {
        Map<String, ResourceHandler<?>> byName = new HashMap<>();
        Map<String, ResourceHandler<?>> byCollection = new HashMap<>();
        for (ResourceType<?> resource : builder.resources) {
            resource.govern(null, builder.policy);
            ResourceHandler<?> handler = new ResourceHandler<>(resource);
            byName.put(resource.prefix() + resource.collection().replace('_', '-'), handler);
            byName.put(resource.prefix() + resource.collection(), handler);
            if (!resource.prefix().isEmpty() && resource.tags().isPresent()) {
                byCollection.put(resource.collection(), handler);
            }
        }
        this.handlers = Map.copyOf(byName);
        this.tagged = Map.copyOf(byCollection);
        this.administrators = builder.policy.rule("context_is_admin");
        this.services = builder.policy.rule("service_api");
        Map<String, BiConsumer<String, JsonGenerator>> all = new HashMap<>(builder.documents);
        List<ResourceType<?>> resources = List.copyOf(builder.resources);
        builder.description.forEach(
                (name, description) -> all.put(name, (origin, out) -> description.write(resources, origin, out)));
        this.documents = Map.copyOf(all);
        this.authenticator = builder.authenticator;
        this.errorForm = builder.errorForm;
        this.translation = builder.translation;
        this.maximumBody = builder.maximumBody;
    }

    /** Begins an endpoint. */
    public static Builder withAuthenticator(Authenticator authenticator) {
        return new Builder(authenticator);
    }

    @Override
    public void routing(HttpRules rules) {
        rules.any(this);
    }

    static ApiException noSuchPath() {
        return RestError.NOT_FOUND.with("The resource could not be found.");
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        Exchange exchange = new Exchange(request, response, maximumBody);
        try {
            Caller caller = reach(authenticator.authenticate(exchange));
            dispatch(exchange, caller, segments(request.path().rawPathNoParams()));
        } catch (RuntimeException e) {
            answer(exchange, response, e);
        }
    }

    /** The names of all rules that the endpoint may ask its policy for, whether they are there or not. */
    public Set<String> rules() {
        return handlers.values().stream().flatMap(ResourceHandler::rules).collect(Collectors.toUnmodifiableSet());
    }

    /** The policy says who is an administrator, and that services get at every project's objects. */
    private Caller reach(Caller caller) {
        boolean admin =
                administrators.map(rule -> rule.allows(caller, Target.NOTHING)).orElse(caller.admin());
        boolean service =
                services.map(rule -> rule.allows(caller, Target.NOTHING)).orElse(false);
        return caller.withReach(admin, admin || service);
    }

    private void dispatch(Exchange exchange, Caller caller, List<String> path) {
        if (path.size() <= 1) {
            BiConsumer<String, JsonGenerator> document = documents.get(path.isEmpty() ? "" : path.getFirst());
            if (document != null && exchange.method().equals("GET")) {
                exchange.send(200, out -> document.accept(exchange.origin(), out));
                return;
            }
        }
        int used = 1;
        ResourceHandler<?> handler = path.isEmpty() ? null : handlers.get(path.getFirst());
        if (handler == null && path.size() > 2 && path.get(2).equals("tags")) {
            handler = tagged.get(path.getFirst());
        }
        if (handler == null && path.size() > 1) {
            used = 2;
            handler = handlers.get(path.get(0) + "/" + path.get(1));
        }
        if (handler == null) {
            throw noSuchPath();
        }
        handler.handle(exchange, caller, path.subList(used, path.size()));
    }

    private void answer(Exchange exchange, ServerResponse response, RuntimeException e) {
        if (response.isSent() || e instanceof UncheckedIOException || e instanceof JacksonException) {
            // The connection is gone, or half of the answer is: nothing that the client could read can be sent.
            throw e;
        }
        ApiException error = translate(e);
        error.challenge().ifPresent(challenge -> response.header(HeaderNames.WWW_AUTHENTICATE, challenge));
        exchange.send(error.category().status(), out -> errorForm.write(error, out));
    }

    private ApiException translate(RuntimeException e) {
        if (e instanceof ApiException known) {
            return known;
        }
        if (e instanceof InvalidException invalid) {
            return ApiException.invalid(invalid.field(), invalid.rule());
        }
        ApiException translated = translation.apply(e);
        if (translated != null) {
            return translated;
        }
        LOG.log(System.Logger.Level.ERROR, "request failed by a fault of the server", e);
        return RestError.INTERNAL.with("Request Failed: internal server error while processing your request.");
    }

    /** The decoded segments of a path; a trailing slash and the suffix {@code .json} of old clients mean nothing. */
    static List<String> segments(String path) {
        List<String> segments = new ArrayList<>(4);
        int start = 0;
        while (start < path.length()) {
            int end = path.indexOf('/', start);
            if (end < 0) {
                end = path.length();
            }
            if (end > start) {
                segments.add(decode(path.substring(start, end)));
            }
            start = end + 1;
        }
        if (!segments.isEmpty() && segments.getLast().endsWith(".json")) {
            String last = segments.removeLast();
            segments.add(last.substring(0, last.length() - ".json".length()));
        }
        return segments;
    }

    private static String decode(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        try {
            // A plus sign is itself in a path; only in a query is it a space.
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw RestError.BAD_REQUEST.with("The path segment '" + segment + "' is not URL-encoded");
        }
    }

    /** Collects what an endpoint serves. */
    public static final class Builder {
        private final Authenticator authenticator;
        private final List<ResourceType<?>> resources = new ArrayList<>();
        private final Map<String, BiConsumer<String, JsonGenerator>> documents = new HashMap<>();
        private final Map<String, OpenApi> description = new HashMap<>();
        private Policy policy = Policy.of(List.of(), List.of());
        private ErrorForm errorForm = ErrorForm.NEUTRON;
        private Function<RuntimeException, @Nullable ApiException> translation = e -> null;
        private int maximumBody = 4 << 20;

        private Builder(Authenticator authenticator) {
            this.authenticator = authenticator;
        }

        public Builder resource(ResourceType<?> resource) {
            resources.add(resource);
            return this;
        }

        /**
         * A document that is the same for every caller; the name is the path's only segment, or empty for the root. The
         * writer gets the scheme and authority under which the client reached the server.
         */
        public Builder document(String name, BiConsumer<String, JsonGenerator> writer) {
            documents.put(name, writer);
            return this;
        }

        /**
         * Lets every caller that is known read what there is, at a path of one segment.
         *
         * @param newDescription what the API is called
         */
        public Builder describedAt(String name, OpenApi newDescription) {
            description.put(name, newDescription);
            return this;
        }

        /** Who may do what; needed where there are resources. */
        public Builder policy(Policy newPolicy) {
            policy = newPolicy;
            return this;
        }

        public Builder errorForm(ErrorForm newErrorForm) {
            errorForm = newErrorForm;
            return this;
        }

        /** Turns the domain's exceptions into answers; null for an exception that it does not know. */
        public Builder translation(Function<RuntimeException, @Nullable ApiException> newTranslation) {
            translation = newTranslation;
            return this;
        }

        /** The size in bytes beyond which a request's body is refused; 4 MiB unless set. */
        public Builder maximumBody(int bytes) {
            maximumBody = bytes;
            return this;
        }

        public RestEndpoint build() {
            return new RestEndpoint(this);
        }
    }
}
