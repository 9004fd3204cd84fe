package io.weft.neutron;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class TrunksApiTest {
    private static final String TRUNKS = "/v2.0/trunks";

    private final Cloud cloud;
    private final Client admin;
    private final Client alice;
    private final Client bob;
    private String network = "";

    TrunksApiTest(@TempDir Path directory) {
        cloud = Cloud.withTokens(directory.resolve("store"));
        admin = cloud.as("admin-token");
        alice = cloud.as("alice-token");
        bob = cloud.as("bob-token");
    }

    @BeforeEach
    void makeNetwork() {
        network = alice.post("/v2.0/networks", "{'network': {}}").expect(201).id();
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    private String port() {
        return alice.post("/v2.0/ports", "{'port': {'network_id': '" + network + "'}}")
                .expect(201)
                .id();
    }

    private static Client.Answer trunk(Client client, String port, String more) {
        return client.post(TRUNKS, "{'trunk': {'port_id': '" + port + "'" + more + "}}");
    }

    private static String subport(String port, Object vlan) {
        return "{'port_id': '" + port + "', 'segmentation_type': 'vlan', 'segmentation_id': " + vlan + "}";
    }

    private static Client.Answer change(Client client, String action, String id, String subports) {
        return client.put(TRUNKS + "/" + id + "/" + action, "{'sub_ports': " + subports + "}");
    }

    @Test
    void aTrunkShowsWhatNeutronsDoes() {
        String parent = port();
        String child = port();
        String id = trunk(alice, parent, ", 'name': 't', 'sub_ports': [" + subport(child, "'7'") + "]")
                .expect(201)
                .id();
        String subports = "[{'segmentation_id':7,'segmentation_type':'vlan','port_id':'" + child + "'}]";
        String whole = ("{'id':'" + id + "','name':'t','project_id':'alpha','tenant_id':'alpha','description':'',"
                        + "'admin_state_up':true,'port_id':'" + parent + "','status':'DOWN','sub_ports':" + subports
                        + ",'tags':[],'revision_number':1,"
                        + "'created_at':'2026-01-01T00:00:00Z','updated_at':'2026-01-01T00:00:00Z'}")
                .replace('\'', '"');
        assertThat(alice.get(TRUNKS + "/" + id).expect(200).text()).isEqualTo("{\"trunk\":" + whole + "}");
        assertThat(alice.get(TRUNKS + "?name=t&port_id=" + parent).expect(200).text())
                .isEqualTo("{\"trunks\":[" + whole + "]}");
        assertThat(alice.get(TRUNKS + "/" + id + "/get_subports").expect(200).text())
                .isEqualTo(("{'sub_ports':" + subports + "}").replace('\'', '"'));
        JsonNode details = alice.get("/v2.0/ports/" + parent).at("/port/trunk_details");
        assertThat(details.path("trunk_id").asString()).isEqualTo(id);
        assertThat(details.at("/sub_ports/0/mac_address"))
                .isEqualTo(alice.get("/v2.0/ports/" + child).at("/port/mac_address"));
        assertThat(alice.get("/v2.0/ports/" + child).at("/port/trunk_details").isNull())
                .isTrue();
        assertThat(alice.get("/v2.0/ports/" + child).at("/port/device_owner").asString())
                .isEqualTo("trunk:subport");
        alice.put(TRUNKS + "/" + id + "/tags/red", "").expect(201);
        assertThat(alice.get(TRUNKS + "?tags=red&fields=name").expect(200).text())
                .isEqualTo("{\"trunks\":[{\"name\":\"t\"}]}");
        assertThat(admin.get("/v2.0/quotas/alpha/details").at("/quota/trunk").toString())
                .isEqualTo("{\"limit\":-1,\"used\":1,\"reserved\":0}");
        alice.delete(TRUNKS + "/" + id).expect(204);
        alice.get(TRUNKS + "/" + id).expect(404);
    }

    @Test
    void subportsComeAndGoAndTheAnswerIsTheBareTrunk() {
        String id = trunk(alice, port(), "").expect(201).id();
        String one = port();
        String two = port();
        JsonNode added = change(alice, "add_subports", id, "[" + subport(one, 3) + "," + subport(two, 2) + "]")
                .expect(200)
                .at("");
        assertThat(added.path("id").asString()).isEqualTo(id);
        assertThat(added.at("/sub_ports/0/port_id").asString()).isEqualTo(two);
        assertThat(added.path("sub_ports").size()).isEqualTo(2);
        JsonNode removed = change(alice, "remove_subports", id, "[{'port_id': '" + two + "'}]")
                .expect(200)
                .at("/sub_ports");
        assertThat(removed.size()).isEqualTo(1);
        assertThat(removed.at("/0/port_id").asString()).isEqualTo(one);
    }

    @Test
    void whatNeutronRefusesIsRefusedWithItsNamesAndStatus() {
        String parent = port();
        String child = port();
        String other = port();
        String id = trunk(alice, parent, ", 'sub_ports': [" + subport(child, 7) + "]")
                .expect(201)
                .id();
        assertThat(trunk(alice, parent, "").expect(409).error()).startsWith("ParentPortInUse");
        assertThat(trunk(alice, child, "").expect(409).error()).startsWith("TrunkPortInUse");
        assertThat(trunk(alice, UUID.randomUUID().toString(), "").expect(404).error())
                .startsWith("PortNotFound");
        assertThat(change(alice, "add_subports", id, "[" + subport(other, 7) + "]")
                        .expect(409)
                        .error())
                .isEqualTo("DuplicateSubPort: segmentation_type vlan and segmentation_id 7 already in use on trunk "
                        + id + ".");
        assertThat(change(alice, "add_subports", id, "[" + subport(parent, 8) + "]")
                        .expect(409)
                        .error())
                .startsWith("ParentPortInUse");
        assertThat(change(alice, "remove_subports", id, "[{'port_id': '" + other + "'}]")
                        .expect(404)
                        .error())
                .startsWith("SubPortNotFound");
        assertThat(alice.delete("/v2.0/ports/" + parent).expect(409).error()).startsWith("PortInUseAsTrunkParent");
        assertThat(alice.delete("/v2.0/ports/" + child).expect(409).error()).startsWith("PortInUseAsSubPort");
        alice.put(TRUNKS + "/" + id, "{'trunk': {'admin_state_up': false}}").expect(200);
        assertThat(change(alice, "add_subports", id, "[" + subport(other, 8) + "]")
                        .expect(409)
                        .error())
                .startsWith("TrunkDisabled");
        assertThat(alice.delete(TRUNKS + "/" + id).expect(409).error()).startsWith("TrunkDisabled");
        alice.put(TRUNKS + "/" + id, "{'trunk': {'port_id': '" + other + "'}}").expect(400);
        alice.put(TRUNKS + "/" + id, "{'trunk': {'sub_ports': []}}").expect(400);
    }

    @Test
    void malformedSubportsAreNamed() {
        String id = trunk(alice, port(), "").expect(201).id();
        String child = port();
        for (String wrong : new String[] {
            subport(child, 2),
            "[{'segmentation_type': 'vlan', 'segmentation_id': 2}]",
            "[{'port_id': '" + child + "'}]",
            "[{'port_id': '" + child + "', 'segmentation_id': 2}]",
            "[{'port_id': '" + child + "', 'segmentation_type': 'vlan'}]",
            "[{'port_id': '" + child + "', 'segmentation_type': 'gre', 'segmentation_id': 2}]",
            "[{'port_id': '" + child + "', 'segmentation_type': 'inherit'}]",
            "[{'port_id': 'x', 'segmentation_type': 'vlan', 'segmentation_id': 2}]",
            "[{'port_id': '" + child + "', 'segmentation_type': 'vlan', 'segmentation_id': 2, 'more': 1}]",
            "[" + subport(child, 2) + "," + subport(child, 3) + "]",
            "[" + subport(child, 2) + "," + subport(port(), 2) + "]",
            "[" + subport(child, 4095) + "]",
            "[" + subport(child, 0) + "]",
            "[" + subport(child, "'two'") + "]",
            "[7]",
            "7"
        }) {
            assertThat(change(alice, "add_subports", id, wrong).status())
                    .as(wrong)
                    .isEqualTo(400);
        }
        change(alice, "remove_subports", id, subport(child, 2)).expect(400);
        assertThat(alice.get(TRUNKS + "/" + id + "/get_subports")
                        .at("/sub_ports")
                        .size())
                .isZero();
    }

    @Test
    void othersSeeAndChangeNothing() {
        String parent = port();
        String id = trunk(alice, parent, "").expect(201).id();
        bob.get(TRUNKS + "/" + id).expect(404);
        assertThat(bob.get(TRUNKS).at("/trunks").size()).isZero();
        bob.get(TRUNKS + "/" + id + "/get_subports").expect(404);
        change(bob, "add_subports", id, "[]").expect(404);
        bob.delete(TRUNKS + "/" + id).expect(404);
        String foreign = port();
        trunk(bob, foreign, "").expect(404);
        assertThat(admin.get(TRUNKS).at("/trunks").size()).isEqualTo(1);
        alice.get("/v2.0/extensions/trunk").expect(200);
        alice.get("/v2.0/extensions/trunk-details").expect(200);
    }
}
