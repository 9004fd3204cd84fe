package io.weft.neutron;

import io.weft.rest.policy.Policy;
import io.weft.rest.policy.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Who may do what unless an operator says otherwise: the defaults of Neutron 26 (2025.1), for what Weft serves.
 * https://docs.openstack.org/neutron/2025.1/configuration/policy.html
 *
 * <p>It is long because it is a table. Each line has names and, behind the equals sign, their rule. Words in capitals stand
 * for what Neutron's reference calls personas.
 */
public final class NeutronPolicy {
    private static final Map<String, String> PERSONAS = Map.ofEntries(
            Map.entry("ADMIN", "rule:admin_only"),
            Map.entry("SERVICE", "rule:service_api"),
            Map.entry("PROJECT_MANAGER", "(role:manager and project_id:%(project_id)s)"),
            Map.entry("PROJECT_MEMBER", "(role:member and project_id:%(project_id)s)"),
            Map.entry("PROJECT_READER", "(role:reader and project_id:%(project_id)s)"),
            Map.entry("PARENT_OWNER_MANAGER", "(role:manager and rule:ext_parent_owner)"),
            Map.entry("PARENT_OWNER_MEMBER", "(role:member and rule:ext_parent_owner)"),
            Map.entry("PARENT_OWNER_READER", "(role:reader and rule:ext_parent_owner)"),
            Map.entry("NET_OWNER_MEMBER", "(role:member and rule:network_owner)"),
            Map.entry("NET_OWNER_READER", "(role:reader and rule:network_owner)"),
            Map.entry("SG_OWNER_MEMBER", "(role:member and rule:sg_owner)"),
            Map.entry("SG_OWNER_READER", "(role:reader and rule:sg_owner)"));
    private static final Pattern PERSONA = Pattern.compile("\\b[A-Z_]{5,}\\b");

    private static final String COMMON = """
            context_is_admin = role:admin
            service_api = role:service
            context_is_advsvc = role:advsvc
            admin_only = rule:context_is_admin
            owner = tenant_id:%(tenant_id)s
            admin_or_owner = rule:context_is_admin or rule:owner
            network_owner = tenant_id:%(network:tenant_id)s
            admin_or_network_owner = rule:context_is_admin or tenant_id:%(network:tenant_id)s
            admin_owner_or_network_owner = rule:owner or rule:admin_or_network_owner
            ext_parent_owner = tenant_id:%(ext_parent:tenant_id)s
            admin_or_ext_parent_owner = rule:context_is_admin or tenant_id:%(ext_parent:tenant_id)s
            sg_owner = tenant_id:%(security_group:tenant_id)s
            admin_or_sg_owner = rule:context_is_admin or tenant_id:%(security_group:tenant_id)s
            admin_owner_or_sg_owner = rule:owner or rule:admin_or_sg_owner
            regular_user =
            shared = field:networks:shared=True
            external = field:networks:router:external=True
            default = rule:admin_or_owner
            """;

    private static final String NETWORKS = """
            create_network update_network delete_network = ADMIN or PROJECT_MEMBER
            create_network:tags update_network:tags delete_network:tags = ADMIN or PROJECT_MEMBER
            create_network:port_security_enabled update_network:port_security_enabled = ADMIN or PROJECT_MEMBER
            create_network:shared update_network:shared = ADMIN
            create_network:router:external update_network:router:external = ADMIN
            create_network:is_default update_network:is_default = ADMIN
            create_network:segments update_network:segments get_network:segments = ADMIN
            create_network:provider:network_type update_network:provider:network_type = ADMIN
            create_network:provider:physical_network update_network:provider:physical_network = ADMIN
            create_network:provider:segmentation_id update_network:provider:segmentation_id = ADMIN
            get_network:provider:network_type get_network:provider:physical_network = ADMIN
            get_network:provider:segmentation_id = ADMIN
            get_network = ADMIN or PROJECT_READER or SERVICE or rule:shared or rule:external or rule:context_is_advsvc
            get_network:tags = ADMIN or PROJECT_READER or rule:shared or rule:external or rule:context_is_advsvc
            get_network_ip_availability = ADMIN

            external_network = field:subnets:router:external=True
            create_subnet = ADMIN or NET_OWNER_MEMBER
            create_subnet:tags = ADMIN or PROJECT_MEMBER or NET_OWNER_MEMBER
            update_subnet update_subnet:tags = ADMIN or PROJECT_MEMBER or NET_OWNER_MEMBER
            delete_subnet delete_subnet:tags = ADMIN or PROJECT_MEMBER or NET_OWNER_MEMBER
            create_subnet:segment_id update_subnet:segment_id get_subnet:segment_id = ADMIN
            create_subnet:service_types update_subnet:service_types = ADMIN
            get_subnet = ADMIN or PROJECT_READER or rule:shared or rule:external_network or NET_OWNER_READER
            get_subnet:tags = ADMIN or PROJECT_READER or rule:shared or rule:external_network or NET_OWNER_READER

            shared_subnetpools = field:subnetpools:shared=True
            create_subnetpool update_subnetpool delete_subnetpool = ADMIN or PROJECT_MEMBER
            create_subnetpool:tags update_subnetpool:tags delete_subnetpool:tags = ADMIN or PROJECT_MEMBER
            onboard_network_subnets add_prefixes remove_prefixes = ADMIN or PROJECT_MEMBER
            create_subnetpool:shared create_subnetpool:is_default update_subnetpool:is_default = ADMIN
            get_subnetpool get_subnetpool:tags = ADMIN or PROJECT_READER or rule:shared_subnetpools

            shared_address_scopes = field:address_scopes:shared=True
            create_address_scope update_address_scope delete_address_scope = ADMIN or PROJECT_MEMBER
            create_address_scope:shared update_address_scope:shared = ADMIN
            get_address_scope = ADMIN or PROJECT_READER or rule:shared_address_scopes
            """;

