package io.weft.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Requests over a real socket and what they are answered. */
class RestEndpointTest {
    private final Things things = new Things();
    private final RestServer server = things.serve();
    private final Client alice = Client.of(server, "alice-token");
    private final Client admin = alice.as("admin-token");
    private final Client bob = alice.as("bob-token");

    @AfterEach
    void stop() {
        server.close();
        alice.http().close();
    }

    private String create(Client client, String attributes) {
        Client.Answer answer = client.post("/things", "{\"thing\": {\"mtu\": 1500" + attributes + "}}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.at("/thing/id");
    }

    @Test
    void anObjectIsCreatedShownChangedAndDeleted() {
        Client.Answer created = alice.post(
                "/things", "{\"thing\": {\"name\": \"wëb\", \"mtu\": \"1400\", \"admin_state_up\": \"False\"}}");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("content-type")).isEqualTo("application/json");
        assertThat(created.header("x-openstack-request-id")).startsWith("req-");
        String id = created.at("/thing/id");
        assertThat(created.text())
                .isEqualTo("{\"thing\":{\"id\":\"" + id
                        + "\",\"name\":\"wëb\",\"project_id\":\"alpha\",\"tenant_id\":\"alpha\","
                        + "\"admin_state_up\":false,\"mtu\":1400,\"device_id\":null,\"shared\":false,"
                        + "\"revision_number\":0,\"tags\":[]}}");
        assertThat(alice.get("/things/" + id).text()).isEqualTo(created.text());
        assertThat(alice.get("/things/" + id + ".json").text()).isEqualTo(created.text());
        assertThat(alice.get("/things/" + id + "?fields=name&fields=mtu&fields=unknown")
                        .text())
                .isEqualTo("{\"thing\":{\"name\":\"wëb\",\"mtu\":1400}}");

        Client.Answer changed = alice.put("/things/" + id, "{\"thing\": {\"device_id\": \"d\"}}");
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.at("/thing/device_id")).isEqualTo("d");
        assertThat(changed.at("/thing/name")).isEqualTo("wëb");
        alice.put("/things/" + id, "{\"thing\": {\"device_id\": null}}");
        assertThat(alice.get("/things/" + id).json().at("/thing/device_id").isNull())
                .isTrue();

