package io.weft.loadbalancer;

import io.helidon.webserver.http.HttpRouting;
import io.weft.domain.Domain;
import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.rest.ApiException;
import io.weft.rest.Authenticator;
import io.weft.rest.ErrorCategory;
import io.weft.rest.RestEndpoint;
import io.weft.rest.policy.Policy;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Octavia's API v2 at the paths where its clients look for it: {@code /v2/lbaas} and {@code /v2.0/lbaas}. */
public final class LoadBalancerApi {
    private static final System.Logger LOG = System.getLogger(LoadBalancerApi.class.getName());
    private static final List<String> PATHS = List.of("/v2/lbaas", "/v2.0/lbaas");

    private final RestEndpoint endpoint;

    /**
     * @param domain does what is asked
     * @param authenticator knows who asks
     * @param policy says who may do what: Neutron's rules and {@link LoadBalancerPolicy}'s
     */
    public LoadBalancerApi(Domain domain, Authenticator authenticator, Policy policy) {
        endpoint = RestEndpoint.withAuthenticator(authenticator)
                .policy(policy)
                .resource(new LoadBalancerService(domain).type())
                .resource(new ListenerService(domain).type())
                .resource(new PoolService(domain).type())
                .resource(NotServed.healthMonitors())
                .resource(NotServed.l7Policies())
                .resource(new QuotaService(domain.quotas()).type())
                .document("providers", (_, out) -> providers(out))
                .errorForm(LoadBalancerApi::fault)
                .translation(LoadBalancerApi::translate)
                .build();
    }

    /** The names of all rules that the API may ask its policy for. */
    public Set<String> rules() {
        return endpoint.rules();
    }

    /** Puts the API where its clients look for it; before Neutron's, beneath whose path one of its own is. */
    public void register(HttpRouting.Builder routing) {
        PATHS.forEach(path -> routing.register(path, endpoint));
    }

    private static void providers(JsonGenerator out) {
        out.writeStartObject();
        out.writeName("providers");
        out.writeStartArray();
        out.writeStartObject();
        out.writeStringProperty("name", LoadBalancerService.PROVIDER);
        out.writeStringProperty("description", "Every node balances the connections that begin on it.");
        out.writeEndObject();
        out.writeEndArray();
        out.writeEndObject();
    }

    /** Octavia's form of errors. */
    private static void fault(ApiException error, JsonGenerator out) {
        out.writeStartObject();
        out.writeStringProperty("faultcode", error.category().status() < 500 ? "Client" : "Server");
        out.writeStringProperty("faultstring", error.message());
        out.writeNullProperty("debuginfo");
        out.writeEndObject();
    }

    private static @Nullable ApiException translate(RuntimeException e) {
        if (!(e instanceof DomainException domain)) {
            return null;
        }
        Problem problem = domain.problem();
        ErrorCategory category = switch (problem.category()) {
            case NOT_FOUND -> ErrorCategory.NOT_FOUND;
            // Octavia's answer to a quota that is used up has the status 403.
            case FORBIDDEN, QUOTA -> ErrorCategory.FORBIDDEN;
            case USER -> ErrorCategory.INVALID;
            case CONFLICT -> ErrorCategory.CONFLICT;
            case PRECONDITION -> ErrorCategory.PRECONDITION;
            case UNAVAILABLE -> ErrorCategory.UNAVAILABLE;
            case INTERNAL -> ErrorCategory.INTERNAL;
        };
        if (category.status() >= 500) {
            LOG.log(System.Logger.Level.WARNING, "request failed", domain);
        }
        return new ApiException(category, problem.type(), domain.text());
    }
}
