"""Calls the network proxy of openstacksdk for every resource that the server announces, and reads back what it wrote.

Argument: the server's address. The output is one line for each call that went wrong, and at last how many went well.
"""
import sys
import traceback

import openstack

url = sys.argv[1]
network = openstack.connect(
    auth_type="none", endpoint=url, network_endpoint_override=url, network_api_version="2"
).network
done = 0
wrong = []


def check(what, holds):
    global done
    if holds:
        done += 1
    else:
        wrong.append(what)


def attempt(what, call):
    try:
        return call()
    except Exception:
        wrong.append(what + ": " + traceback.format_exc(limit=-2))
        return None


def holds(what, record, attributes):
    for name, value in attributes.items():
        check("%s.%s is %r and not %r" % (what, name, getattr(record, name, None), value),
              getattr(record, name, None) == value)


def cycle(singular, plural, made, changed, key="name", parent=(), listed=None, find=True):
    """Creates, gets, finds, lists and updates; answers the record, which `gone` deletes."""
    created = attempt("create_" + singular, lambda: getattr(network, "create_" + singular)(*parent, **made))
    if created is None:
        return None
    expected = {name: value for name, value in made.items() if name not in HIDDEN}
    holds("create_" + singular, created, expected)
    fetched = attempt("get_" + singular, lambda: getattr(network, "get_" + singular)(created.id, *parent))
    holds("get_" + singular, fetched, expected)
    if find:
        term = getattr(created, key)
        found = attempt("find_" + singular, lambda: getattr(network, "find_" + singular)(term, *parent))
        check("find_" + singular, found is not None and found.id == created.id)
    filters = listed or {}
    names = attempt(plural, lambda: [each.id for each in getattr(network, plural)(*parent, **filters)])
    check(plural, names is not None and created.id in names)
    if changed:
        updated = attempt("update_" + singular,
                          lambda: getattr(network, "update_" + singular)(created, *parent, **changed))
        holds("update_" + singular, updated, changed)
        again = attempt("get_" + singular, lambda: getattr(network, "get_" + singular)(created.id, *parent))
        holds("get_" + singular + " after its update", again, changed)
    return created


def gone(singular, record, *parent, get=True):
    if record is None:
        return
    attempt("delete_" + singular,
            lambda: getattr(network, "delete_" + singular)(record, *parent, ignore_missing=False))
    if get:
        try:
            getattr(network, "get_" + singular)(record.id, *parent)
            wrong.append("get_" + singular + " of what was deleted")
        except openstack.exceptions.ResourceNotFound:
            check(singular, True)


# What a request may hold and an answer does not, or says otherwise.
HIDDEN = {"fixed_ips", "external_gateway_info", "tags", "floating_network_id", "remote_ip_prefix"}

aliases = {extension.alias for extension in network.extensions()}
check("extensions", "router" in aliases)
for alias in sorted(aliases):
    found = attempt("find_extension " + alias, lambda: network.find_extension(alias))
    check("find_extension " + alias, found is not None and found.alias == alias)

outside = cycle("network", "networks",
                {"name": "outside", "is_router_external": True, "provider_network_type": "flat",
                 "provider_physical_network": "physnet1"},
                {"description": "the way out"}, listed={"is_router_external": True})
outside_subnet = cycle("subnet", "subnets",
                       {"name": "outside", "network_id": outside.id, "ip_version": 4, "cidr": "192.0.2.0/24",
                        "is_dhcp_enabled": False},
                       {"description": "routed"}, listed={"network_id": outside.id})
inside = cycle("network", "networks",
               {"name": "inside", "mtu": 1400, "dns_domain": "example.org.", "is_port_security_enabled": True,
                "description": "x"},
               {"name": "inner", "is_admin_state_up": True, "mtu": 1380}, listed={"name": "inside"})
