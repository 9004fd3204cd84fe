package io.weft.kubernetes.neutron;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where Services are reached.
 *
 * @param network the name or id of the network of their addresses; made when there is none of the name
 * @param prefixes from which the cluster gives them; empty when Services are somebody else's work
 * @param externalIps the prefixes from which Services may have addresses besides
 * @param external the name or id of the network of addresses outside the cluster
 */
public record ServiceSettings(
        String network, List<IpPrefix> prefixes, List<IpPrefix> externalIps, Optional<String> external) {
    /** No Services. */
    public static final ServiceSettings NONE = new ServiceSettings("", List.of(), List.of(), Optional.empty());

    public ServiceSettings {
        prefixes = List.copyOf(prefixes);
        externalIps = List.copyOf(externalIps);
    }

    /** The prefixes of all subnets of the network. */
    List<IpPrefix> subnets() {
        return Stream.concat(prefixes.stream(), externalIps.stream()).toList();
    }

    /** Where node ports are unless somebody says otherwise: the last address of the prefix but one. */
    public static IpAddress nodePorts(IpPrefix prefix) {
        return prefix.last().plus(-1);
    }

    /** The router's address: the last one but two. The first of all is that of the cluster's API. */
    static IpAddress gateway(IpPrefix prefix) {
        return prefix.last().plus(-2);
    }
}
