package io.weft.neutron;

import io.weft.domain.Settings;
import io.weft.rest.Attribute;
import io.weft.rest.Call;
import io.weft.rest.Filters;
import io.weft.rest.Kinds;
import io.weft.rest.Operation;
import io.weft.rest.ResourceService;
import io.weft.rest.ResourceType;
import io.weft.rest.RestError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The extensions that work, which clients read before they use one. */
final class Extensions implements ResourceService<Extensions.Extension> {
    private static final String UPDATED = "2026-01-01T00:00:00-00:00";

    /**
     * An extension.
     *
     * @param alias the name that clients look for
     * @param name its title, which some clients look for too
     * @param description what it gives
     */
    record Extension(String alias, String name, String description) {}

    private static final List<Extension> ALL = List.of(
            new Extension(
                    "address-scope",
                    "Address scope",
                    "Routers keep networks apart whose addresses do not mean the same, and translate between them."),
            new Extension("agent", "agent", "The nodes and whether they are alive."),
            new Extension("allowed-address-pairs", "Allowed Address Pairs", "Sources besides a port's own addresses."),
            new Extension("availability_zone", "Availability Zone", "The zone of the nodes."),
            new Extension("binding", "Port Binding", "Where a port lives and how it is plugged."),
            new Extension(
                    "binding-extended",
                    "Port Bindings Extended",
                    "Ports have bindings that wait on the nodes where they may live next."),
            new Extension(
                    "default-subnetpools", "Default Subnetpools", "Subnets can be taken from the default subnet pool."),
            new Extension(
                    "dns-domain-ports", "dns_domain for ports", "Ports have their names in a domain of their own."),
            new Extension("dns-integration", "DNS Integration", "Nodes answer for the names of ports."),
            new Extension(
                    "empty-string-filtering",
                    "Empty String Filtering Extension",
                    "An empty filter matches the empty string."),
            new Extension("extra_dhcp_opt", "Neutron Extra DHCP options", "Options that DHCP gives to one port."),
            new Extension("extraroute", "Neutron Extra Route", "Static routes of routers."),
            new Extension(
                    "extraroute-atomic",
                    "Atomically add/remove extra routes",
                    "Adds and removes routes without a race."),
            new Extension(
                    "filter-validation",
                    "Filter parameters validation",
                    "A filter on an unknown attribute is an error."),
            new Extension(
                    "flavors",
                    "Neutron Service Flavors",
                    "What services can be asked for by, and the profiles that it stands for."),
            new Extension("ip_allocation", "IP Allocation", "Ports say whether they were asked for without addresses."),
            new Extension("l2_adjacency", "L2 Adjacency", "Networks say that they are one broadcast domain."),
            new Extension("l3-flavors", "Router Flavor Extension", "Routers are asked for by a flavor."),
            new Extension("net-mtu", "Network MTU", "The largest packet of a network."),
            new Extension("net-mtu-writable", "Network MTU (writable)", "The largest packet of a network can be set."),
            new Extension(
                    "network-ip-availability", "Network IP Availability", "How many addresses a network has left."),
            new Extension(
                    "network-ip-availability-details",
                    "Network IP Availability Details Extension",
                    "How many addresses are left in allocation pools, and in whole subnets."),
            new Extension(
                    "network_availability_zone",
                    "Network Availability Zone",
                    "Networks are asked for in zones, and say in which they are."),
            new Extension("pagination", "Pagination support", "Lists are read in pages."),
            new Extension(
                    "port-device-profile",
                    "Port device profile",
                    "Ports keep what the compute service has accelerators plugged by."),
            new Extension(
                    "port-mac-address-regenerate",
                    "Neutron Port MAC address regenerate",
                    "A port is given another MAC, whichever."),
            new Extension(
                    "port-numa-affinity-policy",
                    "Port NUMA affinity policy",
                    "Ports keep how near to the device the compute service puts machines."),
            new Extension(
                    "port-numa-affinity-policy-socket",
                    "Port NUMA affinity policy \"socket\"",
                    "The policy may be 'socket'."),
            new Extension("port-security", "Port Security", "Anti-spoofing can be turned off on a port."),
            new Extension("project-id", "project_id field enabled", "The owner is called project_id too."),
            new Extension("provider", "Provider Network", "Administrators see and choose a network's number."),
            new Extension("qos", "Quality of Service", "Policies that limit and mark what ports send and receive."),
            new Extension(
                    "qos-bw-limit-direction",
                    "Direction for QoS bandwidth limit rule",
                    "Bandwidth is limited in both directions."),
            new Extension("qos-default", "Default QoS policy", "A project's new networks get its default policy."),
            new Extension(
                    "qos-port-network-policy",
                    "QoS port network policy",
                    "Ports show the policy that they have by their network."),
            new Extension("qos-pps", "QoS packet rate limit", "The number of packets is limited in both directions."),
            new Extension(
                    "qos-rule-type-details",
                    "Details of QoS rule types",
                    "Types of rules show what their parameters may be."),
            new Extension(
                    "qos-rule-type-filter",
                    "Allow to filter the list of QoS rule types",
                    "Types of rules are listed that only some back ends enforce."),
            new Extension(
                    "qos-rules-alias", "Ability to directly alias QoS rules", "Rules have paths that need no policy."),
            new Extension(
                    "quota-check-limit",
                    "Quota engine limit check",
                    "A limit below what is used is refused where that is asked for."),
            new Extension("quota_details", "Quota details management support", "Limits with what is used of them."),
            new Extension("quotas", "Quota management support", "Limits for each project."),
            new Extension("rbac-policies", "RBAC Policies", "Projects let others use networks and QoS policies."),
            new Extension(
                    "rbac-address-scope", "Add address_scope type to RBAC", "Projects let others use address scopes."),
            new Extension("rbac-subnetpool", "Add subnetpool type to RBAC", "Projects let others use subnet pools."),
            new Extension(
                    "revision-if-match",
                    "If-Match constraints based on revision_number",
                    "A change can depend on the revision number."),
            new Extension("router", "Neutron L3 Router", "Routing between subnets, on every node."),
            new Extension(
                    "router_availability_zone",
                    "Router Availability Zone",
                    "Routers are asked for in zones, and say in which they are."),
            new Extension("service-type", "Neutron Service Type Management", "What serves routers is listed."),
            new Extension("sorting", "Sorting support", "Lists are sorted by attributes."),
            new Extension("standard-attr-description", "standard-attr-description", "Objects have descriptions."),
            new Extension("standard-attr-revisions", "Resource revision numbers", "Objects count their changes."),
            new Extension(
                    "standard-attr-tag",
                    "Tag support for resources with standard attribute: network, port, router, subnet, subnetpool",
                    "Networks, subnets, subnet pools, ports, routers and floating IPs carry tags."),
            new Extension(
                    "standard-attr-timestamp", "Resource timestamps", "Objects know when they were made and changed."),
            new Extension(
                    "subnet-service-types",
                    "Subnet service types",
                    "Subnets give addresses to ports of some device owners alone."),
            new Extension(
                    "tag-ports-during-bulk-creation", "Tag Ports During Bulk Creation", "Ports are created with tags."),
            new Extension(
                    "subnet_onboard", "Subnet Onboard", "Subnets that there are already become ones of a subnet pool."),
            new Extension("subnet_allocation", "Subnet Allocation", "Subnets are taken from pools of addresses."),
            new Extension(
                    "subnetpool-prefix-ops",
                    "Subnet Pool Prefix Operations",
                    "Addresses of a subnet pool are added and taken away."),
            new Extension("trunk", "Trunk Extension", "Ports behind VLAN tags of another port's device."),
            new Extension("trunk-details", "Trunk port details", "Parents of trunks show what is behind their tags."),
            new Extension("tag-creation", "Tag creation extension", "Several tags are added in one request."));

