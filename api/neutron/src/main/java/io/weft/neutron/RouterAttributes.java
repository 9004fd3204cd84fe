package io.weft.neutron;

import io.weft.domain.GatewayInfo;
import io.weft.model.Route;
import io.weft.model.Router;
import io.weft.rest.Attribute;
import io.weft.rest.JsonSchema;
import io.weft.rest.Kinds;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The attributes of a router: https://docs.openstack.org/api-ref/network/v2/#routers-routers. */
final class RouterAttributes {
    final StandardAttributes<Router> standard = new StandardAttributes<>(false);
    final Attribute<Seen<Router>, Boolean> adminStateUp = Attribute.<Seen<Router>, Boolean>of(
                    "admin_state_up", Kinds.bool(), seen -> seen.resource().adminStateUp())
            .postAndPut()
            .byDefault(true)
            .build();
    final Attribute<Seen<Router>, String> status = Attribute.<Seen<Router>, String>of(
                    "status", Kinds.text(16), _ -> "ACTIVE")
            .build();
    final Attribute<Seen<Router>, GatewayInfo> gateway;
    final Attribute<Seen<Router>, List<Route>> routes = Attribute.<Seen<Router>, List<Route>>of(
                    "routes", ObjectValues.ROUTES, seen -> seen.resource().routes())
            .putOnly()
            .nullable()
            .notFilterable()
            .build();

    final Attribute<Seen<Router>, UUID> flavor = Attribute.<Seen<Router>, UUID>of(
                    "flavor_id",
                    Values.UUID_KIND,
                    seen -> seen.resource().flavor().orElse(null))
            .post()
            .nullable()
            .build();
    final Attribute<Seen<Router>, List<String>> zoneHints = Zones.hints(Router::availabilityZoneHints);
    final List<Attribute<Seen<Router>, ?>> outside;
    final Attribute<Seen<Router>, Boolean> ecmp = Attribute.<Seen<Router>, Boolean>of(
                    "enable_default_route_ecmp",
                    Kinds.bool(),
                    seen -> seen.resource().defaultRouteEcmp())
            .postAndPut()
            .build();
    final Attribute<Seen<Router>, Boolean> bfd = Attribute.<Seen<Router>, Boolean>of(
                    "enable_default_route_bfd",
                    Kinds.bool(),
                    seen -> seen.resource().defaultRouteBfd())
            .postAndPut()
            .build();

    /** @param externalNetworks whether the installation has external networks */
    RouterAttributes(boolean externalNetworks) {
        gateway = Attribute.<Seen<Router>, GatewayInfo>of(
                        "external_gateway_info",
                        externalNetworks ? GatewayValues.INFO : GatewayValues.REFUSED,
                        _ -> null)
                .written(GatewayValues.SHOWN.orNull(), GatewayValues::write)
                .parts(GatewayValues.PARTS, GatewayValues::asksFor)
                .postAndPut()
                .nullable()
                .notFilterable()
                .notSortable()
                .build();
        outside = externalNetworks
                ? List.of(
                        Attribute.<Seen<Router>, List<GatewayInfo.On>>of(
                                        "external_gateways", GatewayValues.LIST, _ -> List.of())
                                .written(JsonSchema.list(GatewayValues.SHOWN), GatewayValues::writeAll)
                                .notFilterable()
                                .notSortable()
                                .build(),
                        ecmp,
                        bfd)
                : List.of(
                        Refused.attribute("enable_default_route_ecmp", "enable-default-route-ecmp", "False"),
                        Refused.attribute("enable_default_route_bfd", "enable-default-route-bfd", "False"));
    }

    List<Attribute<Seen<Router>, ?>> all() {
        List<Attribute<Seen<Router>, ?>> own = new ArrayList<>(List.of(
                adminStateUp,
                status,
                gateway,
                routes,
                Refused.attribute("distributed", "dvr", "True"),
                Refused.attribute("ha", "l3-ha", "False"),
                flavor,
                Refused.attribute("enable_ndp_proxy", "l3-ndp-proxy", "False"),
                zoneHints,
                Zones.zones()));
        own.addAll(outside);
        return standard.around(own);
    }
}