subnet = cycle("subnet", "subnets",
               {"name": "first", "network_id": inside.id, "ip_version": 4, "cidr": "10.0.0.0/24",
                "gateway_ip": "10.0.0.1", "dns_nameservers": ["10.0.0.53"],
                "allocation_pools": [{"start": "10.0.0.100", "end": "10.0.0.200"}],
                "host_routes": [{"destination": "10.9.0.0/16", "nexthop": "10.0.0.9"}],
                "service_types": ["compute:nova", "network:router_interface"]},
               {"name": "one", "dns_nameservers": [], "service_types": []}, listed={"cidr": "10.0.0.0/24"})
port = cycle("port", "ports",
             {"name": "p", "network_id": inside.id, "device_id": "vm", "device_owner": "compute:nova",
              "fixed_ips": [{"subnet_id": subnet.id, "ip_address": "10.0.0.10"}], "dns_name": "www",
              "numa_affinity_policy": "required", "device_profile": "gpu",
              "allowed_address_pairs": [{"ip_address": "10.8.0.0/16", "mac_address": "02:00:00:00:00:09"}],
              "extra_dhcp_opts": [{"opt_name": "bootfile-name", "opt_value": "x", "ip_version": 4}]},
             {"name": "q", "dns_name": "db", "is_admin_state_up": False, "numa_affinity_policy": "legacy"},
             listed={"fixed_ips": "ip_address=10.0.0.10"})
check("the port's address", port and port.fixed_ips == [{"subnet_id": subnet.id, "ip_address": "10.0.0.10"}])
check("get_subnet_ports", [each.id for each in network.get_subnet_ports(subnet.id)] == [port.id])
both = attempt("create_ports", lambda: network.create_ports([
    {"network_id": inside.id, "name": "bulk"}, {"network_id": inside.id, "name": "bulk"}]))
check("create_ports", both and len(list(both)) == 2)
for each in list(network.ports(name="bulk")):
    gone("port", each)

for resource in (inside, subnet, port):
    tagged = attempt("set_tags", lambda: network.set_tags(resource, ["red", "blue"]))
    check("set_tags of " + resource.resource_key, tagged and sorted(tagged.tags) == ["blue", "red"])

router = cycle("router", "routers",
               {"name": "r", "description": "x",
                "external_gateway_info": {"network_id": outside.id, "enable_snat": True}},
               {"name": "s", "is_admin_state_up": True})
check("the router's gateway", router and network.get_router(router.id).external_gateway_info["network_id"] == outside.id)
attempt("add_interface_to_router", lambda: network.add_interface_to_router(router, subnet_id=subnet.id))
route = [{"destination": "10.7.0.0/16", "nexthop": "10.0.0.20"}]
attempt("add_extra_routes_to_router",
        lambda: network.add_extra_routes_to_router(router, {"router": {"routes": route}}))
check("the router's routes", network.get_router(router.id).routes == route)
attempt("remove_extra_routes_from_router",
        lambda: network.remove_extra_routes_from_router(router, {"router": {"routes": route}}))
check("the router's routes are gone", network.get_router(router.id).routes == [])
attempt("update_router", lambda: network.update_router(router, external_gateway_info={"network_id": outside.id}))

ip = cycle("ip", "ips", {"floating_network_id": outside.id, "description": "x"}, {"description": "y"},
           key="floating_ip_address")
attempt("update_ip", lambda: network.update_ip(ip, port_id=port.id))
check("the floating IP's port", network.get_ip(ip.id).fixed_ip_address == "10.0.0.10")
attempt("update_ip", lambda: network.update_ip(ip, port_id=None))
check("find_available_ip", network.find_available_ip().id == ip.id)
forwarding = attempt("create_floating_ip_port_forwarding", lambda: network.create_floating_ip_port_forwarding(
    ip, internal_port_id=port.id, internal_ip_address="10.0.0.10", internal_port=80, external_port=8080,
    protocol="tcp"))