    /** Those of installations whose ports have security groups. */
    private static final List<Extension> GROUPS = List.of(
            new Extension("address-group", "Address group", "Blocks of addresses that rules name as one."),
            new Extension(
                    "rbac-address-group", "Add address_group type to RBAC", "Projects let others use address groups."),
            new Extension(
                    "rbac-security-groups",
                    "Add security_group type to network RBAC",
                    "Projects let others use security groups."),
            new Extension("security-group", "security-group", "Rules that say what ports may send and receive."),
            new Extension(
                    "security-groups-default-rules",
                    "Default rules for security groups",
                    "The rules that security groups begin with can be changed."),
            new Extension(
                    "security-groups-normalized-cidr",
                    "Normalized CIDR field for security group rules",
                    "Rules show the block that they mean."),
            new Extension(
                    "security-groups-remote-address-group",
                    "Remote address group id field for security group rules",
                    "Rules can name an address group as their other end."),
            new Extension(
                    "security-groups-rules-belongs-to-default-sg",
                    "Indicate if security group rule belongs to the project's default security group",
                    "Rules say whether their group is a default one."),
            new Extension(
                    "security-groups-shared-filtering",
                    "Security group filtering on the shared field",
                    "Groups are listed by whether they are shared."),
            new Extension(
                    "stateful-security-group", "Stateful security group", "Groups can judge each packet by itself."),
            new Extension(
                    "weft-security-group-tiers",
                    "Tiers of security groups",
                    "Groups are asked in an order, and their rules deny or pass what others allow."));

