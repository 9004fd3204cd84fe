package io.weft.agent.container;

import io.weft.agent.attach.Ports;
import io.weft.kernel.netlink.Route;
import io.weft.model.IpAddress;
import io.weft.protocol.SubnetFact;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What ADD answers: https://www.cni.dev/docs/spec/#section-5-result-types. */
final class CniResult {
    private CniResult() {}

    /** An interface and the port that it is joined to. */
    record Joined(Ports.Wiring wiring, Devices.Interface made) {}

    /** @param joined the interfaces, that which was asked for first */
    static Map<String, Object> of(String version, Path namespace, List<Joined> joined) {
        List<Map<String, Object>> interfaces = new ArrayList<>();
        List<Map<String, Object>> ips = new ArrayList<>();
        List<Map<String, Object>> routes = new ArrayList<>();
        Set<IpAddress> nameservers = new LinkedHashSet<>();
        for (Joined each : joined) {
            interfaces.add(host(each.made()));
            each.made().addresses().forEach(address -> ips.add(ip(version, address, interfaces.size())));
            interfaces.add(inside(version, namespace, each));
            each.made().routes().forEach(route -> routes.add(route(route)));
            nameservers.addAll(nameservers(each.wiring()));
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("cniVersion", version);
        result.put("interfaces", interfaces);
        result.put("ips", ips);
        result.put("routes", routes);
        result.put("dns", Map.of("nameservers", List.copyOf(nameservers)));
        return result;
    }

    private static Map<String, Object> host(Devices.Interface made) {
        Map<String, Object> host = new LinkedHashMap<>();
        host.put("name", made.host().name());
        made.host().mac().ifPresent(mac -> host.put("mac", mac));
        return host;
    }

    private static Map<String, Object> inside(String version, Path namespace, Joined joined) {
        Map<String, Object> inside = new LinkedHashMap<>();
        inside.put("name", joined.made().inside().name());
        inside.put("mac", joined.wiring().port().mac());
        if (version.equals("1.1.0")) {
            inside.put("mtu", joined.wiring().mtu());
        }
        inside.put("sandbox", namespace);
        return inside;
    }

    private static Map<String, Object> ip(String version, Devices.Address each, int place) {
        IpAddress address = each.address().address();
        Map<String, Object> ip = new LinkedHashMap<>();
        if (version.startsWith("0.")) {
            ip.put("version", address.isIpv4() ? "4" : "6");
        }
        ip.put("address", address + "/" + each.address().prefixLength());
        each.gateway().ifPresent(gateway -> ip.put("gateway", gateway));
        ip.put("interface", place);
        return ip;
    }

    private static Map<String, Object> route(Route route) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("dst", route.destination());
        route.gateway().ifPresent(gateway -> row.put("gw", gateway));
        return row;
    }

    private static List<IpAddress> nameservers(Ports.Wiring wiring) {
        return wiring.subnets().stream()
                .filter(subnet -> wiring.port().addresses().stream()
                        .anyMatch(address -> address.subnetId().equals(subnet.subnetId())))
                .map(SubnetFact::dnsNameservers)
                .flatMap(List::stream)
                .toList();
    }
}