    private static final String PORTS = """
            network_device = field:port:device_owner=~^network:
            admin_or_data_plane_int = rule:context_is_admin or role:data_plane_integrator
            create_port create_port:binding:vnic_type = ADMIN or PROJECT_MEMBER or SERVICE
            update_port update_port:binding:vnic_type = ADMIN or SERVICE or PROJECT_MEMBER
            delete_port = ADMIN or SERVICE or NET_OWNER_MEMBER or PROJECT_MEMBER
            create_port:tags update_port:tags = ADMIN or PROJECT_MEMBER or rule:context_is_advsvc
            delete_port:tags = ADMIN or PROJECT_MEMBER or NET_OWNER_MEMBER or rule:context_is_advsvc
            create_port:device_owner = not rule:network_device or ADMIN or SERVICE or PROJECT_MANAGER or NET_OWNER_MEMBER
            update_port:device_owner = not rule:network_device or ADMIN or SERVICE or PROJECT_MANAGER or NET_OWNER_MEMBER
            create_port:mac_address = ADMIN or SERVICE or PROJECT_MANAGER or NET_OWNER_MEMBER
            update_port:mac_address = ADMIN or SERVICE or PROJECT_MANAGER
            create_port:fixed_ips = ADMIN or SERVICE or PROJECT_MANAGER or NET_OWNER_MEMBER or rule:shared
            create_port:fixed_ips:subnet_id = ADMIN or SERVICE or PROJECT_MANAGER or NET_OWNER_MEMBER or rule:shared
            create_port:fixed_ips:ip_address = ADMIN or SERVICE or PROJECT_MANAGER or NET_OWNER_MEMBER
            update_port:fixed_ips update_port:fixed_ips:ip_address = ADMIN or SERVICE or PROJECT_MANAGER or NET_OWNER_MEMBER
            update_port:fixed_ips:subnet_id = ADMIN or SERVICE or PROJECT_MANAGER or NET_OWNER_MEMBER or rule:shared
            create_port:port_security_enabled = ADMIN or SERVICE or PROJECT_MANAGER or NET_OWNER_MEMBER
            update_port:port_security_enabled = ADMIN or SERVICE or PROJECT_MANAGER or NET_OWNER_MEMBER
            create_port:allowed_address_pairs = ADMIN or NET_OWNER_MEMBER or PROJECT_MANAGER
            create_port:allowed_address_pairs:mac_address = ADMIN or NET_OWNER_MEMBER or PROJECT_MANAGER
            create_port:allowed_address_pairs:ip_address = ADMIN or NET_OWNER_MEMBER or PROJECT_MANAGER
            update_port:allowed_address_pairs = ADMIN or NET_OWNER_MEMBER or PROJECT_MANAGER
            update_port:allowed_address_pairs:mac_address = ADMIN or NET_OWNER_MEMBER or PROJECT_MANAGER
            update_port:allowed_address_pairs:ip_address = ADMIN or NET_OWNER_MEMBER or PROJECT_MANAGER
            create_port:binding:host_id update_port:binding:host_id get_port:binding:host_id = ADMIN or SERVICE
            create_port:binding:profile update_port:binding:profile = SERVICE
            get_port:binding:profile get_port:binding:vif_type get_port:binding:vif_details = ADMIN or SERVICE
            create_port:hints update_port:hints get_port:hints = ADMIN
            update_port:data_plane_status = ADMIN or role:data_plane_integrator
            get_port_binding = ADMIN or SERVICE
            create_port_binding delete_port_binding activate = SERVICE
            get_port = ADMIN or SERVICE or PROJECT_READER or NET_OWNER_READER
            get_port:tags = ADMIN or PROJECT_READER or NET_OWNER_READER or rule:context_is_advsvc

            create_trunk update_trunk delete_trunk = ADMIN or PROJECT_MEMBER
            create_trunk:tags update_trunk:tags delete_trunk:tags = ADMIN or PROJECT_MEMBER
            add_subports remove_subports = ADMIN or PROJECT_MEMBER
            get_trunk get_trunk:tags get_subports = ADMIN or PROJECT_READER
            """;