if forwarding:
    got = attempt("get_floating_ip_port_forwarding",
                  lambda: network.get_floating_ip_port_forwarding(ip, forwarding.id))
    holds("get_floating_ip_port_forwarding", got, {"internal_port": 80, "external_port": 8080, "protocol": "tcp"})
    check("floating_ip_port_forwardings",
          [each.id for each in network.floating_ip_port_forwardings(ip)] == [forwarding.id])
    changed = attempt("update_floating_ip_port_forwarding",
                      lambda: network.update_floating_ip_port_forwarding(ip, forwarding, internal_port=81))
    holds("update_floating_ip_port_forwarding", changed, {"internal_port": 81})
    attempt("delete_floating_ip_port_forwarding",
            lambda: network.delete_floating_ip_port_forwarding(ip, forwarding, ignore_missing=False))
    check("no port forwardings", list(network.floating_ip_port_forwardings(ip)) == [])

if "security-group" in aliases:
    group = cycle("security_group", "security_groups", {"name": "web", "description": "x", "stateful": True},
                  {"name": "internet"})
    addresses = cycle("address_group", "address_groups", {"name": "a", "addresses": ["10.0.0.0/8"]},
                      {"name": "b", "description": "y"})
    more = attempt("add_addresses_to_address_group",
                   lambda: network.add_addresses_to_address_group(addresses, ["192.0.2.0/24"]))
    check("add_addresses_to_address_group", more and len(more.addresses) == 2)
    less = attempt("remove_addresses_from_address_group",
                   lambda: network.remove_addresses_from_address_group(addresses, ["192.0.2.0/24"]))
    check("remove_addresses_from_address_group", less and less.addresses == ["10.0.0.0/8"])
    rule = cycle("security_group_rule", "security_group_rules",
                 {"security_group_id": group.id, "direction": "ingress", "ether_type": "IPv4", "protocol": "tcp",
                  "port_range_min": 80, "port_range_max": 80, "remote_address_group_id": addresses.id},
                 {}, key="id")
    gone("security_group_rule", rule)
    gone("address_group", addresses)
    gone("security_group", group)

if "rbac-policies" in aliases:
    share = cycle("rbac_policy", "rbac_policies",
                  {"object_type": "network", "object_id": inside.id, "action": "access_as_shared",
                   "target_project_id": "beta"},
                  {"target_project_id": "gamma"}, key="id", listed={"object_id": inside.id})
    gone("rbac_policy", share)

pool = cycle("subnet_pool", "subnet_pools",
             {"name": "pool", "prefixes": ["10.64.0.0/16"], "minimum_prefix_length": 20, "maximum_prefix_length": 28,
              "default_prefix_length": 26, "default_quota": 4096, "is_shared": True, "is_default": True},
             {"name": "pond", "prefixes": ["10.64.0.0/15"], "default_prefix_length": 24, "is_default": False},
             listed={"ip_version": 4})
pooled_network = network.create_network(name="pooled")
pooled = attempt("create_subnet of a pool", lambda: network.create_subnet(
    network_id=pooled_network.id, ip_version=4, subnet_pool_id=pool.id, prefix_length=25))
holds("create_subnet of a pool", pooled, {"cidr": "10.64.0.0/25", "subnet_pool_id": pool.id})
check("subnets of a pool", [each.id for each in network.subnets(subnet_pool_id=pool.id)] == [pooled.id])
gone("subnet", pooled)
gone("network", pooled_network)
gone("subnet_pool", pool)

policy = cycle("qos_policy", "qos_policies", {"name": "gold", "is_shared": False, "description": "x"},
               {"name": "silver", "is_shared": True})
for kind, made, changed in (
        ("bandwidth_limit", {"max_kbps": 1000, "max_burst_kbps": 100, "direction": "ingress"}, {"max_kbps": 2000}),
        ("dscp_marking", {"dscp_mark": 46}, {"dscp_mark": 26})):
    singular = "qos_%s_rule" % kind
    rule = attempt("create_" + singular, lambda: getattr(network, "create_" + singular)(policy, **made))
    holds("create_" + singular, rule, made)
    if rule:
        holds("get_" + singular, getattr(network, "get_" + singular)(rule.id, policy), made)
        check("find_" + singular, getattr(network, "find_" + singular)(rule.id, policy).id == rule.id)
        check(singular + "s", [each.id for each in getattr(network, singular + "s")(policy)] == [rule.id])
        holds("update_" + singular, getattr(network, "update_" + singular)(rule, policy, **changed), changed)
        attempt("delete_" + singular, lambda: getattr(network, "delete_" + singular)(rule, policy, ignore_missing=False))
        check("no " + singular, list(getattr(network, singular + "s")(policy)) == [])
