package io.weft.neutron;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies and queries that are damaged at random: each is answered, none is a fault of the server. */
class HostileRequestsTest {
    private static final List<String> PIECES = List.of(
            "null",
            "true",
            "-1",
            "1e400",
            "99999999999999999999",
            "\"\"",
            "\"\\u0000\"",
            "[]",
            "{}",
            "[[]]",
            "{\"a\":{}}",
            "\"10.0.0.1\"",
            "\"::\"",
            "\"ff:ff:ff:ff:ff:ff\"",
            "\"0.0.0.0/0\"",
            "\"::/0\"",
            "\"10.0.0.0/33\"",
            "\",,\"",
            "\"\uD83D\uDE00\"",
            "\"" + "x".repeat(300) + "\"",
            "4",
            "6",
            "0",
            "\"subnet_id\"");
    private static final List<String> FILTERS = List.of(
            "id",
            "name",
            "network_id",
            "device_id",
            "fixed_ips",
            "ip_version",
            "cidr",
            "mtu",
            "tags",
            "not-tags-any",
            "changed_since",
            "sort_key",
            "sort_dir",
            "limit",
            "marker",
            "page_reverse",
            "fields",
            "shared",
            "security_groups",
            "protocol",
            "port_range_min",
            "status");

    @Test
    void noRequestIsAFaultOfTheServer(@TempDir Path directory) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (Cloud cloud = Cloud.withGroups(directory.resolve("store"))) {
            Client admin = cloud.as("admin-token");
            String network =
                    admin.post("/v2.0/networks", "{'network': {}}").expect(201).id();
            admin.post(
                            "/v2.0/subnets",
                            "{'subnet': {'network_id': '" + network + "', 'ip_version': 4, 'cidr': '10.0.0.0/16'}}")
                    .expect(201);
            String port = admin.post("/v2.0/ports", "{'port': {'network_id': '" + network + "'}}")
                    .expect(201)
                    .id();
            String router =
                    admin.post("/v2.0/routers", "{'router': {}}").expect(201).id();
            String group = admin.post("/v2.0/security-groups", "{'security_group': {}}")
                    .expect(201)
                    .id();
            String addresses = admin.post("/v2.0/address-groups", "{'address_group': {}}")
                    .expect(201)
                    .id();
            List<String[]> requests = List.of(
                    new String[] {
                        "POST",
                        "/security-group-rules",
                        "{'security_group_rule': {'security_group_id': '" + group + "', 'direction': 'ingress',"
                                + " 'protocol': 'tcp', 'port_range_min': 80, 'port_range_max': 81, 'ethertype': 'IPv4',"
                                + " 'remote_ip_prefix': '10.0.0.0/8', 'remote_group_id': null}}"
                    },
                    new String[] {
                        "POST", "/security-groups", "{'security_group': {'name': 'g', 'stateful': true}}",
                    },
                    new String[] {
                        "POST",
                        "/default-security-group-rules",
                        "{'default_security_group_rule': {'direction': 'egress', 'protocol': 6,"
                                + " 'remote_group_id': 'PARENT', 'used_in_default_sg': true}}"
                    },
                    new String[] {
                        "PUT", "/address-groups/" + addresses + "/add_addresses", "{'addresses': ['10.0.0.0/8', '::1']}"
                    },
                    new String[] {
                        "POST",
                        "/rbac-policies",
                        "{'rbac_policy': {'object_type': 'network', 'object_id': '" + network
                                + "', 'action': 'access_as_shared', 'target_tenant': 'beta'}}"
                    },
                    new String[] {"POST", "/address-scopes", "{'address_scope': {'name': 's', 'ip_version': 4}}"},
                    new String[] {
                        "POST",
                        "/subnetpools",
                        "{'subnetpool': {'name': 'p', 'prefixes': ['10.0.0.0/8', '10.0.0.0/9'], 'min_prefixlen': '9',"
                                + " 'max_prefixlen': 30, 'default_prefixlen': 26, 'default_quota': 1}}"
                    },
                    new String[] {
                        "POST",
                        "/trunks",
                        "{'trunk': {'port_id': '" + port + "', 'admin_state_up': true, 'sub_ports': [{'port_id': '"
                                + group + "', 'segmentation_type': 'vlan', 'segmentation_id': 7}]}}"
                    },
                    new String[] {
                        "PUT",
                        "/trunks/" + port + "/add_subports",
                        "{'sub_ports': [{'port_id': '" + port + "', 'segmentation_type': 'inherit'}]}"
                    },
                    new String[] {
                        "POST",
                        "/subnets",
                        "{'subnet': {'network_id': '" + network + "', 'ip_version': 4, 'prefixlen': 28,"
                                + " 'use_default_subnetpool': true}}"
                    },
                    new String[] {"PUT", "/ports/" + port, "{'port': {'security_groups': ['" + group + "']}}"},
                    new String[] {"POST", "/networks", "{'network': {'name': 'n', 'mtu': 1400, 'shared': false}}"},
                    new String[] {
                        "POST",
                        "/subnets",
                        "{'subnet': {'network_id': '" + network + "', 'ip_version': 6, 'cidr': '2001:db8::/64',"
                                + " 'allocation_pools': [{'start': '2001:db8::5', 'end': '2001:db8::9'}],"
                                + " 'host_routes': [{'destination': '::/0', 'nexthop': '2001:db8::7'}],"
                                + " 'dns_nameservers': ['2001:db8::3'], 'ipv6_ra_mode': 'slaac'}}"
                    },
                    new String[] {
                        "POST",
                        "/ports",
                        "{'port': {'network_id': '" + network + "', 'fixed_ips': [{'ip_address': '10.0.0.9'}],"
                                + " 'mac_address': '02:00:00:00:00:09', 'allowed_address_pairs': [{'ip_address':"
                                + " '10.0.0.0/24'}], 'extra_dhcp_opts': [{'opt_name': 'a', 'opt_value': 'b'}],"
                                + " 'binding:profile': {'a': [1, {'b': 'c'}]}}}"
                    },
                    new String[] {"POST", "/ports", "{'ports': [{'network_id': '" + network + "'}]}"},
                    new String[] {
                        "PUT",
                        "/ports/" + port,
                        "{'port': {'name': 'p', 'fixed_ips': [{'ip_address': '10.0.0.9'}], 'binding:host_id': 'h',"
                                + " 'port_security_enabled': true, 'device_id': 'd'}}"
                    },
                    new String[] {
                        "PUT",
                        "/routers/" + router,
                        "{'router': {'routes': [{'destination': '10.9.0.0/16', 'nexthop': '10.0.0.4'}]}}"
                    },
                    new String[] {"PUT", "/routers/" + router + "/add_router_interface", "{'port_id': '" + port + "'}"},
                    new String[] {"PUT", "/ports/" + port + "/tags", "{'tags': ['a', 'b']}"},
                    new String[] {"PUT", "/quotas/alpha", "{'quota': {'network': 5}}"});
            for (int i = 0; i < 800; i++) {
                String[] request = requests.get(random.nextInt(requests.size()));
                String body = damaged(request[2].replace('\'', '"'), random);
                check(admin.send(request[0], "/v2.0" + request[1], body), request[1] + " " + body, seed);
            }
            for (int i = 0; i < 500; i++) {
                String path = "/v2.0/"
                        + List.of(
                                        "networks",
                                        "subnets",
                                        "ports",
                                        "routers",
                                        "agents",
                                        "security-groups",
                                        "security-group-rules",
                                        "rbac-policies",
                                        "subnetpools",
                                        "trunks",
                                        "address-scopes")
                                .get(random.nextInt(10))
                        + query(random);
                check(admin.get(path), path, seed);
            }
        }
    }

    private static void check(Client.Answer answer, String request, long seed) {
        assertThat(answer.status())
                .as("seed %d: %s -> %s", seed, request, answer.text())
                .isBetween(200, 499);
        if (answer.status() >= 400) {
            assertThat(answer.at("/NeutronError/message").asString())
                    .as("seed %d: %s -> %s", seed, request, answer.text())
                    .isNotEmpty();
        }
    }

    /** One to three times: a value, a character or a stretch is replaced, doubled or taken away. */
    private static String damaged(String body, Random random) {
        StringBuilder text = new StringBuilder(body);
        for (int i = random.nextInt(3); i >= 0 && text.length() > 2; i--) {
            int at = random.nextInt(text.length() - 1);
            switch (random.nextInt(5)) {
                case 0 -> text.setCharAt(at, (char) random.nextInt(32, 127));
                case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(12)));
                case 2 -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(40))));
                default -> {
                    int colon = text.indexOf(":", at);
                    int end = colon < 0 ? -1 : text.indexOf(",", colon);
                    if (colon > 0) {
                        text.replace(
                                colon + 1,
                                end < 0 ? Math.max(colon + 1, text.length() - 2) : end,
                                PIECES.get(random.nextInt(PIECES.size())));
                    }
                }
            }
        }
        return text.toString();
    }

    private static String query(Random random) {
        StringBuilder query = new StringBuilder("?");
        for (int i = random.nextInt(4); i >= 0; i--) {
            String value = PIECES.get(random.nextInt(PIECES.size())).replace("\"", "");
            query.append(FILTERS.get(random.nextInt(FILTERS.size())))
                    .append('=')
                    .append(URLEncoder.encode(
                            random.nextBoolean() ? value : "subnet_id=" + value, StandardCharsets.UTF_8))
                    .append('&');
        }
        return query.toString();
    }
}
