package io.weft.agent.container;

import io.weft.agent.attach.Ports;
import io.weft.kernel.netlink.Route;
import io.weft.model.IpAddress;
import io.weft.protocol.SubnetFact;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What ADD answers: https://www.cni.dev/docs/spec/#section-5-result-types. */
final class CniResult {
    private CniResult() {}

    static Map<String, Object> of(String version, Path namespace, Ports.Wiring wiring, Veth.Interface made) {
        Map<String, Object> host = new LinkedHashMap<>();
        host.put("name", made.host().name());
        made.host().mac().ifPresent(mac -> host.put("mac", mac));
        Map<String, Object> inside = new LinkedHashMap<>();
        inside.put("name", made.inside().name());
        inside.put("mac", wiring.port().mac());
        if (version.equals("1.1.0")) {
            inside.put("mtu", wiring.mtu());
        }
        inside.put("sandbox", namespace);

        List<Map<String, Object>> ips = new ArrayList<>();
        for (Veth.Address each : made.addresses()) {
            IpAddress address = each.address().address();
            Map<String, Object> ip = new LinkedHashMap<>();
            if (version.startsWith("0.")) {
                ip.put("version", address.isIpv4() ? "4" : "6");
            }
            ip.put("address", address + "/" + each.address().prefixLength());
            each.gateway().ifPresent(gateway -> ip.put("gateway", gateway));
            ip.put("interface", 1);
            ips.add(ip);
        }
        List<Map<String, Object>> routes = new ArrayList<>();
        for (Route route : made.routes()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("dst", route.destination());
            route.gateway().ifPresent(gateway -> row.put("gw", gateway));
            routes.add(row);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("cniVersion", version);
        result.put("interfaces", List.of(host, inside));
        result.put("ips", ips);
        result.put("routes", routes);
        result.put(
                "dns",
                Map.of(
                        "nameservers",
                        wiring.subnets().stream()
                                .filter(subnet -> wiring.port().addresses().stream()
                                        .anyMatch(address -> address.subnetId().equals(subnet.subnetId())))
                                .map(SubnetFact::dnsNameservers)
                                .flatMap(List::stream)
                                .distinct()
                                .toList()));
        return result;
    }
}
