package io.weft.neutron;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Address scopes, and the RBAC policies of them and of subnet pools, over a real socket. */
class AddressScopesApiTest {
    private static final String SCOPES = "/v2.0/address-scopes";

    private final Cloud cloud;
    private final Client admin;
    private final Client alice;
    private final Client bob;

    AddressScopesApiTest(@TempDir Path directory) {
        cloud = Cloud.withExternalNetworks(directory.resolve("store"));
        admin = cloud.as("admin-token");
        alice = cloud.as("alice-token");
        bob = cloud.as("bob-token");
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    private static Client.Answer scope(Client client, String more) {
        return client.post(SCOPES, "{'address_scope': {'name': 's', 'ip_version': 4" + more + "}}");
    }

    private static Client.Answer pool(Client client, String scope) {
        return client.post(
                "/v2.0/subnetpools",
                "{'subnetpool': {'name': 'p', 'prefixes': ['10.0.0.0/16'], 'default_prefixlen': 24,"
                        + " 'address_scope_id': '" + scope + "'}}");
    }

    @Test
    void aScopeShowsWhatNeutronsDoes() {
        String id = scope(alice, "").expect(201).id();
        assertThat(alice.get(SCOPES + "/" + id).expect(200).text())
                .isEqualTo(("{'address_scope':{'id':'" + id + "','name':'s','project_id':'alpha','tenant_id':'alpha',"
                                + "'ip_version':4,'shared':false}}")
                        .replace('\'', '"'));
        bob.get(SCOPES + "/" + id).expect(404);
        bob.delete(SCOPES + "/" + id).expect(404);
        assertThat(bob.get(SCOPES).expect(200).at("/address_scopes").size()).isZero();
        alice.put(SCOPES + "/" + id, "{'address_scope': {'name': 't'}}").expect(200);
        alice.put(SCOPES + "/" + id, "{'address_scope': {'shared': true}}").expect(403);
        alice.put(SCOPES + "/" + id, "{'address_scope': {'ip_version': 6}}").expect(400);
        scope(alice, ", 'shared': true").expect(403);
        assertThat(alice.post(SCOPES, "{'address_scope': {'name': 's'}}")
                        .expect(400)
                        .error())
                .contains("ip_version");
        alice.post(SCOPES, "{'address_scope': {'ip_version': 5}}").expect(400);
        alice.delete(SCOPES + "/" + id).expect(204);
    }

    @Test
    void networksShowTheScopeOfTheirSubnets() {
        String scope = scope(alice, "").expect(201).id();
        String pool = pool(alice, scope).expect(201).id();
        String network =
                alice.post("/v2.0/networks", "{'network': {}}").expect(201).id();
        alice.post(
                        "/v2.0/subnets",
                        "{'subnet': {'network_id': '" + network + "', 'ip_version': 4, 'subnetpool_id': '" + pool
                                + "'}}")
                .expect(201);
        assertThat(alice.get("/v2.0/networks/" + network)
                        .at("/network/ipv4_address_scope")
                        .asString())
                .isEqualTo(scope);
        assertThat(alice.get("/v2.0/networks/" + network)
                        .at("/network/ipv6_address_scope")
                        .isNull())
                .isTrue();
        assertThat(alice.get("/v2.0/networks?ipv4_address_scope=" + scope)
                        .at("/networks")
                        .size())
                .isEqualTo(1);
        alice.delete(SCOPES + "/" + scope).expect(409);
    }

    @Test
    void policiesLetOthersUseScopesAndPools() {
        String scope = scope(alice, "").expect(201).id();
        pool(bob, scope).expect(404);
        String policy = policy("address_scope", scope).expect(201).id();
        assertThat(bob.get(SCOPES + "/" + scope).at("/address_scope/shared").asBoolean())
                .isTrue();
        String pool = pool(bob, scope).expect(201).id();
        alice.delete("/v2.0/rbac-policies/" + policy).expect(409);
        bob.delete("/v2.0/subnetpools/" + pool).expect(204);
        String own = pool(alice, scope).expect(201).id();
        bob.get("/v2.0/subnetpools/" + own).expect(404);
        policy("subnetpool", own).expect(201);
        bob.get("/v2.0/subnetpools/" + own).expect(200);
        assertThat(bob.get("/v2.0/subnetpools").at("/subnetpools").size()).isEqualTo(1);
        assertThat(policy("subnet_pool", own).expect(400).error()).contains("is not a valid RBAC object type");
        assertThat(admin.get("/v2.0/rbac-policies?object_type=subnetpool")
                        .at("/rbac_policies")
                        .size())
                .isEqualTo(1);
    }

    private Client.Answer policy(String type, String object) {
        return alice.post(
                "/v2.0/rbac-policies",
                "{'rbac_policy': {'object_type': '" + type + "', 'object_id': '" + object
                        + "', 'action': 'access_as_shared', 'target_tenant': 'beta'}}");
    }
}
