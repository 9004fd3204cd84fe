package io.weft.docker.translate;

import io.weft.client.Subnet;
import io.weft.docker.protocol.Protocol.Interface;
import io.weft.docker.protocol.Protocol.StaticRoute;
import io.weft.model.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a container's sandbox is given. */
public final class Joins {
    private static final String PREFIX = "eth";

    private Joins() {}

    /**
     * The interface with its routes.
     *
     * @param device the container's end of the pair
     * @param subnets of the port's addresses
     * @param internal whether the container gets no default route
     */
    public static Interface answer(String device, List<Subnet> subnets, boolean internal) {
        List<StaticRoute> routes = new ArrayList<>();
        for (Subnet subnet : subnets) {
            for (Subnet.HostRoute route : subnet.hostRoutes()) {
                if (!(internal && route.destination().length() == 0)) {
                    routes.add(new StaticRoute(
                            route.destination().toString(), route.nexthop().toString()));
                }
            }
        }
        return new Interface(
                device,
                PREFIX,
                internal ? Optional.empty() : gateway(subnets, IpFamily.IPV4),
                internal ? Optional.empty() : gateway(subnets, IpFamily.IPV6),
                List.copyOf(routes));
    }

    private static Optional<String> gateway(List<Subnet> subnets, IpFamily family) {
        return subnets.stream()
                .filter(subnet -> subnet.ipVersion() == family.version())
                .flatMap(subnet -> subnet.gatewayIp().stream())
                .map(Object::toString)
                .findFirst();
    }
}