types = {each.type for each in network.qos_rule_types()}
check("qos_rule_types", {"bandwidth_limit", "dscp_marking"} <= types)
check("qos_rule_types, all", {each.type for each in network.qos_rule_types(all_rules=True)} >= types)
for each in sorted(types):
    check("get_qos_rule_type " + each, network.get_qos_rule_type(each).type == each)

check("agents", list(network.agents()) == [])
check("availability_zones", {each.resource for each in network.availability_zones()} == {"network", "router"})
check("service_providers", len(list(network.service_providers())) > 0)
profile = cycle("service_profile", "service_profiles",
                {"description": "x", "driver": "weft", "meta_info": "{}", "is_enabled": True},
                {"description": "y", "meta_info": ""}, key="id", listed={"driver": "weft"})
flavor = cycle("flavor", "flavors",
               {"name": "f", "description": "x", "service_type": "L3_ROUTER_NAT", "is_enabled": True},
               {"name": "g", "is_enabled": False}, listed={"service_type": "L3_ROUTER_NAT"})
attempt("associate_flavor_with_service_profile",
        lambda: network.associate_flavor_with_service_profile(flavor, profile))
check("the flavor's profile", network.get_flavor(flavor.id).service_profile_ids == [profile.id])
attempt("update_flavor", lambda: network.update_flavor(flavor, is_enabled=True))
favored = attempt("create_router with a flavor", lambda: network.create_router(flavor_id=flavor.id))
holds("a router", favored, {"flavor_id": flavor.id, "availability_zones": ["default"]})
check("routers of a flavor", [each.id for each in network.routers(flavor_id=flavor.id)] == [favored.id])
gone("router", favored)
attempt("disassociate_flavor_from_service_profile",
        lambda: network.disassociate_flavor_from_service_profile(flavor, profile))
check("the flavor's profile is gone", network.get_flavor(flavor.id).service_profile_ids == [])
gone("flavor", flavor)
gone("service_profile", profile)

availability = {each.network_id: each for each in network.network_ip_availabilities()}
check("network_ip_availabilities", availability[inside.id].total_ips == 101)
holds("get_network_ip_availability", network.get_network_ip_availability(inside.id), {"network_name": "inner"})
check("find_network_ip_availability", network.find_network_ip_availability(inside.id).network_id == inside.id)

project = inside.project_id
quota = attempt("update_quota", lambda: network.update_quota(project, networks=50, ports=-1))
holds("update_quota", quota, {"networks": 50, "ports": -1})
holds("get_quota", network.get_quota(project), {"networks": 50, "ports": -1})
check("get_quota with details", network.get_quota(project, details=True).networks["used"] == 2)
check("get_quota_default", network.get_quota_default(project).networks == 100)
check("quotas", [each.networks for each in network.quotas()] == [50])
attempt("delete_quota", lambda: network.delete_quota(project, ignore_missing=False))
check("get_quota after it was deleted", network.get_quota(project).networks == 100)

attempt("remove_interface_from_router", lambda: network.remove_interface_from_router(router, subnet_id=subnet.id))
gone("ip", ip)
gone("router", router)
gone("port", port)
gone("subnet", subnet)
gone("subnet", outside_subnet)
gone("network", inside)
gone("network", outside)
gone("qos_policy", policy)
for plural in ("networks", "subnets", "ports", "routers", "ips", "qos_policies", "subnet_pools"):
    check("no " + plural, list(getattr(network, plural)()) == [])

for line in wrong:
    print(line)
print("%d went well" % done)
