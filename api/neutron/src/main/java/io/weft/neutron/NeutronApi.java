package io.weft.neutron;

import io.helidon.webserver.http.HttpRouting;
import io.weft.domain.Domain;
import io.weft.rest.Authenticator;
import io.weft.rest.Caller;
import io.weft.rest.OpenApi;
import io.weft.rest.RestEndpoint;
import io.weft.rest.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Neutron's API v2.0: {@code /v2.0} and the version document at {@code /}. */
public final class NeutronApi {
    private static final String PATH = "/v2.0";
    private static final Caller ANYBODY = new Caller("", "anonymous", Set.of(), false);

    private final RestEndpoint endpoint;
    private final RestEndpoint versions;

    /**
     * @param domain does what is asked
     * @param authenticator knows who asks; the version document is for everybody
     * @param policy says who may do what
     */
    public NeutronApi(Domain domain, Authenticator authenticator, Policy policy) {
        Reader reader = new Reader(domain);
        RestEndpoint.Builder resources = RestEndpoint.withAuthenticator(authenticator)
                .policy(policy)
                .resource(new NetworkService(domain, reader).type())
                .resource(new SubnetService(domain, reader).type())
                .resource(new SubnetPoolService(domain).type())
                .resource(new AddressScopeService(domain).type())
                .resource(new PortService(domain, reader).type())
                .resource(new TrunkService(domain).type())
                .resource(new RouterService(domain, reader).type())
                .resource(new QuotaService(domain.quotas()).type())
                .resource(Agents.type(domain.nodes(), reader))
                .resource(new FlavorService(domain).type())
                .resource(new ServiceProfileService(domain).type())
                .resource(Zones.type())
                .resource(ServiceProviders.type())
                .resource(IpAvailabilities.type(reader))
                .resource(new RbacPolicyService(domain).type())
                .resource(Extensions.type(domain.settings()))
                .document("", Documents::resources)
                .describedAt("openapi", new OpenApi("Weft: Neutron's API", "2.0", PATH))
                .translation(Translation::translate);
        addQos(resources, domain);
        if (domain.settings().securityGroups()) {
            SecurityGroupRuleService rules = new SecurityGroupRuleService(domain, reader);
            resources
                    .resource(rules.type())
                    .resource(new SecurityGroupService(domain, reader, rules.type()).type())
                    .resource(new AddressGroupService(domain, reader).type())
                    .resource(new DefaultRuleService(domain.defaultSecurityGroupRules()).type());
        }
        if (domain.settings().externalNetworks()) {
            resources
                    .resource(new FloatingIpService(domain, reader).type())
                    .resource(FloatingIpPools.type(reader))
                    .resource(TopologyService.type(domain));
        }
        this.endpoint = resources.build();
        this.versions = RestEndpoint.withAuthenticator(_ -> ANYBODY)
                .document("", Documents::versions)
                .build();
    }

    private static void addQos(RestEndpoint.Builder resources, Domain domain) {
        List<QosRuleService> nested = new ArrayList<>();
        QosRuleAttributes.fresh().forEach(rules -> nested.add(new QosRuleService(domain, rules, false)));
        resources.resource(new QosPolicyService(domain, nested).type()).resource(QosRuleTypes.type());
        QosRuleAttributes.fresh().forEach(rules -> resources.resource(new QosRuleService(domain, rules, true).type()));
    }

    /** The names of all rules that the API may ask its policy for. */
    public Set<String> rules() {
        return endpoint.rules();
    }

    /** Puts the API where its clients look for it. */
    public void register(HttpRouting.Builder routing) {
        routing.register(PATH, endpoint).get("/", versions);
    }
}
