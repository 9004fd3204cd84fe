package io.weft.kernel.netlink;

/** What a {@link RouteMonitor} tells. */
public sealed interface RouteEvent {
    /** A link is new or other than before. */
    record LinkChanged(Link link) implements RouteEvent {}

    /** A link is gone, or has gone to another namespace. */
    record LinkRemoved(Link link) implements RouteEvent {}

    /** An address is new or other than before. */
    record AddressChanged(InterfaceAddress address) implements RouteEvent {}

    /** An address is gone. */
    record AddressRemoved(InterfaceAddress address) implements RouteEvent {}

    /** A route is new or other than before. */
    record RouteChanged(Route route) implements RouteEvent {}

    /** A route is gone. */
    record RouteRemoved(Route route) implements RouteEvent {}

    /** A neighbour is new or other than before. */
    record NeighbourChanged(Neighbour neighbour) implements RouteEvent {}

    /** A neighbour is gone. */
    record NeighbourRemoved(Neighbour neighbour) implements RouteEvent {}

    /** Events were lost: what is known must be read again. Later events are complete again. */
    record ResyncNeeded() implements RouteEvent {}
}
