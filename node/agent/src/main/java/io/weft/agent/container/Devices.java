package io.weft.agent.container;

import io.weft.agent.attach.Ports;
import io.weft.kernel.namespace.NetworkNamespace;
import io.weft.kernel.netlink.InterfaceAddress;
import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.Route;
import io.weft.model.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** How containers' interfaces come to be at their ports. Methods are called by several threads, at different attachments. */
sealed interface Devices permits TrunkDevices, Veth {
    /** An address with its prefix, and the gateway of its subnet. */
    record Address(InterfaceAddress address, Optional<IpAddress> gateway) {}

    /** What is set up: the device of this machine by which packets go, and the interface in the container. */
    record Interface(Link host, Link inside, List<Address> addresses, List<Route> routes) {}

    /**
     * What an interface at a port needs, once that is known.
     *
     * @throws CniException when it is not in time
     */
    Ports.Wiring wiring(UUID port);

    /**
     * Makes ahead what does not depend on the port, which is not known yet; {@link #make} and {@link #remove} find it. Devices
     * that need the port for all that they are do nothing here.
     *
     * @throws CniException when something is in the way, as {@link #make} would
     */
    default void prepare(NetworkNamespace namespace, String interfaceName) {}

    /**
     * Makes a container's interface; what is right already stays.
     *
     * @param defaultRoute empty takes the default routes that the container has not got
     * @param again whether the port's device, where there is one, is this container's of an earlier request
     * @throws CniException when something is in the way
     */
    Interface make(
            Ports.Wiring wiring,
            NetworkNamespace namespace,
            String interfaceName,
            Optional<Boolean> defaultRoute,
            boolean again);

    /**
     * Waits until a port forwards.
     *
     * @throws CniException when it does not in time
     */
    void awaitForce(UUID port);

    /**
     * Whether it is as {@link #make} left it, and the port forwards.
     *
     * @return what the interface needs
     * @throws CniException naming what is other
     */
    Ports.Wiring check(UUID port, NetworkNamespace namespace, String interfaceName);

    /** Takes away the interface of an attachment, be it only {@linkplain #prepare prepared}; it may be gone. */
    void remove(Attachment attachment);

    /** @throws CniException when no container can be joined now */
    void requireReady();
}
