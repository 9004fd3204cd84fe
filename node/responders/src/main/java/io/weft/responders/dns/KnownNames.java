package io.weft.responders.dns;

import io.weft.model.DnsNames;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The names of some networks; the first is the asker's own.
 *
 * @param domain the operator's domain
 * @param networks the networks
 */
record KnownNames(String domain, List<NetworkIndex> networks) implements Names {
    @Override
    public Optional<String> tenantDomain(String name) {
        for (NetworkIndex network : networks) {
            String own = ownDomain(network);
            if (!own.isEmpty() && (name.equals(own) || name.endsWith("." + own))) {
                return Optional.of(own);
            }
        }
        return Optional.empty();
    }

    private static String ownDomain(NetworkIndex network) {
        return network.zone().map(Zone::ownDomain).orElse("");
    }

    @Override
    public List<IpAddress> addresses(String name) {
        TreeSet<IpAddress> found = new TreeSet<>();
        String bare = name.substring(0, Math.max(0, name.length() - 1));
        Optional<String> inOperators = below(name, domain);
        for (NetworkIndex network : networks) {
            inOperators.ifPresent(relative -> network.find(relative, _ -> true, found));
            String own = ownDomain(network);
            below(name, own)
                    .ifPresent(relative ->
                            network.find(relative, called -> called.domain().isEmpty(), found));
            // A port's own domain may be any part of what was asked for.
            for (int dot = name.indexOf('.'); dot >= 0 && dot < bare.length(); dot = name.indexOf('.', dot + 1)) {
                String domainOfPort = name.substring(dot + 1);
                network.find(name.substring(0, dot), called -> called.domain().equals(domainOfPort), found);
            }
            if (bare.indexOf('.') < 0) {
                network.find(bare, _ -> true, found);
            }
        }
        return List.copyOf(found);
    }

    @Override
    public boolean hasBelow(String name) {
        Optional<String> relative = below(name, domain);
        return relative.isPresent() && networks.stream().anyMatch(network -> network.hasBelow(relative.get()));
    }

    /** The part of a name before a domain that it is below. */
    private static Optional<String> below(String name, String inDomain) {
        return inDomain.isEmpty() || !name.endsWith("." + inDomain)
                ? Optional.empty()
                : Optional.of(DnsNames.relative(name, inDomain));
    }

    @Override
    public Optional<String> name(IpAddress address) {
        for (NetworkIndex network : networks) {
            Optional<String> name =
                    network.called(address).flatMap(called -> NetworkIndex.complete(address, called, domain));
            if (name.isPresent()) {
                return name;
            }
        }
        return Optional.empty();
    }

    @Override
    public boolean isOwn(IpPrefix block) {
        return subnets(subnet -> subnet.contains(block));
    }

    @Override
    public boolean holdsOwn(IpPrefix block) {
        return subnets(block::contains);
    }

    private boolean subnets(Predicate<IpPrefix> test) {
        return networks.stream()
                .flatMap(network -> network.zone().stream())
                .flatMap(zone -> zone.subnets().stream())
                .anyMatch(test);
    }
}
