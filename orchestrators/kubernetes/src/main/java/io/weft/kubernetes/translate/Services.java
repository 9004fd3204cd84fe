package io.weft.kubernetes.translate;

import io.fabric8.kubernetes.api.model.ClientIPConfig;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.LoadBalancerStatus;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.ServiceStatus;
import io.fabric8.kubernetes.api.model.SessionAffinityConfig;
import io.weft.model.AllowedCallers;
import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads Services. */
public final class Services {
    /** Of a Service: the address that it wants outside the cluster; wins over {@code loadBalancerIP}. */
    public static final String ADDRESS = "weft.io/load-balancer-address";

    /** The class of load balancers that are ours, as those of no class are. */
    public static final String LOAD_BALANCER_CLASS = "weft.io/load-balancer";

    private static final String LOAD_BALANCER = "LoadBalancer";
    private static final String SAME_NODE = "PreferSameNode";
    /** What a Service that says nothing has, in seconds. */
    private static final int USUAL_AFFINITY = 10_800;

    private Services() {}

    /**
     * What a Service says.
     *
     * @param external from which it may have external IPs
     * @throws RefusedException when it says what a real API server would not have let in
     */
    public static Service read(io.fabric8.kubernetes.api.model.Service service, List<IpPrefix> external) {
        ServiceSpec spec = Optional.ofNullable(service.getSpec()).orElseGet(ServiceSpec::new);
        List<String> refused = new ArrayList<>();
        List<IpAddress> addresses = "ExternalName".equals(spec.getType()) ? List.of() : addresses(spec);
        List<IpAddress> externalIps = addresses.isEmpty() ? List.of() : externalIps(spec, external, refused);
        // Zones are nobody's here: what prefers one has no preference.
        Locality usual = SAME_NODE.equals(spec.getTrafficDistribution()) ? Locality.PREFER_LOCAL : Locality.ANY;
        Locality internal = locality(spec.getInternalTrafficPolicy(), usual);
        return new Service(
                service.getMetadata().getNamespace(),
                service.getMetadata().getName(),
                service.getMetadata().getUid(),
                addresses,
                externalIps,
                list(spec.getPorts()).stream().map(port -> port(spec, port)).toList(),
                affinity(spec),
                internal,
                locality(spec.getExternalTrafficPolicy(), usual),
                healthCheck(spec),
                outside(service, spec, internal, addresses, refused),
                shown(service),
                refused);
    }

    /**
     * The same in a cluster whose nodes are virtual machines. The network knows on which host an endpoint is, and a host may
     * have several of the machines: it prefers by that, and cannot keep to a node.
     */
    public static Service inMachines(Service service) {
        List<String> refused = new ArrayList<>(service.refused());
        if (service.internal() == Locality.LOCAL) {
            refused.add("internalTrafficPolicy Local: endpoints on all nodes take calls");
        }
        if (service.external() == Locality.LOCAL && !service.externalIps().isEmpty()) {
            refused.add("externalTrafficPolicy Local: endpoints on all nodes take calls");
        }
        if (service.healthCheck() != 0) {
            refused.add("healthCheckNodePort: nobody answers there");
        }
        return new Service(
                service.namespace(),
                service.name(),
                service.uid(),
                service.addresses(),
                service.externalIps(),
                service.ports(),
                service.affinity(),
                service.internal() == Locality.LOCAL ? Locality.ANY : service.internal(),
                service.external() == Locality.LOCAL ? Locality.ANY : service.external(),
                0,
                service.outside(),
                service.shown(),
                refused);
    }

    private static <T> List<T> list(List<T> list) {
        return Optional.ofNullable(list).orElse(List.of());
    }

    private static List<IpAddress> addresses(ServiceSpec spec) {
        List<String> all = list(spec.getClusterIPs());
        return (all.isEmpty() ? Stream.ofNullable(spec.getClusterIP()) : all.stream())
                .filter(address -> !address.isEmpty() && !address.equals("None"))
                .map(Services::clusterIp)
                .toList();
    }

    private static IpAddress clusterIp(String text) {
        try {
            return IpAddress.parse(text);
        } catch (InvalidException e) {
            throw new RefusedException("clusterIPs: " + e.getMessage());
        }
    }

    private static List<IpAddress> externalIps(ServiceSpec spec, List<IpPrefix> external, List<String> refused) {
        List<IpAddress> served = new ArrayList<>();
        for (String text : list(spec.getExternalIPs())) {
            try {
                IpAddress address = IpAddress.parse(text);
                if (external.stream().anyMatch(prefix -> prefix.contains(address))) {
                    served.add(address);
                } else {
                    refused.add("externalIPs: " + address + " is in no prefix of kubernetes.external-ip-cidrs");
                }
            } catch (InvalidException e) {
                refused.add("externalIPs: " + e.getMessage());
            }
        }
        return served.stream().distinct().toList();
    }