    private static final String ROUTERS = """
            create_router update_router delete_router = ADMIN or PROJECT_MEMBER
            create_router:tags update_router:tags delete_router:tags = ADMIN or PROJECT_MEMBER
            create_router:external_gateway_info update_router:external_gateway_info = ADMIN or PROJECT_MEMBER
            create_router:external_gateway_info:network_id = ADMIN or PROJECT_MEMBER
            update_router:external_gateway_info:network_id = ADMIN or PROJECT_MEMBER
            create_router:external_gateway_info:enable_snat = ADMIN
            update_router:external_gateway_info:enable_snat = ADMIN
            create_router:external_gateway_info:external_fixed_ips = ADMIN
            update_router:external_gateway_info:external_fixed_ips = ADMIN
            create_router:distributed update_router:distributed get_router:distributed = ADMIN
            create_router:ha update_router:ha get_router:ha = ADMIN
            create_router:enable_default_route_bfd update_router:enable_default_route_bfd = ADMIN
            create_router:enable_default_route_ecmp update_router:enable_default_route_ecmp = ADMIN
            add_router_interface remove_router_interface = ADMIN or PROJECT_MEMBER
            add_extraroutes remove_extraroutes = ADMIN or PROJECT_MEMBER
            add_external_gateways add_external_gateways:external_gateways = ADMIN or PROJECT_MEMBER
            add_external_gateways:external_gateways:network_id = ADMIN or PROJECT_MEMBER
            add_external_gateways:external_gateways:enable_snat = ADMIN
            add_external_gateways:external_gateways:external_fixed_ips = ADMIN
            update_external_gateways update_external_gateways:external_gateways = ADMIN or PROJECT_MEMBER
            update_external_gateways:external_gateways:network_id = ADMIN or PROJECT_MEMBER
            update_external_gateways:external_gateways:enable_snat = ADMIN
            update_external_gateways:external_gateways:external_fixed_ips = ADMIN
            remove_external_gateways remove_external_gateways:external_gateways = ADMIN or PROJECT_MEMBER
            get_router get_router:tags = ADMIN or PROJECT_READER

            create_floatingip update_floatingip delete_floatingip = ADMIN or PROJECT_MEMBER
            create_floatingip:tags update_floatingip:tags delete_floatingip:tags = ADMIN or PROJECT_MEMBER
            create_floatingip:floating_ip_address = ADMIN or PROJECT_MANAGER
            get_floatingip get_floatingip:tags = ADMIN or PROJECT_READER
            get_floatingip_pool = ADMIN or PROJECT_READER
            get_auto_allocated_topology = ADMIN or PROJECT_READER
            delete_auto_allocated_topology = ADMIN or PROJECT_MEMBER
            create_floatingip_port_forwarding = ADMIN or PARENT_OWNER_MEMBER
            update_floatingip_port_forwarding delete_floatingip_port_forwarding = ADMIN or PARENT_OWNER_MEMBER
            get_floatingip_port_forwarding = ADMIN or PARENT_OWNER_READER
            """;

