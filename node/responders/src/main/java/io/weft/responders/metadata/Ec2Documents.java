package io.weft.responders.metadata;

import io.weft.model.IpAddress;
import io.weft.responders.PortView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The tree below {@code latest/meta-data} (Amazon EC2 User Guide, "Instance metadata categories"). */
final class Ec2Documents {
    private Ec2Documents() {}

    /** A leaf, or the list of what stands below a branch, where branches end with a slash. */
    static Optional<Document> find(String path, Instance instance) {
        Map<String, String> leaves = leaves(instance);
        String leaf = leaves.get(path);
        if (leaf != null) {
            return Optional.of(Document.text(leaf));
        }
        String below = path.isEmpty() ? "" : path + "/";
        TreeSet<String> names = new TreeSet<>();
        for (String name : leaves.keySet()) {
            if (name.startsWith(below)) {
                String rest = name.substring(below.length());
                int slash = rest.indexOf('/');
                names.add(slash < 0 ? rest : rest.substring(0, slash + 1));
            }
        }
        return names.isEmpty() ? Optional.empty() : Optional.of(Document.text(String.join("\n", names)));
    }

    private static Map<String, String> leaves(Instance instance) {
        Map<String, String> leaves = new TreeMap<>();
        leaves.put("instance-id", instance.id());
        leaves.put("hostname", instance.hostname());
        leaves.put("local-hostname", instance.hostname());
        leaves.put("mac", instance.port().mac().toString());
        List<IpAddress> addresses = instance.port().addresses().stream()
                .map(PortView.Address::address)
                .toList();
        String device = "network/interfaces/macs/" + instance.port().mac() + "/";
        leaves.put(device + "mac", instance.port().mac().toString());
        leaves.put(device + "interface-id", instance.portId().toString());
        leaves.put(device + "local-hostname", instance.hostname());
        addresses.stream()
                .filter(IpAddress::isIpv4)
                .findFirst()
                .ifPresent(address -> leaves.put("local-ipv4", address.toString()));
        addresses.stream()
                .filter(IpAddress::isIpv6)
                .findFirst()
                .ifPresent(address -> leaves.put("ipv6", address.toString()));
        put(leaves, device + "local-ipv4s", addresses, true);
        put(leaves, device + "ipv6s", addresses, false);
        for (PortView.Address address : instance.port().addresses()) {
            String name = address.address().isIpv4() ? "subnet-ipv4-cidr-block" : "subnet-ipv6-cidr-blocks";
            leaves.merge(
                    device + name,
                    address.subnet().cidr().toString(),
                    (one, more) -> address.address().isIpv4() || one.equals(more) ? one : one + "\n" + more);
        }
        return leaves;
    }

    private static void put(Map<String, String> leaves, String name, List<IpAddress> addresses, boolean ipv4) {
        String text = addresses.stream()
                .filter(address -> address.isIpv4() == ipv4)
                .map(IpAddress::toString)
                .collect(Collectors.joining("\n"));
        if (!text.isEmpty()) {
            leaves.put(name, text);
        }
    }
}