    /** Those of installations with external networks. */
    private static final List<Extension> OUTSIDE = List.of(
            new Extension(
                    "auto-allocated-topology",
                    "Auto Allocated Topology Services",
                    "A project gets a network that leads out, with everything that it takes, by asking for it."),
            new Extension("external-net", "Neutron external network", "Networks that lead out."),
            new Extension(
                    "ext-gw-mode",
                    "Neutron L3 Configurable external gateway mode",
                    "Routers translate what leaves by their gateway, or do not."),
            new Extension(
                    "external-gateway-multihoming",
                    "External Gateway Multihoming",
                    "Routers lead out to several external networks."),
            new Extension(
                    "enable-default-route-ecmp",
                    "Enable Default Route ECMP",
                    "The default routes of a router's gateways share its flows."),
            new Extension(
                    "enable-default-route-bfd",
                    "Enable Default Route BFD",
                    "The next hops of a router's default routes are watched, and not used while they are down."),
            new Extension(
                    "expose-port-forwarding-in-fip",
                    "Expose Port Forwarding in Floating IP",
                    "Floating IPs show their port forwardings."),
            new Extension(
                    "floatingip-autodelete-internal",
                    "Autodelete floating IPs of internal networks",
                    "Floating IPs that lead nowhere go when their network is made internal."),
            new Extension(
                    "fip-port-details", "Floating IP Port Details Extension", "Floating IPs show what they lead to."),
            new Extension("floatingip-pools", "Floating IP pools API", "Where floating IPs come from is listed."),
            new Extension(
                    "floating-ip-port-forwarding",
                    "Floating IP Port Forwarding",
                    "Ports of a floating IP lead to ports of several addresses."),
            new Extension(
                    "floating-ip-port-forwarding-description",
                    "Floating IP Port Forwarding Description",
                    "Port forwardings have descriptions."),
            new Extension(
                    "floating-ip-port-forwarding-detail",
                    "Floating IP Port Forwarding Detail",
                    "Floating IPs show the ids of their port forwardings and of the ports behind."),
            new Extension(
                    "floating-ip-port-forwarding-port-ranges",
                    "Floating IP Port Forwarding support for port ranges",
                    "Ranges of ports are forwarded."),
            new Extension(
                    "qos-fip", "Floating IP QoS", "What passes by a floating IP is limited and marked by a policy."),
            new Extension(
                    "qos-gateway-ip",
                    "Gateway IP QoS",
                    "What passes by the address of a router's gateway is limited and marked by a policy."));

    private final Map<String, Extension> byAlias = new LinkedHashMap<>();

    private Extensions(Settings settings) {
        ALL.forEach(extension -> byAlias.put(extension.alias(), extension));
        if (settings.securityGroups()) {
            GROUPS.forEach(extension -> byAlias.put(extension.alias(), extension));
        }
        if (settings.externalNetworks()) {
            OUTSIDE.forEach(extension -> byAlias.put(extension.alias(), extension));
        }
    }

    static ResourceType<Extension> type(Settings settings) {
        return ResourceType.named("extension", "extensions", Extension::alias, new Extensions(settings))
                .attributes(List.of(
                        text("name", Extension::name),
                        text("alias", Extension::alias),
                        text("description", Extension::description),
                        text("updated", _ -> UPDATED),
                        Attribute.<Extension, List<String>>of(
                                        "links", Kinds.listOf(Kinds.text(255), 10, true), _ -> List.of())
                                .build()))
                .offers(Operation.LIST, Operation.SHOW)
                .notFound(alias -> RestError.NOT_FOUND.with("Extension with alias " + alias + " does not exist"))
                .build();
    }

    private static Attribute<Extension, String> text(String name, Function<Extension, String> getter) {
        return Attribute.<Extension, String>of(name, Kinds.text(255), getter).build();
    }

    @Override
    public Optional<Extension> find(Call call, String alias) {
        return Optional.ofNullable(byAlias.get(alias));
    }

    @Override
    public Iterable<Extension> list(Call call, Filters<Extension> filters) {
        return byAlias.values();
    }
}