    private static Service.Port port(ServiceSpec spec, ServicePort port) {
        boolean onNodes = "NodePort".equals(spec.getType()) || LOAD_BALANCER.equals(spec.getType());
        return new Service.Port(
                Optional.ofNullable(port.getName()).orElse(""),
                Protocol.of(Optional.ofNullable(port.getProtocol())),
                Optional.ofNullable(port.getPort()).orElseThrow(() -> new RefusedException("ports: one has no port")),
                onNodes ? Optional.ofNullable(port.getNodePort()).orElse(0) : 0);
    }

    private static int affinity(ServiceSpec spec) {
        if (!"ClientIP".equals(spec.getSessionAffinity())) {
            return 0;
        }
        return Optional.ofNullable(spec.getSessionAffinityConfig())
                .map(SessionAffinityConfig::getClientIP)
                .map(ClientIPConfig::getTimeoutSeconds)
                .orElse(USUAL_AFFINITY);
    }

    private static Locality locality(String policy, Locality usual) {
        return "Local".equals(policy) ? Locality.LOCAL : usual;
    }

    private static int healthCheck(ServiceSpec spec) {
        boolean told = LOAD_BALANCER.equals(spec.getType()) && "Local".equals(spec.getExternalTrafficPolicy());
        return told ? Optional.ofNullable(spec.getHealthCheckNodePort()).orElse(0) : 0;
    }

    private static Optional<Service.Outside> outside(
            io.fabric8.kubernetes.api.model.Service service,
            ServiceSpec spec,
            Locality internal,
            List<IpAddress> addresses,
            List<String> refused) {
        String ofClass = Optional.ofNullable(spec.getLoadBalancerClass()).orElse(LOAD_BALANCER_CLASS);
        if (!LOAD_BALANCER.equals(spec.getType()) || !ofClass.equals(LOAD_BALANCER_CLASS) || addresses.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(outside(service, spec, internal, addresses));
        } catch (RefusedException e) {
            refused.add("no address outside the cluster: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static Service.Outside outside(
            io.fabric8.kubernetes.api.model.Service service,
            ServiceSpec spec,
            Locality internal,
            List<IpAddress> addresses) {
        List<IpPrefix> callers = sourceRanges(list(spec.getLoadBalancerSourceRanges()));
        if (internal == Locality.LOCAL) {
            throw new RefusedException("internalTrafficPolicy Local would leave out callers from outside");
        }
        if (addresses.stream().noneMatch(IpAddress::isIpv4)) {
            throw new RefusedException("floating addresses are IPv4, and the Service has no IPv4 cluster IP");
        }
        Map<String, String> annotations =
                Optional.ofNullable(service.getMetadata().getAnnotations()).orElse(Map.of());
        Optional<String> annotated = Optional.ofNullable(annotations.get(ADDRESS));
        Optional<String> wish = annotated
                .or(() -> Optional.ofNullable(spec.getLoadBalancerIP()))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
        try {
            return new Service.Outside(wish.map(IpAddress::parse), callers);
        } catch (InvalidException e) {
            String field = annotated.isPresent() ? "annotation " + ADDRESS : "loadBalancerIP";
            throw new RefusedException(field + ": " + e.getMessage());
        }
    }

    /** Those of IPv4; empty for everywhere, which other ranges alone do not mean. */
    private static List<IpPrefix> sourceRanges(List<String> ranges) {
        try {
            List<IpPrefix> callers = ranges.stream()
                    .map(range -> IpPrefix.parse(range.strip()))
                    .filter(range -> range.family() == IpFamily.IPV4)
                    .distinct()
                    .toList();
            if (callers.isEmpty() && !ranges.isEmpty()) {
                throw new RefusedException(
                        "floating addresses are IPv4, and loadBalancerSourceRanges has no IPv4 range");
            }
            if (callers.size() > AllowedCallers.MOST) {
                throw new RefusedException("loadBalancerSourceRanges has more than " + AllowedCallers.MOST + " ranges");
            }
            return callers;
        } catch (InvalidException e) {
            throw new RefusedException("loadBalancerSourceRanges: " + e.getMessage());
        }
    }

    private static Set<String> shown(io.fabric8.kubernetes.api.model.Service service) {
        return Optional.ofNullable(service.getStatus())
                .map(ServiceStatus::getLoadBalancer)
                .map(LoadBalancerStatus::getIngress)
                .orElse(List.of())
                .stream()
                .map(LoadBalancerIngress::getIp)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }
}
