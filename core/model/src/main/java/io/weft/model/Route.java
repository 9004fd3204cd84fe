package io.weft.model;

/**
 * A static route: of a router, or told to the hosts of a subnet.
 *
 * @param destination the addresses that it leads to
 * @param nexthop the neighbour that takes the packets, of the same family
 */
public record Route(IpPrefix destination, IpAddress nexthop) {
    public Route {
        Rules.require(
                "routes",
                destination.family() == nexthop.family(),
                "destination " + destination + " and nexthop " + nexthop + " must be of one family");
    }
}