    private static final String GROUPS = """
            shared_security_group = field:security_groups:shared=True
            rule_default_sg = field:security_group_rules:belongs_to_default_sg=True
            create_security_group update_security_group delete_security_group = ADMIN or PROJECT_MEMBER
            create_security_group:tags update_security_group:tags delete_security_group:tags = ADMIN or PROJECT_MEMBER
            create_security_group:weft:tier = ADMIN or SERVICE
            create_security_group:weft:priority update_security_group:weft:priority = ADMIN or SERVICE
            get_security_group get_security_group:tags = ADMIN or PROJECT_READER or rule:shared_security_group
            create_security_group_rule delete_security_group_rule = ADMIN or SG_OWNER_MEMBER
            create_security_group_rule:weft:action create_security_group_rule:weft:position = ADMIN or SERVICE
            get_security_group_rule = ADMIN or SG_OWNER_READER
            create_default_security_group_rule delete_default_security_group_rule = ADMIN
            get_default_security_group_rule = role:reader

            shared_address_groups = field:address_groups:shared=True
            create_address_group update_address_group delete_address_group = ADMIN or PROJECT_MEMBER
            add_addresses remove_addresses = ADMIN or PROJECT_MEMBER
            get_address_group = ADMIN or PROJECT_READER or rule:shared_address_groups
            """;

    private static final String QOS = """
            shared_qos_policy = field:policies:shared=True
            create_policy update_policy delete_policy = ADMIN or PROJECT_MANAGER
            create_policy:tags update_policy:tags delete_policy:tags = ADMIN or PROJECT_MANAGER
            get_policy get_policy:tags = ADMIN or PROJECT_READER or rule:shared_qos_policy
            get_rule_type = role:reader
            """;

    /** The types of QoS rules, whose rules are all alike. */
    private static final List<String> QOS_RULES =
            List.of("bandwidth_limit", "packet_rate_limit", "dscp_marking", "minimum_bandwidth", "minimum_packet_rate");

    private static final String QOS_RULE = """
            create_policy_TYPE_rule update_policy_TYPE_rule delete_policy_TYPE_rule = ADMIN or PARENT_OWNER_MANAGER
            get_policy_TYPE_rule = ADMIN or PARENT_OWNER_READER
            update_alias_TYPE_rule = rule:update_policy_TYPE_rule
            delete_alias_TYPE_rule = rule:delete_policy_TYPE_rule
            get_alias_TYPE_rule = rule:get_policy_TYPE_rule
            """;

    private static final String OPERATORS = """
            get_quota = ADMIN or PROJECT_MANAGER
            update_quota delete_quota = ADMIN
            get_agent update_agent delete_agent = ADMIN
            get_availability_zone get_service_provider = role:reader

            restrict_wildcard = (not field:rbac_policy:target_tenant=* and not field:rbac_policy:target_project=*) or ADMIN
            create_rbac_policy update_rbac_policy delete_rbac_policy = ADMIN or PROJECT_MEMBER
            create_rbac_policy:target_tenant update_rbac_policy:target_tenant = rule:restrict_wildcard
            create_rbac_policy:target_project = ADMIN or not field:rbac_policy:target_project=*
            update_rbac_policy:target_project = ADMIN or not field:rbac_policy:target_project=*
            get_rbac_policy = ADMIN or PROJECT_READER

            create_flavor update_flavor delete_flavor = ADMIN
            get_flavor = role:reader
            create_service_profile update_service_profile delete_service_profile get_service_profile = ADMIN
            create_flavor_service_profile delete_flavor_service_profile = ADMIN
            get_flavor_service_profile = ADMIN or PROJECT_READER
            """;

    /** What Neutron's policy has no rules for. All that share a network are answered with what its ports are named. */
    private static final String OWN = """
            get_extension =
            get_rule_type:drivers = ADMIN
            update_port_binding = SERVICE
            create_port:dns_domain update_port:dns_domain = ADMIN or SERVICE or NET_OWNER_MEMBER
            """;

    private NeutronPolicy() {}

    /** The defaults, with what an operator's file says in their place and beside them. */
    public static Policy with(List<Rule> overrides) {
        return Policy.of(defaults(), overrides);
    }

    /** The defaults. */
    public static List<Rule> defaults() {
        List<Rule> rules = new ArrayList<>();
        Stream.of(COMMON, NETWORKS, PORTS, ROUTERS, GROUPS, QOS).forEach(table -> read(table, rules));
        QOS_RULES.forEach(type -> read(QOS_RULE.replace("TYPE", type), rules));
        Stream.of(OPERATORS, OWN).forEach(table -> read(table, rules));
        return rules;
    }

    private static void read(String table, List<Rule> rules) {
        table.lines().filter(line -> !line.isBlank()).forEach(line -> {
            int equals = line.indexOf(" =");
            String text = PERSONA.matcher(line.substring(equals + 2).strip())
                    .replaceAll(persona -> Matcher.quoteReplacement(PERSONAS.get(persona.group())));
            for (String name : line.substring(0, equals).split(" ")) {
                rules.add(new Rule(name, text));
            }
        });
    }
}
