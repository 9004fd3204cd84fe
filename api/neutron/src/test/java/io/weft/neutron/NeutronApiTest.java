package io.weft.neutron;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.model.IpAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Neutron's API over a real socket, on a domain with a store of its own.
 *
 * <p>Longer than most: networks, subnets, ports and routers, and what holds for all resources, told by them.
 */
class NeutronApiTest {
    private final Cloud cloud;
    private final Client admin;
    private final Client alice;
    private final Client bob;

    NeutronApiTest(@TempDir Path directory) {

        cloud = Cloud.withTokens(directory.resolve("store"));
        admin = cloud.as("admin-token");
        alice = cloud.as("alice-token");
        bob = cloud.as("bob-token");
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    private String network(Client client) {
        return client.post("/v2.0/networks", "{'network': {'name': 'n'}}")
                .expect(201)
                .id();
    }

    private String subnet(Client client, String network, String cidr) {
        return client.post(
                        "/v2.0/subnets",
                        "{'subnet': {'network_id': '" + network + "', 'ip_version': " + (cidr.contains(":") ? 6 : 4)
                                + ", 'cidr': '" + cidr + "'}}")
                .expect(201)
                .id();
    }

    private String port(Client client, String network, String more) {
        return client.post("/v2.0/ports", "{'port': {'network_id': '" + network + "'" + more + "}}")
                .expect(201)
                .id();
    }

    @Test
    void theVersionDocumentsLeadToTheApi() {
        assertThat(cloud.as("").get("/").text())
                .isEqualTo(
                        "{\"versions\":[{\"id\":\"v2.0\",\"status\":\"CURRENT\",\"links\":[{\"rel\":\"self\",\"href\":\""
                                + cloud.url() + "/v2.0/\"}]}]}");
        for (String path : List.of("/v2.0", "/v2.0/")) {
            JsonNode resources = alice.get(path).expect(200).at("/resources");
            assertThat(resources.findValuesAsString("collection")).contains("networks", "subnets", "ports", "routers");
            assertThat(resources.at("/0/links/0/href").asString()).startsWith(cloud.url() + "/v2.0/");
        }
        assertThat(cloud.as("no-such-token").get("/v2.0/networks").status()).isEqualTo(401);
    }

    @Test
    void aNetworkHasTheAttributesOfTheAnnouncedExtensions() {
        String id = network(alice);
        String subnet = subnet(alice, id, "10.0.0.0/24");
        Client.Answer shown = alice.get("/v2.0/networks/" + id).expect(200);
        assertThat(shown.text())
                .isEqualTo("{\"network\":{\"id\":\"" + id + "\",\"name\":\"n\",\"project_id\":\"alpha\","
                        + "\"tenant_id\":\"alpha\",\"description\":\"\",\"admin_state_up\":true,\"status\":\"ACTIVE\","
                        + "\"shared\":false,\"mtu\":1450,\"port_security_enabled\":true,\"subnets\":[\"" + subnet
                        + "\"],\"dns_domain\":\"\",\"l2_adjacency\":true,\"qos_policy_id\":null,"
                        + "\"ipv4_address_scope\":null,\"ipv6_address_scope\":null,\"availability_zone_hints\":[],"
                        + "\"availability_zones\":[\"default\"],\"tags\":[],\"revision_number\":"
                        + shown.at("/network/revision_number")
                        + ",\"created_at\":\"2026-01-01T00:00:00Z\",\"updated_at\":\"2026-01-01T00:00:00Z\"}}");
        JsonNode forAdmin = admin.get("/v2.0/networks/" + id).at("/network");
        assertThat(forAdmin.path("provider:network_type").asString()).isEqualTo("vxlan");
        assertThat(forAdmin.path("provider:segmentation_id").asInt()).isBetween(1001, 16777215);
        assertThat(forAdmin.path("provider:physical_network").isNull()).isTrue();
    }

    @Test
    void aPortShowsByWhatNamesItsAddressesAreKnown() {
        String network = network(alice);
        subnet(alice, network, "10.0.0.0/24");
        subnet(alice, network, "2001:db8::/64");
        String id = port(alice, network, ", 'fixed_ips': [{'ip_address': '10.0.0.5'}, {'ip_address': '2001:db8::5'}]");
        assertThat(alice.get("/v2.0/ports/" + id).text())
                .contains("\"dns_name\":\"\",\"dns_domain\":\"\",\"dns_assignment\":["
                        + "{\"hostname\":\"host-10-0-0-5\",\"ip_address\":\"10.0.0.5\","
                        + "\"fqdn\":\"host-10-0-0-5.openstacklocal.\"},"
                        + "{\"hostname\":\"host-2001-db8--5\",\"ip_address\":\"2001:db8::5\","
                        + "\"fqdn\":\"host-2001-db8--5.openstacklocal.\"}]");
        assertThat(alice.put("/v2.0/ports/" + id, "{'port': {'dns_name': 'Web', 'dns_domain': 'example.org.'}}")
                        .expect(200)
                        .text())
                .contains("\"dns_name\":\"web\",\"dns_domain\":\"example.org.\"")
                .contains("{\"hostname\":\"web\",\"ip_address\":\"2001:db8::5\",\"fqdn\":\"web.openstacklocal.\"}");
        assertThat(alice.get("/v2.0/ports?dns_name=web").at("/ports").size()).isEqualTo(1);
    }

    @Test
    void aPortShowsWhereItLivesToAdministratorsOnly() {
        String network = network(alice);
        subnet(alice, network, "10.0.0.0/24");
        subnet(alice, network, "2001:db8::/64");
        String id = port(alice, network, ", 'name': 'p', 'device_id': 'vm', 'tags': ['red']");
        JsonNode port = alice.get("/v2.0/ports/" + id).at("/port");
        assertThat(port.propertyNames())
                .containsExactly(
                        "id",
                        "name",
                        "project_id",
                        "tenant_id",
                        "description",
                        "network_id",
                        "admin_state_up",
                        "status",
                        "mac_address",
                        "fixed_ips",
                        "device_id",
                        "device_owner",
                        "allowed_address_pairs",
                        "port_security_enabled",
                        "extra_dhcp_opts",
                        "binding:vnic_type",
                        "dns_name",
                        "dns_domain",
                        "dns_assignment",
                        "qos_policy_id",
                        "qos_network_policy_id",
                        "ip_allocation",
                        "numa_affinity_policy",
                        "device_profile",
                        "trunk_details",
                        "security_groups",
                        "tags",
                        "revision_number",
                        "created_at",
                        "updated_at");
        assertThat(port.path("status").asString()).isEqualTo("DOWN");
        assertThat(port.path("fixed_ips").size()).isEqualTo(2);
        assertThat(port.path("tags").toString()).isEqualTo("[\"red\"]");
        admin.put("/v2.0/ports/" + id, "{'port': {'binding:profile': {'a': 1}}}")
                .expect(403);
        JsonNode bound = cloud.as("service-token")
                .put(
                        "/v2.0/ports/" + id,
                        "{'port': {'binding:host_id': 'h1', 'binding:profile': {'a': {'b': [1, 2.5, true], 'c': null}}}}")
                .expect(200)
                .at("/port");
        assertThat(bound.path("binding:host_id").asString()).isEqualTo("h1");
        assertThat(bound.path("binding:vif_type").asString()).isEqualTo("binding_failed");
        assertThat(bound.path("status").asString()).isEqualTo("DOWN");
        assertThat(bound.path("binding:profile").toString()).isEqualTo("{\"a\":{\"b\":[1,2.5,true]}}");
        assertThat(cloud.as("service-token")
                        .put(
                                "/v2.0/ports/" + id,
                                "{'port': {'binding:profile': {'weft:host': {'node_ports': {'range': '9'}}}}}")
                        .expect(400)
                        .at("/NeutronError/message")
                        .asString())
                .contains("binding:profile.weft:host.node_ports");
        for (String attributes : List.of("'binding:profile': {'weft:host': {}}", "'binding:host_id': 'h1'")) {
            alice.put("/v2.0/ports/" + id, "{'port': {" + attributes + ", 'device_owner': 'compute:kubernetes-host'}}")
                    .expect(403);
        }
        cloud.domain().nodes().register("h1", List.of());
        JsonNode wired = admin.get("/v2.0/ports/" + id).at("/port");
        assertThat(wired.path("binding:vif_type").asString()).isEqualTo("tap");
        assertThat(alice.put("/v2.0/ports/" + id, "{'port': {'binding:host_id': 'h2'}}")
                        .error())
                .isEqualTo("PolicyNotAuthorized: (rule:update_port and rule:update_port:binding:host_id) is disallowed"
                        + " by policy");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /networks | {'network': {'router:external': true}} | Invalid input for router:external. Reason: 'True' is refused: the extension 'external-net' is not available.
            /networks | {'network': {'mtu': 67}} | Invalid input for mtu. Reason: must be between 68 and 65535, is 67.
            /networks | {'network': {'segments': [{}]}} | Invalid input for segments. Reason: the value is refused: the extension 'multi-provider' is not available.
            /networks | {'network': {'colour': 'red'}} | Unrecognized attribute(s) 'colour'
            /networks | {'network': {'status': 'DOWN'}} | Attribute 'status' not allowed in POST
            /subnets | {'subnet': {'network_id': 'x', 'ip_version': 4, 'cidr': '10.0.0.0/24'}} | Invalid input for network_id. Reason: 'x' is not a valid UUID.
            /subnets | {'subnet': {'network_id': NET, 'ip_version': 5, 'cidr': '10.0.0.0/24'}} | 5
            /subnets | {'subnet': {'network_id': NET, 'ip_version': 4, 'cidr': '10.0.0.0'}} | Invalid input for cidr. Reason: '10.0.0.0' is not a valid IP subnet.
            /subnets | {'subnet': {'network_id': NET, 'ip_version': 4, 'cidr': '10.0.0.0/24', 'gateway_ip': 'first'}} | Invalid input for gateway_ip. Reason: 'first' is not a valid IP address.
            /subnets | {'subnet': {'network_id': NET, 'ip_version': 4, 'cidr': '10.0.0.0/24', 'allocation_pools': [{'start': '10.0.0.9', 'end': '10.0.0.2'}]}} | Invalid input for allocation_pools. Reason: the start 10.0.0.9 must not be above the end 10.0.0.2.
            /subnets | {'subnet': {'network_id': NET, 'ip_version': 4, 'cidr': '10.0.0.0/24', 'allocation_pools': [{'start': '10.0.0.9'}]}} | Invalid input for allocation_pools. Reason: 'end' is required.
            /subnets | {'subnet': {'network_id': NET, 'ip_version': 4, 'cidr': '10.0.0.0/24', 'host_routes': [{'destination': '10.0.0.5/24', 'nexthop': '10.0.0.9'}]}} | Invalid input for host_routes. Reason: '10.0.0.5/24' is not a valid CIDR, '10.0.0.0/24' is recommended.
            /subnets | {'subnet': {'network_id': NET, 'ip_version': 4, 'cidr': '10.0.0.0/24', 'dns_nameservers': ['10.0.0.1', '10.0.0.1']}} | Invalid input for dns_nameservers. Reason: Duplicate items in the list: '10.0.0.1'.
            /subnets | {'subnet': {'network_id': NET, 'ip_version': 6, 'cidr': '2001:db8::/64', 'ipv6_ra_mode': 'often'}} | Invalid input for ipv6_ra_mode. Reason: 'often' is not in ['dhcpv6-stateful', 'dhcpv6-stateless', 'slaac'].
            /networks | {'network': {'dns_domain': 'under_score.'}} | Invalid input for dns_domain. Reason: 'under_score.' not a valid PQDN or FQDN. Reason: Name 'under_score' must be 1-63 characters long, each of which can only be alphanumeric or a hyphen.
            /networks | {'network': {'dns_domain': 7}} | Invalid input for dns_domain. Reason: '7' is not a valid string.
            /ports | {'port': {'network_id': NET, 'dns_name': 'a..b'}} | Invalid input for dns_name. Reason: 'a..b' not a valid PQDN or FQDN. Reason: Encountered an empty component.
            /ports | {'port': {'network_id': NET, 'dns_assignment': []}} | Attribute 'dns_assignment' not allowed in POST
            /ports | {'port': {}} | Failed to parse request. Required attribute 'network_id' not specified
            /ports | {'port': {'network_id': NET, 'mac_address': 'a'}} | Invalid input for mac_address. Reason: 'a' is not a valid MAC address.
            /ports | {'port': {'network_id': NET, 'fixed_ips': {'a': 1}}} | Invalid input for fixed_ips. Reason: '{…}' is not a list.
            /ports | {'port': {'network_id': NET, 'fixed_ips': [{}]}} | Invalid input for fixed_ips. Reason: IP allocation requires subnet_id or ip_address.
            /ports | {'port': {'network_id': NET, 'fixed_ips': [{'ip_address': '300.0.0.1'}]}} | Invalid input for fixed_ips. Reason: '300.0.0.1' is not a valid IP address.
            /ports | {'port': {'network_id': NET, 'fixed_ips': [{'address': '10.0.0.1'}]}} | Invalid input for fixed_ips. Reason: Unexpected keys supplied: address.
            /ports | {'port': {'network_id': NET, 'allowed_address_pairs': [{'mac_address': '02:00:00:00:00:01'}]}} | Invalid input for allowed_address_pairs. Reason: 'ip_address' is required.
            /ports | {'port': {'network_id': NET, 'extra_dhcp_opts': [{'opt_name': 'x', 'opt_value': 'y', 'ip_version': 5}]}} | Invalid input for extra_dhcp_opts. Reason: '5' is not in [4, 6].
            /ports | {'port': {'network_id': NET, 'security_groups': ['a']}} | Invalid input for security_groups. Reason: 'a' is not a valid UUID.
            /routers | {'router': {'external_gateway_info': {'network_id': NET}}} | Invalid input for external_gateway_info. Reason: the value is refused: external networks are not available.
            /routers | {'router': {'routes': []}} | Attribute 'routes' not allowed in POST
            """)
    void aBodyThatBreaksARuleIsRefusedWithTheFieldAndTheRule(String path, String body, String message) {
        String network = network(admin);
        Client.Answer answer = admin.post("/v2.0" + path, body.replace("NET", "'" + network + "'"));
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.at("/NeutronError/message").asString()).contains(message);
        assertThat(answer.at("/NeutronError/detail").asString()).isEmpty();
    }

    @Test
    void theDomainsProblemsHaveNeutronsNamesAndStatus() {
        String network = network(alice);
        String subnet = subnet(alice, network, "10.0.0.0/24");
        String port = port(alice, network, ", 'fixed_ips': [{'ip_address': '10.0.0.9'}]");
        String missing = "00000000-0000-0000-0000-000000000000";
        assertThat(alice.get("/v2.0/networks/" + missing).expect(404).text())
                .isEqualTo("{\"NeutronError\":{\"type\":\"NetworkNotFound\",\"message\":\"Network " + missing
                        + " could not be found.\",\"detail\":\"\"}}");
        assertThat(alice.get("/v2.0/networks/some-name").expect(404).error())
                .isEqualTo("NetworkNotFound: Network some-name could not be found.");
        assertThat(alice.get("/v2.0/routers/" + missing).expect(404).error())
                .isEqualTo("RouterNotFound: Router " + missing + " could not be found");
        assertThat(alice.delete("/v2.0/networks/" + network).expect(409).error())
                .startsWith("NetworkInUse: Unable to complete operation on network " + network);
        assertThat(alice.delete("/v2.0/subnets/" + subnet).expect(409).error()).startsWith("SubnetInUse: ");
        assertThat(alice.post(
                                "/v2.0/ports",
                                "{'port': {'network_id': '" + network
                                        + "', 'fixed_ips': [{'ip_address': '10.0.0.9'}]}}")
                        .expect(409)
                        .error())
                .isEqualTo("IpAddressAlreadyAllocated: IP address 10.0.0.9 already allocated in subnet " + subnet);
        assertThat(alice.delete("/v2.0/ports/" + port).expect(204).text()).isEmpty();
        assertThat(alice.delete("/v2.0/ports/" + port).expect(404).error())
                .isEqualTo("PortNotFound: Port " + port + " could not be found.");
        assertThat(alice.delete("/v2.0/networks/" + network).status()).isEqualTo(204);
        assertThat(alice.get("/v2.0/subnets/" + subnet).status()).isEqualTo(404);
    }

    @Test
    void tenantsSeeTheirOwnAndWhatIsShared() {
        String own = network(alice);
        String shared = admin.post("/v2.0/networks", "{'network': {'name': 'all', 'shared': true}}")
                .expect(201)
                .id();
        subnet(admin, shared, "10.1.0.0/24");
        String guest = port(bob, shared, "");
        assertThat(bob.get("/v2.0/networks").at("/networks").findValuesAsString("id"))
                .containsExactly(shared);
        assertThat(bob.get("/v2.0/networks/" + own).status()).isEqualTo(404);
        assertThat(bob.put("/v2.0/networks/" + own, "{'network': {'name': 'mine'}}")
                        .error())
                .startsWith("NetworkNotFound");
        assertThat(bob.put("/v2.0/networks/" + shared, "{'network': {'name': 'mine'}}")
                        .status())
                .isEqualTo(403);
        assertThat(bob.put("/v2.0/networks/" + shared + "/tags/mine", "").status())
                .isEqualTo(403);
        assertThat(alice.get("/v2.0/ports/" + guest).status()).isEqualTo(404);
        assertThat(alice.get("/v2.0/ports").at("/ports").size()).isZero();
        assertThat(admin.get("/v2.0/ports?network_id=" + shared).at("/ports").size())
                .isEqualTo(1);
        assertThat(alice.post("/v2.0/networks", "{'network': {'shared': true}}").error())
                .isEqualTo("PolicyNotAuthorized: (rule:create_network and rule:create_network:shared) is disallowed"
                        + " by policy");
        assertThat(bob.get("/v2.0/agents").at("/agents").size()).isZero();
    }

    @Test
    void portsAreFoundByEveryFilterThatHasAnIndexAndByOthers() {
        String network = network(alice);
        String subnet = subnet(alice, network, "10.0.0.0/24");
        String wanted = port(
                alice,
                network,
                ", 'name': 'web', 'device_id': 'vm1', 'device_owner': 'compute:a', 'fixed_ips': [{'ip_address':"
                        + " '10.0.0.7'}]");
        String other =
                port(alice, network, ", 'name': 'db', 'device_id': 'vm2', 'fixed_ips': [{'ip_address': '10.0.0.9'}]");
        String mac = alice.get("/v2.0/ports/" + wanted).at("/port/mac_address").asString();
        for (String filter : List.of(
                "id=" + wanted,
                "name=web",
                "device_id=vm1",
                "device_id=vm1&device_id=vm3",
                "device_owner=compute:a&network_id=" + network,
                "mac_address=" + mac,
                "fixed_ips=ip_address%3D10.0.0.7",
                "fixed_ips=ip_address%3D10.0.0.7&fixed_ips=subnet_id%3D" + subnet,
                "fixed_ips=ip_address_substr%3D0.0.7",
                "name=web&status=DOWN&admin_state_up=True&project_id=alpha",
                "tenant_id=alpha&sort_key=name&sort_dir=desc&limit=1")) {
            assertThat(alice.get("/v2.0/ports?" + filter)
                            .expect(200)
                            .at("/ports")
                            .findValuesAsString("id"))
                    .as(filter)
                    .containsExactly(wanted);
        }
        assertThat(alice.get("/v2.0/ports?id=" + wanted + "&id=" + other)
                        .at("/ports")
                        .size())
                .isEqualTo(2);
        assertThat(alice.get("/v2.0/ports?device_owner=").at("/ports").findValuesAsString("id"))
                .containsExactly(other);
        assertThat(alice.get("/v2.0/ports?colour=red").error())
                .isEqualTo("HTTPBadRequest: ['colour'] is invalid attribute for filtering");
        assertThat(alice.get("/v2.0/ports?changed_since=2026-01-01T00:00:01Z")
                        .at("/ports")
                        .size())
                .isZero();
        assertThat(alice.get("/v2.0/ports?fields=id&fields=name&name=web").text())
                .isEqualTo("{\"ports\":[{\"id\":\"" + wanted + "\",\"name\":\"web\"}]}");
    }

    @Test
    void aNameFindsOnesOwnHoweverManyOthersHaveIt() {
        String network = alice.post("/v2.0/networks", "{'network': {'name': 'one'}}")
                .expect(201)
                .at("/network/id")
                .asString();
        String mine = port(alice, network, ", 'name': 'one'");
        String theirs = network(bob);
        for (int others = 0; others < 3; others++) {
            assertThat(alice.get("/v2.0/ports?name=one").at("/ports").findValuesAsString("id"))
                    .containsExactly(mine);
            assertThat(alice.get("/v2.0/networks?name=one").at("/networks").findValuesAsString("id"))
                    .containsExactly(network);
            assertThat(admin.get("/v2.0/ports?name=one&name=none").at("/ports").size())
                    .isEqualTo(1 + others);
            port(bob, theirs, ", 'name': 'one'");
        }
        assertThat(alice.get("/v2.0/routers?name=one").at("/routers").size()).isZero();
        assertThat(alice.get("/v2.0/subnets?name=one").at("/subnets").size()).isZero();
        alice.put("/v2.0/ports/" + mine, "{'port': {'name': ''}}").expect(200);
        assertThat(alice.get("/v2.0/ports?name=one").at("/ports").size()).isZero();
        assertThat(alice.get("/v2.0/ports?name=").at("/ports").findValuesAsString("id"))
                .containsExactly(mine);
    }

    @Test
    void aBulkOfPortsIsMadeWholeOrNotAtAll() {
        String network = network(alice);
        subnet(alice, network, "10.0.0.0/29");
        String one = "{'network_id': '" + network + "'}";
        assertThat(alice.post("/v2.0/ports", "{'ports': [" + one + "," + one + "," + one + "]}")
                        .expect(201)
                        .at("/ports")
                        .findValuesAsString("id"))
                .doesNotHaveDuplicates()
                .hasSize(3);
        assertThat(alice.post("/v2.0/ports", "{'ports': [" + one + "," + one + "," + one + "]}")
                        .expect(409)
                        .error())
                .startsWith("IpAddressGenerationFailure");
        assertThat(alice.get("/v2.0/ports").at("/ports").size()).isEqualTo(3);
    }

    @Test
    void aRevisionNumberGuardsChangesAndRemovals() {
        String id = network(alice);
        String path = "/v2.0/networks/" + id;
        long revision = alice.get(path).at("/network/revision_number").asLong();
        assertThat(alice.send("PUT", path, "{'network': {'name': 'a'}}", "If-Match", "revision_number=" + revision)
                        .expect(200)
                        .at("/network/revision_number")
                        .asLong())
                .isEqualTo(revision + 1);
        for (String method : List.of("PUT", "DELETE")) {
            assertThat(alice.send(
                                    method,
                                    path,
                                    method.equals("PUT") ? "{'network': {'name': 'b'}}" : "",
                                    "If-Match",
                                    "revision_number=" + revision)
                            .expect(412)
                            .error())
                    .isEqualTo("RevisionNumberConstraintFailed: Constrained to " + revision
                            + ", but current revision is " + (revision + 1));
        }
    }

    @Test
    void aRouterTakesInterfacesAndRoutesAndGivesThemBack() {
        String network = network(alice);
        String subnet = subnet(alice, network, "10.0.0.0/24");
        String router = alice.post("/v2.0/routers", "{'router': {'name': 'r'}}")
                .expect(201)
                .id();
        String path = "/v2.0/routers/" + router;
        JsonNode added = alice.put(path + "/add_router_interface", "{'subnet_id': '" + subnet + "'}")
                .expect(200)
                .json();
        String port = added.path("port_id").asString();
        assertThat(added.toString())
                .isEqualTo("{\"id\":\"" + router + "\",\"tenant_id\":\"alpha\",\"project_id\":\"alpha\",\"port_id\":\""
                        + port + "\",\"network_id\":\"" + network + "\",\"subnet_id\":\"" + subnet
                        + "\",\"subnet_ids\":[\"" + subnet + "\"]}");
        JsonNode shown = alice.get("/v2.0/ports?device_id=" + router).at("/ports/0");
        assertThat(shown.path("device_owner").asString()).isEqualTo("network:router_interface");
        assertThat(shown.at("/fixed_ips/0/ip_address").asString()).isEqualTo("10.0.0.1");

        String routes = "{'router': {'routes': [{'destination': '192.168.0.0/16', 'nexthop': '10.0.0.9'}]}}";
        assertThat(alice.put(path + "/add_extraroutes", routes)
                        .expect(200)
                        .at("/router/routes/0/nexthop")
                        .asString())
                .isEqualTo("10.0.0.9");
        assertThat(alice.put(path + "/remove_router_interface", "{'port_id': '" + port + "'}")
                        .expect(409)
                        .error())
                .startsWith("RouterInterfaceInUseByRoute");
        assertThat(alice.delete(path).expect(409).error()).startsWith("RouterInUse");
        assertThat(alice.put(path + "/remove_extraroutes", routes)
                        .expect(200)
                        .at("/router/routes")
                        .size())
                .isZero();
        assertThat(alice.put(path + "/add_router_interface", "{}").expect(400).error())
                .isEqualTo("BadRequest: Bad router request: Either subnet_id or port_id must be specified.");
        assertThat(bob.put(path + "/add_router_interface", "{'subnet_id': '" + subnet + "'}")
                        .status())
                .isEqualTo(404);
        assertThat(alice.put(path + "/remove_router_interface", "{'subnet_id': '" + subnet + "'}")
                        .status())
                .isEqualTo(200);
        assertThat(alice.delete(path).status()).isEqualTo(204);
    }

    @Test
    void dhcpOptionsAreMergedByName() {
        String network = network(alice);
        String port = port(
                alice,
                network,
                ", 'extra_dhcp_opts': [{'opt_name': 'a', 'opt_value': '1'}, {'opt_name': 'b', 'opt_value': '2'}]");
        JsonNode options = alice.put(
                        "/v2.0/ports/" + port,
                        "{'port': {'extra_dhcp_opts': [{'opt_name': 'a', 'opt_value': null}, {'opt_name': 'b',"
                                + " 'opt_value': '3'}]}}")
                .expect(200)
                .at("/port/extra_dhcp_opts");
        assertThat(options.toString()).isEqualTo("[{\"opt_name\":\"b\",\"opt_value\":\"3\",\"ip_version\":4}]");
    }

    @Test
    void quotasLimitAndAreShown() {
        Client mary = cloud.as("manager-token");
        alice.get("/v2.0/quotas/alpha").expect(403);
        assertThat(mary.get("/v2.0/quotas/alpha").at("/quota/network").asInt()).isEqualTo(100);
        assertThat(alice.put("/v2.0/quotas/alpha", "{'quota': {'network': 1}}").status())
                .isEqualTo(403);
        assertThat(admin.put("/v2.0/quotas/alpha", "{'quota': {'network': 1, 'port': -1}}")
                        .expect(200)
                        .at("/quota/network")
                        .asInt())
                .isEqualTo(1);
        network(alice);
        assertThat(alice.post("/v2.0/networks", "{'network': {}}").expect(409).error())
                .isEqualTo("OverQuota: Quota exceeded for resources: ['network'].");
        assertThat(mary.get("/v2.0/quotas/alpha/details").at("/quota/network").toString())
                .isEqualTo("{\"limit\":1,\"used\":1,\"reserved\":0}");
        assertThat(mary.get("/v2.0/quotas/alpha/default").at("/quota/network").asInt())
                .isEqualTo(100);
        assertThat(admin.get("/v2.0/quotas").at("/quotas").findValuesAsString("project_id"))
                .containsExactly("alpha");
        assertThat(bob.get("/v2.0/quotas/alpha").status()).isEqualTo(403);
        assertThat(admin.put("/v2.0/quotas/alpha", "{'quota': {'network': -2}}").status())
                .isEqualTo(400);
        assertThat(admin.delete("/v2.0/quotas/alpha").status()).isEqualTo(204);
        assertThat(mary.get("/v2.0/quotas/alpha").at("/quota/network").asInt()).isEqualTo(100);
    }

    @Test
    void nodesAreListedAsAgents() {
        cloud.domain().nodes().register("h1", List.of());
        JsonNode agent = admin.get("/v2.0/agents?host=h1").at("/agents/0");
        assertThat(agent.path("alive").asBoolean()).isFalse();
        assertThat(agent.path("created_at").asString()).isEqualTo("2026-01-01 00:00:00");
        assertThat(agent.path("configurations").path("ports").asInt()).isZero();
        assertThat(admin.delete("/v2.0/agents/" + network(alice)).expect(404).error())
                .startsWith("AgentNotFound");
        assertThat(admin.get("/v2.0/agents/" + agent.path("id").asString())
                        .at("/agent/host")
                        .asString())
                .isEqualTo("h1");
    }

    @Test
    void anAgentTakesADescriptionAndRefusesToBeKeptFromWorkThatNobodySchedules() {
        String agent = "/v2.0/agents/"
                + cloud.domain().nodes().register("h1", List.of()).id();
        assertThat(admin.put(agent, "{'agent': {'description': 'rack 4', 'admin_state_up': true}}")
                        .expect(200)
                        .at("/agent/description")
                        .asString())
                .isEqualTo("rack 4");
        cloud.domain().nodes().register("h1", List.of(IpAddress.parse("192.0.2.7")));
        assertThat(admin.get(agent).at("/agent/description").asString())
                .describedAs("it outlives another registration")
                .isEqualTo("rack 4");
        assertThat(admin.put(agent, "{'agent': {'admin_state_up': false}}")
                        .expect(400)
                        .error())
                .contains("Invalid input for admin_state_up");
        assertThat(admin.put(agent, "{'agent': {'host': 'h2'}}").status()).isEqualTo(400);
        assertThat(alice.put(agent, "{'agent': {'description': 'mine'}}").status())
                .isEqualTo(404);
        assertThat(admin.put("/v2.0/agents/" + network(alice), "{'agent': {'description': 'x'}}")
                        .expect(404)
                        .error())
                .startsWith("AgentNotFound");
    }

    @Test
    void aPortOfAHostThatNobodyKnowsFailsToBindAndStaysDown() {
        String port = "/v2.0/ports/" + port(admin, network(admin), ", 'binding:host_id': 'nowhere'");
        assertThat(admin.get(port).at("/port/binding:vif_type").asString()).isEqualTo("binding_failed");
        assertThat(admin.get(port).at("/port/status").asString()).isEqualTo("DOWN");
        assertThat(admin.get(port).at("/port/binding:vif_details").size()).isZero();
        cloud.domain().nodes().register("nowhere", List.of());
        assertThat(admin.get(port).at("/port/binding:vif_type").asString())
                .describedAs("the node has come")
                .isEqualTo("tap");
    }

    @Test
    void aMacThatIsTakenIsWhatTheAnswerNamesThoughItsAutomaticAddressIsTakenToo() {
        String network = network(alice);
        alice.post(
                        "/v2.0/subnets",
                        "{'subnet': {'network_id': '" + network + "', 'ip_version': 6, 'cidr': '2001:db8::/64',"
                                + " 'ipv6_ra_mode': 'slaac', 'ipv6_address_mode': 'slaac'}}")
                .expect(201);
        port(alice, network, ", 'mac_address': '02:00:00:00:00:01'");
        String second = "{'port': {'network_id': '" + network + "', 'mac_address': '02:00:00:00:00:01'}}";
        assertThat(alice.post("/v2.0/ports", second).expect(409).error()).startsWith("MacAddressInUse");
    }

    @Test
    void aNodeIsForgottenOnceNoPortIsBoundToIt() {
        String agent = cloud.domain().nodes().register("h1", List.of()).id().toString();
        String port = port(admin, network(admin), ", 'binding:host_id': 'h1'");
        assertThat(admin.delete("/v2.0/agents/" + agent).expect(409).error()).startsWith("AgentInUse");
        admin.put("/v2.0/ports/" + port, "{'port': {'binding:host_id': ''}}").expect(200);
        assertThat(admin.delete("/v2.0/agents/" + agent).status()).isEqualTo(204);
    }

    @Test
    void addressesLeftAreCounted() {
        String network = network(alice);
        subnet(alice, network, "10.0.0.0/24");
        subnet(alice, network, "2001:db8::/64");
        port(alice, network, "");
        JsonNode shown = admin.get("/v2.0/network-ip-availabilities/" + network)
                .expect(200)
                .at("/network_ip_availability");
        assertThat(shown.path("total_ips").asString()).isEqualTo("18446744073709551867");
        assertThat(shown.path("used_ips").asInt()).isEqualTo(2);
        assertThat(shown.path("subnet_ip_availability").size()).isEqualTo(2);
        assertThat(admin.get("/v2.0/network-ip-availabilities?ip_version=6")
                        .at("/network_ip_availabilities")
                        .size())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"router:external", "is_default", "ha", "distributed", "data_plane_status"})
    void whatIsNotAnnouncedIsNotShown(String attribute) {
        String network = network(admin);
        String router = admin.post("/v2.0/routers", "{'router': {}}").id();
        assertThat(admin.get("/v2.0/networks/" + network).text()
                        + admin.get("/v2.0/routers/" + router).text()
                        + admin.get("/v2.0/ports/" + port(admin, network, "")).text())
                .doesNotContain("\"" + attribute + "\"");
    }

    @Test
    void everyAnnouncedExtensionIsShown() {
        JsonNode extensions = alice.get("/v2.0/extensions").at("/extensions");
        assertThat(extensions.size()).isGreaterThan(20);
        for (JsonNode extension : extensions) {
            String alias = extension.path("alias").asString();
            assertThat(alice.get("/v2.0/extensions/" + alias).at("/extension")).isEqualTo(extension);
        }
        assertThat(alice.get("/v2.0/extensions/metering").expect(404).error())
                .isEqualTo("HTTPNotFound: Extension with alias metering does not exist");
    }

    @Test
    void agentsAreHiddenFromTenants() {
        assertThat(alice.get("/v2.0/agents").expect(200).at("/agents").size()).isZero();
        alice.get("/v2.0/agents/" + UUID.randomUUID()).expect(404);
        alice.delete("/v2.0/agents/" + UUID.randomUUID()).expect(404);
    }

    @Test
    void subnetsAreListedByWhetherTheirNetworkIsSharedAndCountAsItsChanges() {
        String shared = admin.post("/v2.0/networks", "{'network': {'shared': true}}")
                .expect(201)
                .id();
        String own = alice.post("/v2.0/networks", "{'network': {}}").expect(201).id();
        String body = "{'subnet': {'network_id': '%s', 'ip_version': 4, 'cidr': '10.0.0.0/24'}}";
        String sharedSubnet =
                admin.post("/v2.0/subnets", body.formatted(shared)).expect(201).id();
        String ownSubnet =
                alice.post("/v2.0/subnets", body.formatted(own)).expect(201).id();
        assertThat(alice.get("/v2.0/subnets?shared=True&fields=id").expect(200).text())
                .contains(sharedSubnet)
                .doesNotContain(ownSubnet);
        assertThat(alice.get("/v2.0/subnets?shared=False&fields=id").expect(200).text())
                .contains(ownSubnet)
                .doesNotContain(sharedSubnet);
        String pairs = "'allowed_address_pairs': [{'ip_address': '10.0.0.9'}]";
        bob.post("/v2.0/ports", "{'port': {'network_id': '" + shared + "', " + pairs + "}}")
                .expect(403);
        String bobs = bob.post("/v2.0/ports", "{'port': {'network_id': '" + shared + "'}}")
                .expect(201)
                .id();
        bob.put("/v2.0/ports/" + bobs, "{'port': {" + pairs + "}}").expect(403);
        admin.put("/v2.0/ports/" + bobs, "{'port': {" + pairs + "}}").expect(200);

        String path = "/v2.0/networks/" + own;
        assertThat(alice.get(path).at("/network/revision_number").asInt()).isEqualTo(2);
        alice.put("/v2.0/subnets/" + ownSubnet, "{'subnet': {'name': 's'}}").expect(200);
        assertThat(alice.get(path).at("/network/revision_number").asInt()).isEqualTo(3);
        alice.delete("/v2.0/subnets/" + ownSubnet).expect(204);
        assertThat(alice.get(path).at("/network/revision_number").asInt()).isEqualTo(4);
    }

    @Test
    void aMacThatIsSetToNullIsMadeAnew() {
        String network = network(alice);
        JsonNode port = alice.post("/v2.0/ports", "{'port': {'network_id': '" + network + "', 'mac_address': null}}")
                .expect(201)
                .at("/port");
        String path = "/v2.0/ports/" + port.path("id").asString();
        alice.put(path, "{'port': {'mac_address': null}}").expect(403);
        JsonNode again = cloud.as("manager-token")
                .put(path, "{'port': {'mac_address': null}}")
                .expect(200)
                .at("/port");
        assertThat(again.path("mac_address").asString())
                .matches("fa:16:3e(:[0-9a-f]{2}){3}")
                .isNotEqualTo(port.path("mac_address").asString());
    }

    @Test
    void aLimitBelowWhatIsUsedIsRefusedWhereThatIsAskedFor() {
        network(alice);
        network(alice);
        String quota = "/v2.0/quotas/alpha";
        assertThat(admin.put(quota, "{'quota': {'network': 1, 'check_limit': true}}")
                        .expect(400)
                        .error())
                .contains("Quota limit 1 for network must be greater than or equal to already used 2");
        admin.put(quota, "{'quota': {'network': 2, 'subnet': -1, 'check_limit': true}}")
                .expect(200);
        for (String more : List.of("'check_limit': false", "'force': true", "'check_limit': true, 'force': true")) {
            admin.put(quota, "{'quota': {'network': 1, " + more + "}}").expect(200);
        }
        admin.put(quota, "{'quota': {'network': 1}}").expect(200);
        assertThat(admin.get(quota).expect(200).at("/quota").has("check_limit")).isFalse();
    }

    @Test
    void networksSayThatTheyAreOneBroadcastDomainAndWhatServesRoutersIsListed() {
        String network = network(alice);
        assertThat(alice.get("/v2.0/networks/" + network)
                        .at("/network/l2_adjacency")
                        .asBoolean())
                .isTrue();
        alice.put("/v2.0/networks/" + network, "{'network': {'l2_adjacency': false}}")
                .expect(400);
        assertThat(alice.get("/v2.0/service-providers")
                        .expect(200)
                        .at("/service_providers/0/service_type")
                        .asString())
                .isEqualTo("L3_ROUTER_NAT");
    }
}