        Client.Answer deleted = alice.delete("/things/" + id);
        assertThat(deleted.status()).isEqualTo(204);
        assertThat(deleted.text()).isEmpty();
        assertThat(alice.get("/things/" + id).status()).isEqualTo(404);
    }

    @Test
    void aDocumentKnowsWhereItWasAskedFor() {
        assertThat(alice.get("").text()).isEqualTo("\"hello from http://127.0.0.1:" + server.port() + "\"");
    }

    @Test
    void aBulkCreatesAllOrNothing() {
        Client.Answer created = alice.post("/things", "{\"things\": [{\"mtu\": 100}, {\"mtu\": 200}]}");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.json().at("/things").size()).isEqualTo(2);
        assertThat(created.at("/things/1/mtu")).isEqualTo("200");
        assertThat(alice.post("/things", "{\"things\": [{\"mtu\": 100}, {\"mtu\": 1}]}")
                        .status())
                .isEqualTo(400);
        assertThat(things.objects).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"thing": {"mtu": 1}} | Invalid input for mtu. Reason: '1' is too small - must be at least '68'.
            {"thing": {"mtu": 70000}} | Invalid input for mtu. Reason: '70000' is too large - must be no larger than '65535'.
            {"thing": {"mtu": 99999999999999999999}} | Invalid input for mtu. Reason: '99999999999999999999' is not an integer.
            {"thing": {"mtu": 1.5}} | Invalid input for mtu. Reason: '1.5' is not an integer.
            {"thing": {"mtu": null}} | Invalid input for mtu. Reason: 'None' is not an integer.
            {"thing": {"mtu": {}}} | Invalid input for mtu. Reason: '{…}' is not an integer.
            {"thing": {"mtu": 1500, "name": true}} | Invalid input for name. Reason: 'True' is not a valid string.
            {"thing": {"mtu": 1500, "admin_state_up": "maybe"}} | Invalid input for admin_state_up. Reason: 'maybe' cannot be converted to boolean.
            {"thing": {"mtu": 1500, "admin_state_up": null}} | Invalid input for admin_state_up. Reason: 'None' cannot be converted to boolean.
            {"thing": {}} | Failed to parse request. Required attribute 'mtu' not specified
            {"thing": {"mtu": 1500, "colour": {"a": [1]}, "taste": 1}} | Unrecognized attribute(s) 'colour, taste'
            {"thing": {"mtu": 1500, "id": "x"}} | Attribute 'id' not allowed in POST
            {"thing": {"mtu": 1500, "project_id": "beta"}} | Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin privileges
            {"thing": {"mtu": 1500, "mtu": 1400}} | Body contains invalid data: Duplicate Object property "mtu" at line 1, column 30
            {"thing": {"mtu": 1500 | Body contains invalid data: Unexpected end-of-input: expected close marker for Object at line 1, column 23
            {"thing": []} | Invalid input for thing. Reason: '[…]' is not a dictionary.
            {"things": {}} | Invalid input for things. Reason: '{…}' is not a list.
            {"things": []} | Resources required
            {"network": {}} | Unable to find 'thing' in request body
            {} | Unable to find 'thing' in request body
            [] | Body contains invalid data
            """)
    void aBodyThatBreaksARuleIsRefusedWithTheFieldAndTheRule(String body, String message) {
        Client.Answer answer = alice.post("/things", body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.at("/NeutronError/message")).isEqualTo(message);
        assertThat(answer.at("/NeutronError/type")).isEqualTo("HTTPBadRequest");
        assertThat(answer.json().at("/NeutronError/detail").isString()).isTrue();
        assertThat(things.objects).isEmpty();
    }

    @Test
    void errorBodiesAreNeutrons() {
        String id = create(alice, "");
        String missing = "00000000-0000-0000-0000-000000000000";
        assertThat(alice.get("/things/" + missing).text())
                .isEqualTo("{\"NeutronError\":{\"type\":\"ThingNotFound\",\"message\":\"Thing " + missing
                        + " could not be found.\",\"detail\":\"\"}}");
        assertThat(alice.put("/things/" + id, "{\"thing\": {\"id\": \"x\"}}").text())
                .isEqualTo("{\"NeutronError\":{\"type\":\"HTTPBadRequest\","
                        + "\"message\":\"Cannot update read-only attribute id\",\"detail\":\"\"}}");
        assertThat(alice.get("/nothing").text())
                .isEqualTo("{\"NeutronError\":{\"type\":\"HTTPNotFound\","
                        + "\"message\":\"The resource could not be found.\",\"detail\":\"\"}}");
        assertThat(alice.as("").get("/things").status()).isEqualTo(401);
        assertThat(alice.as("wrong-token").get("/things").at("/NeutronError/type"))
                .isEqualTo("HTTPUnauthorized");
        assertThat(alice.send("PATCH", "/things", "", Map.of()).status()).isEqualTo(405);
        Client.Answer fault = alice.put("/things/" + id + "/poke", "{\"force\": 10}");
        assertThat(fault.status()).isEqualTo(500);
        assertThat(fault.at("/NeutronError/message"))
                .isEqualTo("Request Failed: internal server error while processing your request.");
    }

    @Test
    void onlyAdministratorsSeeAndSetWhatIsTheirs() {
        String id = create(admin, ", \"project_id\": \"alpha\", \"binding:host_id\": \"h1\"");
        assertThat(admin.get("/things/" + id).at("/thing/binding:host_id")).isEqualTo("h1");
        assertThat(alice.get("/things/" + id).json().at("/thing").has("binding:host_id"))
                .isFalse();
        Client.Answer refused = alice.put("/things/" + id, "{\"thing\": {\"binding:host_id\": \"h2\"}}");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.at("/NeutronError/type")).isEqualTo("PolicyNotAuthorized");
        assertThat(refused.at("/NeutronError/message"))
                .isEqualTo("(rule:update_thing and rule:update_thing:binding:host_id) is disallowed by policy");
        assertThat(alice.get("/things?binding:host_id=h1").status()).isEqualTo(400);
        assertThat(alice.get("/things?sort_key=binding:host_id&sort_dir=asc").status())
                .isEqualTo(400);
    }

    @Test
    void othersObjectsAreHiddenAndSharedOnesCannotBeChanged() {
        String own = create(alice, "");
        String shared = create(admin, ", \"shared\": true");
        assertThat(bob.get("/things/" + own).status()).isEqualTo(404);
        assertThat(bob.put("/things/" + own, "{\"thing\": {\"name\": \"x\"}}").at("/NeutronError/type"))
                .isEqualTo("ThingNotFound");
        assertThat(bob.get("/things/" + shared).status()).isEqualTo(200);
        assertThat(bob.delete("/things/" + shared).at("/NeutronError/message"))
                .isEqualTo("rule:delete_thing is disallowed by policy");
        assertThat(bob.put("/things/" + shared + "/tags/a", "").status()).isEqualTo(403);
        assertThat(bob.put("/things/" + shared + "/poke", "{\"force\": 1}").status())
                .isEqualTo(403);
        assertThat(bob.get("/things").json().at("/things").size()).isEqualTo(1);
        Client.Answer reader = alice.as("reader-token").post("/things", "{\"thing\": {\"mtu\": 1500}}");
        assertThat(reader.status()).isEqualTo(403);
        assertThat(reader.at("/NeutronError/message")).isEqualTo("rule:create_thing is disallowed by policy");
    }

    @Test
    void anAttributeWhoseRuleAsksForTheObjectIsShownWhereItHolds() {
        String shared = create(admin, ", \"project_id\": \"alpha\", \"shared\": true, \"device_id\": \"d\"");
        assertThat(alice.get("/things/" + shared).at("/thing/device_id")).isEqualTo("d");
        assertThat(bob.get("/things/" + shared).json().at("/thing").has("device_id"))
                .isFalse();
        assertThat(bob.get("/things?fields=id&fields=device_id").text())
                .isEqualTo("{\"things\":[{\"id\":\"" + shared + "\"}]}");
        assertThat(alice.get("/things?device_id=d").json().at("/things").size()).isEqualTo(1);
        assertThat(bob.get("/things?device_id=d").json().at("/things").size()).isZero();
        assertThat(bob.get("/things?sort_key=device_id&sort_dir=asc").status()).isEqualTo(400);
    }

    @Test
    void aServiceSeesEveryProjectsObjectsAndDoesWhatItsRulesSay() {
        String own = create(alice, "");
        Client nova = alice.as("service-token");
        assertThat(nova.get("/things/" + own).status()).isEqualTo(200);
        assertThat(nova.delete("/things/" + own).at("/NeutronError/message"))
                .isEqualTo("rule:delete_thing is disallowed by policy");
    }

    @Test
    void anAdministratorsAttributeMayBeGivenItsDefault() {
        assertThat(alice.post("/things", "{\"thing\": {\"mtu\": 1500, \"shared\": false}}")
                        .status())
                .isEqualTo(201);
        assertThat(alice.post("/things", "{\"thing\": {\"mtu\": 1500, \"shared\": true}}")
                        .at("/NeutronError/message"))
                .isEqualTo("(rule:create_thing and rule:create_thing:shared) is disallowed by policy");
    }

    @Test
    void aRevisionThatIsNotCurrentStopsAChange() {
        String id = create(alice, "");
        Map<String, String> first = Map.of("If-Match", "revision_number=0");
        assertThat(alice.send("PUT", "/things/" + id, "{\"thing\": {\"name\": \"a\"}}", first)
                        .at("/thing/revision_number"))
                .isEqualTo("1");
        Client.Answer late = alice.send("PUT", "/things/" + id, "{\"thing\": {\"name\": \"b\"}}", first);
        assertThat(late.status()).isEqualTo(412);
        assertThat(late.at("/NeutronError/type")).isEqualTo("RevisionNumberConstraintFailed");
        assertThat(late.at("/NeutronError/message")).isEqualTo("Constrained to 0, but current revision is 1");
        assertThat(alice.send("PUT", "/things/" + id, "{\"thing\": {}}", Map.of("If-Match", "soon"))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void tagsAreSetAddedAskedForAndTakenOff() {
        String id = create(alice, "");
        String path = "/things/" + id + "/tags";
        assertThat(alice.get(path).text()).isEqualTo("{\"tags\":[]}");
        assertThat(alice.put(path, "{\"tags\": [\"red\", \"blue\"]}").text())
                .isEqualTo("{\"tags\":[\"red\",\"blue\"]}");
        assertThat(alice.put(path + "/gr%20een", "").status()).isEqualTo(201);
        assertThat(alice.get(path + "/gr%20een").status()).isEqualTo(204);
        assertThat(alice.get(path + "/grey").at("/NeutronError/message")).isEqualTo("Tag grey could not be found.");
        assertThat(alice.delete(path + "/grey").status()).isEqualTo(404);
        assertThat(alice.delete(path + "/red").status()).isEqualTo(204);
        assertThat(alice.post(path, "{\"tags\": [\"blue\", \"new\"]}").text())
                .isEqualTo("{\"tags\":[\"blue\",\"gr een\",\"new\"]}");
        assertThat(alice.put(path, "{\"tags\": [\"a\", \"a\"]}").status()).isEqualTo(400);
        assertThat(alice.put(path, "").status()).isEqualTo(400);
        assertThat(alice.put(path, "{\"labels\": []}").status()).isEqualTo(400);
        assertThat(alice.delete(path).status()).isEqualTo(204);
        assertThat(alice.get("/things/" + id).json().at("/thing/tags").size()).isZero();
    }

    @Test
    void anActionTakesItsOwnAttributes() {
        String id = create(alice, "");
        assertThat(alice.put("/things/" + id + "/poke", "{\"force\": 3}").text())
                .isEqualTo("{\"id\":\"" + id + "\",\"poked\":3}");
        assertThat(alice.put("/things/" + id + "/poke", "{}").at("/NeutronError/message"))
                .isEqualTo("Failed to parse request. Required attribute 'force' not specified");
        assertThat(alice.put("/things/" + id + "/stroke", "{}").status()).isEqualTo(404);
    }

    @Test
    void aLongListIsStreamedAndASmallAnswerHasItsLength() {
        for (int i = 0; i < 500; i++) {
            create(alice, ", \"name\": \"thing number " + i + "\"");
        }
        Client.Answer list = alice.get("/things");
        assertThat(list.json().at("/things").size()).isEqualTo(500);
        assertThat(list.headers()).containsKey("transfer-encoding").doesNotContainKey("content-length");
        Client.Answer small = alice.get("/things?limit=1");
        assertThat(small.headers()).containsKey("content-length");
    }

    @Test
    void pagesAreLinked() {
        for (int i = 0; i < 5; i++) {
            create(alice, ", \"name\": \"n" + i + "\"");
        }
        JsonNode first = alice.get("/things?limit=2&sort_key=name&sort_dir=desc&fields=id&fields=name")
                .json();
        assertThat(first.at("/things").findValuesAsString("name")).containsExactly("n4", "n3");
        assertThat(first.at("/things_links/0/rel").asString()).isEqualTo("next");
        String next = first.at("/things_links/0/href").asString();
        assertThat(next)
                .isEqualTo("http://127.0.0.1:" + server.port()
                        + "/v2.0/things?limit=2&sort_key=name&sort_dir=desc&fields=id&fields=name&marker="
                        + first.at("/things/1/id").asString());
        JsonNode second = alice.get(next.substring(next.indexOf("/things"))).json();
        assertThat(second.at("/things").findValuesAsString("name")).containsExactly("n2", "n1");
        String back = second.at("/things_links/1/href").asString();
        assertThat(back).endsWith("&page_reverse=True");
        JsonNode again = alice.get(back.substring(back.indexOf("/things"))).json();
        assertThat(again.at("/things")).isEqualTo(first.at("/things"));
        assertThat(alice.get("/things?limit=x").at("/NeutronError/message"))
                .isEqualTo("Bad limit request: Limit must be an integer 0 or greater and not 'x'.");
        assertThat(alice.get("/things?limit=2&marker=none").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            colour=red | ['colour'] is invalid attribute for filtering
            admin_state_up=perhaps | Invalid input for admin_state_up. Reason: 'perhaps' cannot be converted to boolean.
            sort_key=colour&sort_dir=asc | ['colour'] is invalid attribute for sort_keys
            sort_key=name | The number of sort_keys and sort_dirs must be same
            sort_key=name&sort_dir=up | ['up'] is invalid value for sort_dirs, valid value is 'asc' and 'desc'
            tenant_id=a&project_id=b | Both tenant_id and project_id passed as filters.
            changed_since=yesterday | Invalid input for operation: The input changed_since must be in the following format: YYYY-MM-DDTHH:MM:SS[Z].
            """)
    void aListThatCannotBeMadeIsRefusedWithTheReason(String query, String message) throws Exception {
        // The JDK's client refuses to send such a query; a socket does not.
        String answer = raw("GET /v2.0/things?" + query + " HTTP/1.1\r\nHost: h\r\nX-Auth-Token: alice-token\r\n"
                + "Connection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 400 ").contains("\"message\":\"" + message + "\"");
    }

    @Test
    void whatIsTooLargeOrTooDeepIsRefused() throws Exception {
        Client.Answer large = alice.post("/things", "{\"thing\": {\"name\": \"" + "x".repeat(70_000) + "\"}}");
        assertThat(large.status()).isEqualTo(413);
        assertThat(large.at("/NeutronError/message")).isEqualTo("Request body too large: the limit is 65536 bytes");
        assertThat(alice.post("/things", "{\"thing\": {\"name\": \"" + "x".repeat(300) + "\"}}")
                        .at("/NeutronError/message"))
                .contains("exceeds maximum length of 255");
        Client.Answer deep = alice.post("/things", "{\"thing\": " + "[".repeat(1000) + "]}");
        assertThat(deep.status()).isEqualTo(400);
        assertThat(raw("GET /v2.0/things HTTP/1.1\r\nHost: h\r\nX-Long: " + "y".repeat(40_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 4");
        assertThat(raw("GET /v2.0/things?name=" + "y".repeat(70_000) + " HTTP/1.1\r\nHost: h\r\n\r\n"))
                .startsWith("HTTP/1.1 4");
        assertThat(raw("NONSENSE\r\n\r\n")).doesNotContain("200 OK");
        assertThat(raw("GET /v2.0/things?name=%zz HTTP/1.1\r\nHost: h\r\n\r\n")).startsWith("HTTP/1.1 400");
        assertThat(alice.get("/things").status()).isEqualTo(200);
    }

    private String raw(String request) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(5000);
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.UTF_8));
            out.flush();
            InputStream in = socket.getInputStream();
            StringBuilder answer = new StringBuilder();
            byte[] buffer = new byte[4096];
            int read = in.read(buffer);
            while (read >= 0) {
                answer.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
                read = answer.indexOf("}}") >= 0 ? -1 : in.read(buffer);
            }
            return answer.toString();
        }
    }
}
