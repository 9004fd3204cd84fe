package io.weft.neutron;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Flavors and service profiles, and routers that are asked for by them, over a real socket. */
class FlavorsApiTest {
    private static final String FLAVORS = "/v2.0/flavors";
    private static final String PROFILES = "/v2.0/service_profiles";

    private final Cloud cloud;
    private final Client admin;
    private final Client alice;

    FlavorsApiTest(@TempDir Path directory) {
        cloud = Cloud.withTokens(directory.resolve("store"));
        admin = cloud.as("admin-token");
        alice = cloud.as("alice-token");
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    private Client.Answer profile(String attributes) {
        return admin.post(PROFILES, "{'service_profile': {" + attributes + "}}");
    }

    private Client.Answer flavor(String attributes) {
        return admin.post(FLAVORS, "{'flavor': {'service_type': 'L3_ROUTER_NAT'" + attributes + "}}");
    }

    private Client.Answer router(String flavor) {
        return alice.post("/v2.0/routers", "{'router': {'flavor_id': '" + flavor + "'}}");
    }

    @Test
    void aRouterIsAskedForByAFlavor() {
        String profile = profile("'driver': 'weft'").expect(201).id();
        String flavor = flavor(", 'name': 'gold'").expect(201).id();
        String under = FLAVORS + "/" + flavor + "/service_profiles";
        assertThat(router(flavor).expect(404).error())
                .isEqualTo("FlavorServiceProfileBindingNotFound: Service Profile  is not associated with flavor "
                        + flavor + ".");
        assertThat(admin.post(under, "{'service_profile': {'id': '" + profile + "'}}")
                        .expect(201)
                        .json()
                        .toString())
                .isEqualTo("{\"service_profile\":{\"id\":\"" + profile + "\"}}");
        assertThat(admin.post(under, "{'service_profile': {'id': '" + profile + "'}}")
                        .expect(409)
                        .error())
                .isEqualTo("FlavorServiceProfileBindingExists: Service Profile " + profile
                        + " is already associated with flavor " + flavor + ".");
        JsonNode router = router(flavor).expect(201).at("/router");
        assertThat(router.path("flavor_id").asString()).isEqualTo(flavor);
        String plain = alice.post("/v2.0/routers", "{'router': {'flavor_id': null}}")
                .expect(201)
                .id();
        assertThat(alice.get("/v2.0/routers/" + plain).at("/router/flavor_id").isNull())
                .isTrue();
        assertThat(alice.get("/v2.0/routers?flavor_id=" + flavor + "&fields=id")
                        .at("/routers")
                        .findValuesAsString("id"))
                .containsExactly(router.path("id").asString());
        alice.put("/v2.0/routers/" + plain, "{'router': {'flavor_id': '" + flavor + "'}}")
                .expect(400);
        assertThat(admin.delete(FLAVORS + "/" + flavor).expect(409).error())
                .isEqualTo("FlavorInUse: Flavor " + flavor + " is used by some service instance.");
        alice.delete("/v2.0/routers/" + router.path("id").asString()).expect(204);
        assertThat(admin.delete(PROFILES + "/" + profile).expect(409).error()).startsWith("ServiceProfileInUse: ");
        admin.delete(under + "/" + profile).expect(204);
        assertThat(admin.delete(under + "/" + profile).expect(404).error())
                .isEqualTo("FlavorServiceProfileBindingNotFound: Service Profile " + profile
                        + " is not associated with flavor " + flavor + ".");
        admin.delete(PROFILES + "/" + profile).expect(204);
        admin.delete(FLAVORS + "/" + flavor).expect(204);
    }

    @Test
    void flavorsAreForAllToSeeAndForAdministratorsToChange() {
        String profile =
                profile("'metainfo': 'words', 'description': 'd'").expect(201).id();
        JsonNode made = flavor(", 'name': 'gold', 'service_profiles': ['" + profile + "']")
                .expect(201)
                .at("/flavor");
        String path = FLAVORS + "/" + made.path("id").asString();
        assertThat(alice.get(path).expect(200).at("/flavor")).isEqualTo(made);
        assertThat(alice.get(FLAVORS + "?name=gold&enabled=true").at("/flavors").size())
                .isEqualTo(1);
        assertThat(alice.get(FLAVORS + "?id=33").expect(200).at("/flavors").isEmpty())
                .isTrue();
        alice.put(path, "{'flavor': {'enabled': false}}").expect(403);
        alice.delete(path).expect(403);
        alice.post(FLAVORS, "{'flavor': {'service_type': 'L3_ROUTER_NAT'}}").expect(403);
        alice.get(PROFILES + "/" + profile).expect(404);
        assertThat(alice.get(PROFILES).expect(200).at("/service_profiles").isEmpty())
                .isTrue();
        alice.post(PROFILES, "{'service_profile': {'driver': 'weft'}}").expect(403);
        assertThat(alice.get(path + "/service_profiles").expect(200).text()).doesNotContain(profile);
        assertThat(admin.get(path + "/service_profiles/" + profile)
                        .expect(200)
                        .json()
                        .toString())
                .isEqualTo("{\"service_profile\":{\"id\":\"" + profile + "\"}}");
        JsonNode changed = admin.put(path, "{'flavor': {'enabled': false, 'service_profiles': []}}")
                .expect(200)
                .at("/flavor");
        assertThat(changed.path("enabled").asBoolean()).isFalse();
        assertThat(changed.path("service_profiles").isEmpty()).isTrue();
        assertThat(admin.put(PROFILES + "/" + profile, "{'service_profile': {'enabled': false}}")
                        .expect(200)
                        .at("/service_profile/metainfo")
                        .asString())
                .isEqualTo("words");
    }

    @Test
    void whatLeadsNowhereIsRefused() {
        assertThat(profile("").expect(400).error())
                .isEqualTo("ServiceProfileEmpty: Service Profile needs either a driver or metainfo.");
        assertThat(profile("'driver': 'neutron.services.l3_router.service_providers.dvr.DvrDriver'")
                        .expect(404)
                        .error())
                .startsWith("ServiceProfileDriverNotFound: ");
        assertThat(admin.post(FLAVORS, "{'flavor': {'service_type': 'LOADBALANCERV2'}}")
                        .expect(400)
                        .error())
                .isEqualTo("InvalidServiceType: Invalid service type: LOADBALANCERV2.");
        admin.post(FLAVORS, "{'flavor': {}}").expect(400);
        String none = UUID.randomUUID().toString();
        assertThat(router(none).expect(404).error())
                .isEqualTo("FlavorNotFound: Flavor " + none + " could not be found.");
        admin.get(FLAVORS + "/" + none + "/service_profiles").expect(404);
        assertThat(flavor(", 'service_profiles': ['" + none + "']").expect(404).error())
                .isEqualTo("ServiceProfileNotFound: Service Profile " + none + " could not be found.");
        String off = flavor(", 'enabled': false, 'service_profiles': ['"
                        + profile("'driver': 'weft'").id() + "']")
                .expect(201)
                .id();
        assertThat(router(off).expect(409).error()).isEqualTo("FlavorDisabled: Flavor is not enabled.");
    }
}
